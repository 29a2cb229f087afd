// Package simple speaks the dialect of the Serverless Devs CLI 2.x: what it asks
// to load components, below /simple, and what its component registry sends to
// publish, delete and list.
//
// Names of packages may follow that of a provider, as in devsapp/hello; 2.x puts
// devsapp before a name that has none. A name is unique here, so the provider
// makes no difference.
package simple

import (
	"net/http"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Spoken tells whether a path belongs to the dialect.
func Spoken(path string) bool {
	for _, prefix := range []string{"/simple/", "/package/", "/center/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// envelope is every answer.
type envelope struct {
	Response any `json:"Response"`
}

func ok(w http.ResponseWriter, body any) { respond.JSON(w, http.StatusOK, envelope{body}) }

// Redirect answers with a redirect: a 302, for 2.x follows that and 301 only.
func Redirect(w http.ResponseWriter, _ *http.Request) {
	respond.JSON(w, http.StatusFound, envelope{struct{}{}})
}

// failure is the error of a query.
type failure struct {
	Error struct {
		Code    string `json:"Code"`
		Message string `json:"Message"`
	} `json:"Error"`
}

// Error answers with err.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	status, message := respond.Failure(r, err)
	var f failure
	f.Error.Code, f.Error.Message = word(status), message
	respond.JSON(w, status, envelope{f})
}

// refusal is the error of what the component registry sends: it prints both
// fields as texts.
type refusal struct {
	Error   string `json:"Error"`
	Message string `json:"Message"`
}

// refuse answers the component registry with err. What came with any status but
// 200 it throws away, and says "Network exception" instead: so that is only for
// what trying again may mend.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, message := respond.Failure(r, err)
	body := envelope{refusal{word(status), message}}
	if status < http.StatusInternalServerError {
		status = http.StatusOK
	}
	respond.NoStore(w)
	respond.JSON(w, status, body)
}

// word is a status as a code of this dialect: NotFound, Conflict.
func word(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// limit keeps what not everybody may see out of caches.
func limit(w http.ResponseWriter, p registry.Package) {
	if p.Visibility != registry.Public {
		respond.NoStore(w)
	}
}
