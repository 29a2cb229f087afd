package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// visit is one request: who asks, in which language, for what.
type visit struct {
	*http.Request
	query    url.Values
	language language
	// switched tells that the visitor chose another language than before.
	switched bool
	// session is the cookie's text; "" when there is none.
	session string
	// user is whose session it seems to be: for display only.
	user string
	// viewer reads the store when it must, once a visit.
	viewer registry.Viewer
}

func (p *Pages) visit(w http.ResponseWriter, r *http.Request) *visit {
	if r.Body != nil {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	v := &visit{Request: r, query: r.URL.Query()}
	v.language, v.switched = languageOf(r, v.query.Get("lang"))
	if cookie, err := r.Cookie(p.sessionCookie()); err == nil {
		v.session = cookie.Value
		v.user = p.Sessions.User(v.session)
	}
	v.viewer = p.Sessions.Viewer(v.session).Once()
	return v
}

// caller is who makes a change in a session.
func (p *Pages) caller(v *visit) (registry.Caller, error) {
	c, err := p.Sessions.Caller(v.Context(), v.session)
	c.From, c.RequestID = respond.ClientAddress(v.Request), respond.RequestID(v.Context())
	return c, err
}

// form reads the fields that were sent.
func (v *visit) form() (url.Values, error) {
	err := v.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, problem{http.StatusRequestEntityTooLarge, "error.formSize", []any{maxForm}}
	}
	if err != nil {
		return nil, problem{http.StatusBadRequest, "error.form", nil}
	}
	return v.PostForm, nil
}

// sessionCookie is the name of the cookie that holds the session. With the
// prefix a browser takes it from this very host only, and over https.
func (p *Pages) sessionCookie() string {
	if p.secure() {
		return "__Host-session"
	}
	return "session"
}

func (p *Pages) secure() bool { return strings.HasPrefix(p.Base, "https://") }

func (p *Pages) cookie(name, value string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: seconds,
		Secure: p.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}
