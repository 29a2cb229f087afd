package devs

import (
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Token answers POST /v3/user/token with a new token; the one that signed the
// request is dead then.
func (p *Publishing) Token(w http.ResponseWriter, r *http.Request) {
	caller, err := p.caller(r)
	if err != nil {
		Error(w, r, err)
		return
	}
	token, err := p.Users.Renew(r.Context(), caller, caller.User, caller.Token)
	if err != nil {
		Error(w, r, err)
		return
	}
	respond.NoStore(w)
	ok(w, r, struct {
		SafetyCode string `json:"safety_code"`
	}{token})
}

// Check answers GET /v3/user/check. The CLI asks it while its user logs in on
// the public registry's website, which can't know the users of this one. So the
// answer ends the wait at once (any text but the public registry's own word for
// waiting does) and says how to log in here.
func (p *Publishing) Check(w http.ResponseWriter, r *http.Request) {
	Error(w, r, registry.Errorf(registry.Unauthenticated, "This registry has no login by browser. Run: s registry login --token TOKEN, with the token that its administrator gave you."))
}
