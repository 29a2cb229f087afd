package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

const team = "Team ☂"

// newGuardedSite has a package of each visibility, all alice's. Bob maintains
// the private one, and carol is in the organization.
func newGuardedSite(t *testing.T) (s *site, sessions map[string]*http.Cookie) {
	s = newSite(t)
	s.publish("everybodys", "1.0.0", nil)
	s.publish("hidden", "1.0.0", func(p *registry.Package, r *registry.Release) {
		p.Visibility, p.Maintainers = registry.Private, []string{"bob"}
		r.Manifest.Category, r.Manifest.Providers = "Hidden category", []string{"Hidden provider"}
	})
	s.publish("internal", "1.0.0", func(p *registry.Package, r *registry.Release) {
		p.Visibility, p.Organization = registry.Organization, team
		r.Manifest.Category, r.Manifest.Providers = "Internal category", []string{"Internal provider"}
	})
	s.organization(team, map[string]registry.Role{"alice": registry.OwnerRole, "carol": registry.Member})
	sessions = map[string]*http.Cookie{"nobody": nil}
	for _, user := range []string{"alice", "bob", "carol", "stranger"} {
		sessions[user] = s.user(user)
	}
	return s, sessions
}

func TestWhoSeesWhat(t *testing.T) {
	s, sessions := newGuardedSite(t)
	tests := []struct {
		path string
		text string // that the page has for these, and for nobody else
		seen []string
	}{
		{"/packages/everybodys", "<h1>everybodys", []string{"nobody", "alice", "bob", "carol", "stranger"}},
		{"/packages/hidden", "<h1>hidden", []string{"alice", "bob"}},
		{"/packages/hidden/versions/1.0.0", "<h1>hidden", []string{"alice", "bob"}},
		{"/packages/internal", "<h1>internal", []string{"alice", "carol"}},
		{"/packages/internal/versions/1.0.0", "<h1>internal", []string{"alice", "carol"}},
		{"/", "hidden 的描述", nil},
		{"/", "internal 的描述", nil},
		{"/search", "hidden 的描述", []string{"alice", "bob"}},
		{"/search", "internal 的描述", []string{"alice", "carol"}},
		{"/search", "3 packages", []string{"alice"}},
		{"/search", "2 packages", []string{"bob", "carol"}},
		{"/search", "1 package<", []string{"nobody", "stranger"}},
		{"/search", "Hidden category", []string{"alice", "bob"}},
		{"/search", "Internal provider", []string{"alice", "carol"}},
		{"/search?q=hidden", "No package matches", []string{"nobody", "carol", "stranger"}},
		{"/search?tag=%E4%BD%A0%E5%A5%BD", "internal 的描述", []string{"alice", "carol"}},
		{"/search/suggest?q=hidden", "/packages/hidden", []string{"alice", "bob"}},
		{"/users/alice", "hidden 的描述", []string{"alice", "bob"}},
		{"/users/alice", "Your tokens", []string{"alice"}},
		{"/users/bob", "No packages yet", []string{"bob"}},
		{"/orgs/Team%20%E2%98%82", "internal 的描述", []string{"alice", "carol"}},
		{"/orgs/Team%20%E2%98%82", `href="/users/carol"`, []string{"alice", "carol"}},
		{"/settings", "hidden 的描述", []string{"alice", "bob"}},
		{"/settings", "internal 的描述", []string{"alice"}},
		{"/settings", team, []string{"alice", "carol"}},
	}
	for _, test := range tests {
		for user, session := range sessions {
			t.Run(test.path+" as "+user, func(t *testing.T) {
				want := false
				for _, name := range test.seen {
					want = want || name == user
				}
				if got := strings.Contains(s.get(test.path, session).body, test.text); got != want {
					t.Errorf("has %q: %t, want %t", test.text, got, want)
				}
			})
		}
	}
}

// Two sites differ in one package; who may not see it gets the same from both.
func TestAHiddenPackageIsLikeNone(t *testing.T) {
	with, sessions := newGuardedSite(t)
	without := newSite(t)
	without.publish("everybodys", "1.0.0", nil)
	for _, user := range []string{"alice", "bob", "carol", "stranger"} {
		without.user(user)
	}
	paths := []string{
		"/", "/search", "/search?q=hidden", "/search?category=Hidden+category", "/search?page=2",
		"/search/suggest?q=hidden", "/packages/hidden", "/packages/HIDDEN", "/packages/hidden?page=2", "/packages/hidden?page=x",
		"/packages/hidden/versions/1.0.0", "/packages/hidden/versions/9.9.9", "/packages/hidden/versions/%5E1", "/packages/hidden/versions/dev",
		"/packages/internal", "/orgs/Team%20%E2%98%82", "/users/alice", "/users/bob", "/users/nobody",
	}
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, user := range []string{"nobody", "stranger"} {
				t.Run(method+" "+path+" as "+user, func(t *testing.T) {
					ask := func(s *site) answered {
						r, err := http.NewRequest(method, path, nil)
						if err != nil {
							t.Fatal(err)
						}
						return s.do(r, sessions[user])
					}
					a, b := ask(with), ask(without)
					if a.StatusCode != b.StatusCode || a.body != b.body {
						t.Errorf("differ:\n%d %s\n%d %s", a.StatusCode, a.body, b.StatusCode, b.body)
					}
					for name := range a.Header {
						if a.Header.Get(name) != b.Header.Get(name) {
							t.Errorf("%s: %q and %q", name, a.Header.Get(name), b.Header.Get(name))
						}
					}
					if len(a.Header) != len(b.Header) {
						t.Errorf("headers %v and %v", a.Header, b.Header)
					}
				})
			}
		}
	}
}

func TestUnknownUsersAndOrganizationsAreOnePage(t *testing.T) {
	s, sessions := newGuardedSite(t)
	for _, user := range []string{"nobody", "stranger"} {
		for path, other := range map[string]string{"/users/bob": "/users/bxb", "/orgs/Team%20%E2%98%82": "/orgs/Txam%20%E2%98%82"} {
			a, b := s.get(path, sessions[user]), s.get(other, sessions[user])
			a.want(t, 404)
			if a.body != strings.NewReplacer("bxb", "bob", "Txam", "Team").Replace(b.body) {
				t.Errorf("as %s, %s and %s differ", user, path, other)
			}
		}
	}
}

func TestBadgesTellWhatIsNotPublic(t *testing.T) {
	s, sessions := newGuardedSite(t)
	for path, badge := range map[string]string{"/packages/hidden": "Private", "/packages/internal": "Organization only"} {
		s.get(path, sessions["alice"]).want(t, 200, `<span class="badge">`+badge+"</span></h1>")
	}
	s.get("/packages/everybodys", sessions["alice"]).wantNot(t, `class="badge"`)
}

func TestTheAddressOfAPrivateZIPCarriesATicket(t *testing.T) {
	s, sessions := newGuardedSite(t)
	s.get("/packages/hidden", sessions["alice"]).want(t, 200, base+"/hidden/zipball/1.0.0?ticket=")
	public := s.get("/packages/everybodys", sessions["alice"])
	public.want(t, 200, base+"/everybodys/zipball/1.0.0")
	public.wantNot(t, "ticket=")
}
