package web

import (
	"net/http"
	"strings"
)

// loginPage is what the template "login" shows.
type loginPage struct {
	Next  string // where to go then
	Wrong bool   // the token is
}

// login answers GET /login.
func (p *Pages) login(v *visit) (answer, error) {
	return signInWith(loginPage{Next: next(v.query.Get("next"))}), nil
}

func signInWith(show loginPage) answer {
	return answer{page: "login", data: show, secret: true, head: head{Path: "/login", Message: "login.heading", NoIndex: true}}
}

// signIn answers POST /login. The token is read from the form alone, and is in
// no answer.
func (p *Pages) signIn(v *visit) (answer, error) {
	form, err := v.form()
	if err != nil {
		return answer{}, err
	}
	to := next(form.Get("next"))
	session, _, err := p.Sessions.Open(v.Context(), strings.TrimSpace(form.Get("token")))
	if unknown(err) {
		a := signInWith(loginPage{Next: to, Wrong: true})
		a.status = http.StatusUnauthorized
		return a, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answer{redirect: to, cookie: p.cookie(p.sessionCookie(), session, int(p.Sessions.TTL.Seconds()))}, nil
}

// signOut answers POST /logout.
func (p *Pages) signOut(*visit) (answer, error) { return p.leave("/"), nil }

// leave ends the session in this browser.
func (p *Pages) leave(to string) answer {
	return answer{redirect: to, cookie: p.cookie(p.sessionCookie(), "", -1)}
}

// next is where to go after signing in: a page of this site.
func next(path string) string {
	to := local(path)
	if path == "" || to == "/" && path != "/" || strings.HasPrefix(to, "/login") {
		return "/settings"
	}
	return to
}
