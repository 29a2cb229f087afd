package tablestore

import (
	"errors"
	"fmt"
	"net/http"

	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

// apiError is an error of the service. Codes, statuses and most messages are
// those of the vendor's page "Error codes".
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message)
}

// wireError is how an answer tells an error; nil for none and for what went
// wrong inside.
func wireError(err error) *pb.Error {
	var e *apiError
	if !errors.As(err, &e) {
		return nil
	}
	return &pb.Error{Code: proto.String(e.code), Message: proto.String(e.message)}
}

// failsOneRow says whether an error that was found before anything was done
// fails one row of a batch, rather than the whole batch.
func failsOneRow(err error) bool {
	var e *apiError
	return errors.As(err, &e) && e.code != "OTSParameterInvalid"
}

func invalid(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "OTSParameterInvalid", fmt.Sprintf(format, args...)}
}

func invalidKey(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "OTSInvalidPK", fmt.Sprintf(format, args...)}
}

func authFailed(format string, args ...any) error {
	return &apiError{http.StatusForbidden, "OTSAuthFailed", fmt.Sprintf(format, args...)}
}

// notEmulated refuses what the real service can do and this one can't.
func notEmulated(what string) error {
	return invalid("%s: not supported by the emulator.", what)
}

func errNoTable() error {
	return &apiError{http.StatusNotFound, "OTSObjectNotExist", "Requested table does not exist."}
}

func errTableExists() error {
	return &apiError{http.StatusConflict, "OTSObjectAlreadyExist", "Requested table already exists."}
}

func errNoIndex(table, name string) error {
	return &apiError{http.StatusNotFound, "OTSObjectNotExist", fmt.Sprintf("Search index '%s' of table '%s' does not exist.", name, table)}
}

func errIndexExists(table, name string) error {
	return &apiError{http.StatusConflict, "OTSObjectAlreadyExist", fmt.Sprintf("Search index '%s' of table '%s' already exists.", name, table)}
}

func errConditionCheckFail() error {
	return &apiError{http.StatusForbidden, "OTSConditionCheckFail", "Condition check failed."}
}
