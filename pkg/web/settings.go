package web

import (
	"context"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// settingsPage is what the template "settings" shows.
type settingsPage struct {
	Packages      []card
	Total         int64
	Paging        paging
	Tokens        []token
	Uploads       uploads
	Organizations []membership
	// Limited is the scope of the session's token, if that may change nothing.
	Limited string
	Form    tokenForm
	Made    madeToken
}

// token is one of the visitor's.
type token struct {
	identity.Used
	Session bool // the one signed in with
	Ended   bool
}

type membership struct {
	Name string
	Role registry.Role
}

// madeToken is shown once.
type madeToken struct{ Name, Token, Command string }

// settings answers GET /settings: what is the visitor's own.
func (p *Pages) settings(v *visit) (answer, error) {
	caller, err := p.caller(v)
	if err != nil {
		return p.signInAgain(err)
	}
	show, err := p.own(v, caller)
	return answer{page: "settings", data: show, secret: true, head: settingsHead()}, err
}

func settingsHead() head { return head{Path: "/settings", Message: "settings.heading", NoIndex: true} }

// signInAgain sends whoever has no session (any more) to the sign-in page.
func (p *Pages) signInAgain(err error) (answer, error) {
	if !unknown(err) {
		return answer{}, err
	}
	return p.leave("/login?next=%2Fsettings"), nil
}

// own reads what is the caller's.
func (p *Pages) own(v *visit, caller registry.Caller) (settingsPage, error) {
	show := settingsPage{Form: tokenForm{Scope: "all"}}
	if caller.Unlimited() != nil {
		show.Limited = caller.Scope.String()
	}
	page, err := v.page(registry.MaxDepth / perPage)
	if err != nil {
		return show, err
	}
	found, err := p.Browsing.Find(v.Context(), v.viewer,
		registry.Search{Own: true, Sort: registry.ByTime, Skip: (page - 1) * perPage, Limit: perPage})
	if err != nil {
		return show, err
	}
	show.Packages, show.Total = cards(v, found[0].Packages), int64(found[0].Total)
	if show.Paging, err = pages("/settings", page, found[0].Total); err != nil {
		return show, err
	}
	if show.Tokens, err = p.tokens(v.Context(), caller); err != nil {
		return show, err
	}
	if show.Uploads, err = p.uploads(v.Context(), caller.User); err != nil {
		return show, err
	}
	show.Organizations, err = p.memberships(v.Context(), caller.User)
	return show, err
}

func (p *Pages) tokens(ctx context.Context, caller registry.Caller) ([]token, error) {
	used, err := p.Users.Tokens(ctx, caller.User)
	if err != nil {
		return nil, err
	}
	var list []token
	for _, u := range used {
		ended := !u.Expires.IsZero() && !p.Clock().Before(u.Expires)
		list = append(list, token{u, u.Name == caller.Token, ended})
	}
	return list, nil
}

// maxMemberships bounds how many organizations are read.
const maxMemberships = 50

func (p *Pages) memberships(ctx context.Context, user string) ([]membership, error) {
	names, err := p.Organizations.Of(ctx, user)
	if err != nil {
		return nil, err
	}
	var list []membership
	for _, name := range names[:min(len(names), maxMemberships)] {
		role, err := p.Organizations.Role(ctx, name, user)
		if err != nil {
			return nil, err
		}
		if role > registry.NoRole { // the list may be older than that
			list = append(list, membership{name, role})
		}
	}
	return list, nil
}

// refusedForm shows the settings again with what is wrong in the form.
func (p *Pages) refusedForm(v *visit, caller registry.Caller, form tokenForm) (answer, error) {
	show, err := p.own(v, caller)
	show.Form = form
	return answer{status: http.StatusBadRequest, page: "settings", data: show, secret: true, head: settingsHead()}, err
}
