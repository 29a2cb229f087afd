package tablestore

import (
	"fmt"
	"net/http"
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

func errConditionCheckFail() error {
	return &apiError{http.StatusForbidden, "OTSConditionCheckFail", "Condition check failed."}
}
