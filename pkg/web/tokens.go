package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// tokenForm is what was written into the form that makes a token.
type tokenForm struct {
	Name     string
	Scope    string // all, read, or publish
	Packages string // for publish, parted by commas
	Days     string // until it ends; "" for never
	// Wrong is the field with a mistake, Message says which: an id.
	Wrong, Message string
}

// Limits of tokens that are made here.
const (
	maxTokens = 50
	maxDays   = 3650
)

// makeToken answers POST /settings/tokens. The token is in this answer, and
// never again.
func (p *Pages) makeToken(v *visit) (answer, error) {
	caller, err := p.changer(v)
	if err != nil {
		return p.signInAgain(err)
	}
	fields, err := v.form()
	if err != nil {
		return answer{}, err
	}
	form := readTokenForm(fields)
	grant, err := p.grant(v, caller, &form)
	if err != nil {
		return answer{}, err
	}
	if form.Wrong != "" {
		return p.refusedForm(v, caller, form)
	}
	made, err := p.Users.Issue(v.Context(), caller, caller.User, grant)
	if err != nil {
		return answer{}, err
	}
	show, err := p.own(v, caller)
	show.Made = madeToken{grant.Name, made, "s registry login --token " + made}
	return answer{page: "settings", data: show, secret: true, head: settingsHead()}, err
}

// changer is who changes tokens: not with one of limited scope.
func (p *Pages) changer(v *visit) (registry.Caller, error) {
	caller, err := p.caller(v)
	if err != nil {
		return caller, err
	}
	return caller, caller.Unlimited()
}

func readTokenForm(fields url.Values) tokenForm {
	read := func(name string) string { return shorten(strings.TrimSpace(fields.Get(name)), maxTokenField) }
	return tokenForm{Name: read("name"), Scope: read("scope"), Packages: read("packages"), Days: read("days")}
}

// maxTokenField is the longest text of a field, in bytes.
const maxTokenField = 4096

// grant checks the form and makes of it what is granted; a mistake is written
// into the form.
func (p *Pages) grant(v *visit, caller registry.Caller, form *tokenForm) (identity.Grant, error) {
	g := identity.Grant{Name: form.Name}
	tokens, err := p.Users.Tokens(v.Context(), caller.User)
	if err != nil {
		return g, err
	}
	scope := form.Scope
	if scope == "publish" {
		scope += ":" + strings.Join(strings.FieldsFunc(form.Packages, parts), ",")
	}
	var scopeErr, daysErr error
	g.Scope, scopeErr = registry.ParseScope(scope)
	g.Expires, daysErr = p.end(form.Days)
	// Issue would replace a token of the same name, and end what uses it.
	taken := slices.ContainsFunc(tokens, func(u identity.Used) bool { return u.Name == form.Name })
	switch {
	case registry.CheckUser(form.Name) != nil: // the same rule
		form.Wrong, form.Message = "name", "token.badName"
	case taken:
		form.Wrong, form.Message = "name", "token.taken"
	case len(tokens) >= maxTokens:
		form.Wrong, form.Message = "name", "token.tooMany"
	case scopeErr != nil && form.Scope == "publish":
		form.Wrong, form.Message = "packages", "token.badPackages"
	case scopeErr != nil || form.Scope == "":
		form.Wrong, form.Message = "scope", "token.badScope"
	case daysErr != nil:
		form.Wrong, form.Message = "days", "token.badDays"
	}
	return g, nil
}

// parts tells what stands between names in a list.
func parts(r rune) bool { return strings.ContainsRune(",，、; \t\r\n", r) }

// end is when a token ends that is good for some days; never, for none.
func (p *Pages) end(days string) (time.Time, error) {
	if days == "" {
		return time.Time{}, nil
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < 1 || n > maxDays {
		return time.Time{}, strconv.ErrRange
	}
	return p.Clock().UTC().Truncate(time.Second).AddDate(0, 0, n), nil
}

// revokeToken answers POST /settings/tokens/{token}/revoke. One that is gone
// already is no failure. With the session's own token the session ends.
func (p *Pages) revokeToken(v *visit) (answer, error) {
	caller, err := p.changer(v)
	if err != nil {
		return p.signInAgain(err)
	}
	name := v.PathValue("token")
	err = p.Users.Revoke(v.Context(), caller, caller.User, name)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		return answer{}, err
	}
	if name == caller.Token {
		return p.leave("/login"), nil
	}
	return answer{status: http.StatusSeeOther, redirect: "/settings#tokens"}, nil
}
