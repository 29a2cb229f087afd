package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// problem is a failure that the pages themselves tell of, in the visitor's
// language.
type problem struct {
	status  int
	message string // an id
	args    []any
}

func (p problem) Error() string { return fmt.Sprintf("%d %s %q", p.status, p.message, p.args) }

// failurePage is what the template "failure" shows.
type failurePage struct {
	Heading string // a message's id
	Message string // a message's id; "" for none
	Args    []any
	Detail  string // in English, from the domain
	// SignIn tells that signing in may help.
	SignIn    bool
	Search    bool
	RequestID string // of failures of the registry itself
}

// Error answers with the page that tells of err.
func (p *Pages) Error(w http.ResponseWriter, r *http.Request, err error) {
	if p.elsewhere(w, r) {
		return
	}
	v := p.visit(w, r)
	p.send(w, v, p.failure(v, err))
}

// failure makes the page for an error. One for what is missing is the same as
// for what is hidden.
func (p *Pages) failure(v *visit, err error) answer {
	if own, ok := errors.AsType[problem](err); ok {
		show := failurePage{Heading: heading(own.status), Message: own.message, Args: own.args, Search: own.status != http.StatusForbidden}
		return failed(own.status, show, v.field("q"))
	}
	status, detail := respond.Failure(v.Request, err)
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	show, text := failurePage{Heading: heading(status), SignIn: v.user == ""}, ""
	switch {
	case status == http.StatusNotFound:
		show.Message, show.Search = "error.missing", true
		text = line(cmp.Or(v.PathValue("name"), strings.Trim(path.Base(v.URL.Path), "/.")))
	case status == http.StatusUnauthorized:
		show.Message, show.SignIn = "error.signIn", true
	case status >= http.StatusInternalServerError:
		show.Message, show.SignIn, show.RequestID = "error.ours", false, respond.RequestID(v.Context())
	default:
		show.Detail = detail
	}
	return failed(status, show, text)
}

// failed offers to search for a text.
func failed(status int, show failurePage, text string) answer {
	return answer{status: status, page: "failure", data: show, head: head{Message: show.Heading, Text: text, NoIndex: true}}
}

// heading is the message for a status.
func heading(status int) string {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusConflict:
		return "error.badRequest"
	case http.StatusUnauthorized:
		return "error.unauthorized"
	case http.StatusForbidden:
		return "error.forbidden"
	case http.StatusNotFound:
		return "error.notFound"
	case http.StatusMethodNotAllowed:
		return "error.method"
	case http.StatusServiceUnavailable:
		return "error.busy"
	}
	return "error.internal"
}

// badQuery tells of a parameter in the address that can't be.
func badQuery(message string, args ...any) error {
	return problem{http.StatusBadRequest, message, args}
}

// unknown tells whether err says that nobody knows who asks.
func unknown(err error) bool { return registry.CodeOf(err) == registry.Unauthenticated }
