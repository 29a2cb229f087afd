package control

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// apiError is an error as the service answers it. The codes are those that the
// vendor lists for this API; where the list has no status, it is a guess.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.message) }

func refuse(status int, code, format string, args ...any) error {
	return &apiError{status, code, fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "InvalidArgument", format, args...)
}

func tooLarge() error {
	return refuse(http.StatusBadRequest, "EntityTooLarge", "payload size exceeds maximum allowed size (%d bytes)", maxBody)
}

func functionNotFound(name string) error {
	return refuse(http.StatusNotFound, "FunctionNotFound", "function '%s' does not exist", name)
}

func triggerNotFound(function, name string) error {
	return refuse(http.StatusNotFound, "TriggerNotFound", "trigger '%s' does not exist in function '%s'", name, function)
}

func versionNotFound(function, id string) error {
	return refuse(http.StatusNotFound, "VersionNotFound", "version '%s' of function '%s' does not exist", id, function)
}

func aliasNotFound(function, name string) error {
	return refuse(http.StatusNotFound, "AliasNotFound", "alias '%s' of function '%s' does not exist", name, function)
}

func alreadyExists(code, what, name string) error {
	return refuse(http.StatusConflict, code, "%s '%s' already exists", what, name)
}

// writeError answers an error in the form of the API version that was called;
// one that is not the service's own is logged.
func (s *Service) writeError(w http.ResponseWriter, c *call, err error) {
	var known *apiError
	if !errors.As(err, &known) {
		s.cloud.Log.Error("call failed", "request", c.id, "method", c.Method, "path", c.URL.Path, "error", err)
		known = &apiError{http.StatusInternalServerError, "InternalServerError", "an internal error has occurred. Please retry."}
	}
	if strings.HasPrefix(c.URL.Path, "/2016-08-15/") {
		s.write(w, c, known.status, map[string]string{"ErrorCode": known.code, "ErrorMessage": known.message})
		return
	}
	s.write(w, c, known.status, map[string]string{"RequestId": c.id, "Code": known.code, "Message": known.message})
}

// newID makes an identifier as requests, functions and triggers have it.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	text := hex.EncodeToString(b[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}
