package devs_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

const acme = `示例 "ACME"`

// shelf has a package of each visibility; olga owns the organization, mimi is in
// it.
func shelf(t *testing.T) (s site, tokens map[string]string) {
	t.Helper()
	s = newSite(t)
	tokens = map[string]string{"alice": s.token}
	for _, user := range []string{"olga", "mimi", "maria", "bob"} {
		tokens[user] = s.add(t, user)
	}
	admin := registry.Caller{User: "admin"}
	if err := s.orgs.Create(t.Context(), admin, acme, "olga"); err != nil {
		t.Fatal(err)
	}
	if err := s.orgs.SetRole(t.Context(), admin, acme, "mimi", registry.Member); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]registry.Visibility{"open": registry.Public, "inner": registry.Organization, "closed": registry.Private} {
		s.with(t, name, func(p *registry.Package, r *registry.Release) {
			p.Visibility, p.Organization, p.Maintainers = v, acme, []string{"maria"}
		})
	}
	s.with(t, "bobs", func(p *registry.Package, _ *registry.Release) { p.Owner, p.Visibility = "bob", registry.Private })
	return s, tokens
}

func TestAListShowsWhatItsReaderMaySee(t *testing.T) {
	s, tokens := shelf(t)
	for user, want := range map[string]struct{ all, own string }{
		"alice": {"closed inner open", "closed inner open"}, "maria": {"closed inner open", "closed inner open"},
		"olga": {"inner open", ""}, "mimi": {"inner open", ""}, "bob": {"bobs open", "bobs"},
	} {
		for target, want := range map[string]string{
			"/v3/packages/releases": want.all, "/v3/packages/releases?page=-1": want.all, "/v3/packages/releases?sort=time": want.all,
			"/v3/package/user": want.own, "/v3/package/user?page=-1": want.own,
		} {
			for how, r := range map[string]*http.Request{
				"bearer": bearer("GET", target, tokens[user], nil), "signature": signed("GET", target, tokens[user], nonce, now()),
			} {
				if got := names(t, s.call(t, r, http.StatusOK)); got != want {
					t.Errorf("%s by %s, with a %s: %s, want %s", target, user, how, got, want)
				}
			}
		}
	}
	if got := names(t, s.get(t, "/v3/packages/releases", http.StatusOK)); got != "open" {
		t.Errorf("nobody sees %s", got)
	}
}

// Old and masked logins read as nobody, in lists that nobody may read too.
func TestWhoeverIsNotKnownSeesWhatIsPublic(t *testing.T) {
	s, _ := shelf(t)
	for _, r := range strangers("/v3/packages/releases", s.token) {
		if got := names(t, s.call(t, r, http.StatusOK)); got != "open" {
			t.Errorf("%v sees %s", r.Header, got)
		}
	}
}

func strangers(target, token string) []*http.Request {
	masked := signed("GET", target, token, nonce, now())
	masked.Header.Set("sign_code", "28e***db1")
	return []*http.Request{
		httptest.NewRequest("GET", target, nil), bearer("GET", target, "other", nil), signed("GET", target, "other", nonce, now()),
		signed("GET", target, token, nonce, now().Add(-time.Hour)), masked,
	}
}

func TestOnesOwnPackagesNeedALogin(t *testing.T) {
	s, _ := shelf(t)
	for _, target := range []string{"/v3/package/user", "/v3/package/user?page=-1&search=x", "/v3/package/user?page=wrong"} {
		for _, r := range strangers(target, s.token) {
			wantWords(t, s.call(t, r, http.StatusUnauthorized), "not logged in", "s registry login --token")
		}
	}
}
