package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// TestWhoMaySeeAndDoWhat crosses every route with every kind of caller and
// every visibility. Whoever may not see a package gets, byte for byte, the
// answer for a name that nobody has published.
func TestWhoMaySeeAndDoWhat(t *testing.T) {
	t.Parallel()
	s := newAccessSite(t)
	checks := s.checks()
	var known, table []string
	for r := range checks {
		known = append(known, r)
	}
	for _, r := range route.Table() {
		table = append(table, r.Method+" "+r.Path)
	}
	slices.Sort(known)
	slices.Sort(table)
	if !slices.Equal(known, table) {
		t.Fatalf("the routes are\n%s\nand this test knows\n%s\nSay here who may do what on each.", strings.Join(table, "\n"), strings.Join(known, "\n"))
	}
	answered := 0
	for _, c := range s.callers(t) {
		for _, visibility := range strings.Fields(every) {
			for r, check := range checks {
				t.Run(c.name+"/"+visibility+"/"+r, func(t *testing.T) { answered += check(t, c, visibility) })
			}
		}
	}
	t.Logf("%d answers compared", answered)
}

// check asks on one route, and returns how many answers it looked at.
type check func(t *testing.T, c caller, visibility string) int

// checks are the routes and who may do what on each.
func (s *accessSite) checks() map[string]check {
	checks := map[string]check{
		"POST /v3/packages/releases":                        s.checkPublish,
		"DELETE /v3/packages/{name}/release/tags/{version}": s.checkDelete,
		"POST /v3/user/token":                               s.checkRenew,
		"GET /v3/user/check":                                s.checkLogin,
	}
	maps.Copy(checks, s.found())
	maps.Copy(checks, s.byOldClients())
	for _, r := range route.Table() {
		if r.Access == route.Misplaced {
			checks[r.Method+" "+r.Path] = s.checkMisplaced(r)
		}
	}
	for r, list := range probes() {
		checks[r] = s.checkReads(list)
	}
	return checks
}

func (s *accessSite) checkRead(t *testing.T, c caller, visibility string, p probe) {
	t.Helper()
	name := packageOf(visibility)
	got := s.ask(t, p, name, c.header())
	if !strings.Contains(c.sees, visibility) && !p.admits {
		none := packageOf(missing)
		sameAnswer(t, p.method+" "+p.path, got.text(name), s.ask(t, p, none, c.header()).text(none))
		return
	}
	if text := got.text("\x00"); got.status != p.status || !strings.Contains(text, s.fill(p.has, name)) {
		t.Errorf("%s %s: want %d and %s\n%s", p.method, s.fill(p.path, name), p.status, s.fill(p.has, name), text)
	}
	if got.status < 400 && visibility != public && got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s %s may be cached", p.method, s.fill(p.path, name))
	}
}

// sameAnswer requires the answers for a hidden and for a missing package to be
// the same, and a refusal.
func sameAnswer(t *testing.T, what, hidden, missing string) {
	t.Helper()
	if hidden != missing {
		t.Errorf("%s tells whether there is a package.\nHidden:\n%s\nMissing:\n%s", what, hidden, missing)
	}
	if !strings.HasPrefix(missing, "4") {
		t.Errorf("%s answers for what is missing:\n%s", what, missing)
	}
}

// checkPublish announces a version. Names are unique, so that one is taken can't
// be hidden; by whom, and all else, is.
func (s *accessSite) checkPublish(t *testing.T, c caller, visibility string) int {
	name := packageOf(visibility)
	got := s.announceAs(t, c.header(), effective(component(name, "3.0.0"), visibility, acme))
	free := s.announceAs(t, c.header(), component(packageOf(missing), "3.0.0"))
	switch {
	case !c.known:
		sameAnswer(t, "publish", got.text(name), free.text(packageOf(missing)))
		fails(t, announcing, got, http.StatusUnauthorized, "")
	case strings.Contains(c.publishes, visibility):
		decode[envelope[struct{ URL string }]](t, got)
	case !strings.Contains(c.sees, visibility):
		fails(t, announcing, got, http.StatusForbidden, `Package name "`+name+`" is taken, and you, `)
		if strings.Contains(string(got.body), `"owner`) || strings.Contains(string(got.body), acme) {
			t.Errorf("it is told whose a hidden package is: %s", got.body)
		}
	default:
		fails(t, announcing, got, http.StatusForbidden, "")
	}
	return 2
}

// announceAs sends the form of a publish with some headers.
func (s *accessSite) announceAs(t *testing.T, header http.Header, files map[string]string) answer {
	t.Helper()
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(t, "POST", announcing, strings.NewReader(form(files).Encode()), header)
}

// checkDelete deletes a version: an old one that must stay, and who may, one
// that was published for it.
func (s *accessSite) checkDelete(t *testing.T, c caller, visibility string) int {
	name, none := packageOf(visibility), packageOf(missing)
	ask := func(name, version string) answer {
		return s.send(t, "DELETE", "/v3/packages/"+name+"/release/tags/"+version, nil, c.header())
	}
	const address = "/v3/packages/"
	switch {
	case !c.known || !strings.Contains(c.sees, visibility):
		for _, version := range []string{"1.0.0", "9.9.9", "dev.0.1", "dev", "%5E1"} {
			got := ask(name, version)
			sameAnswer(t, "DELETE "+version, got.text(name), ask(none, version).text(none))
			if !c.known {
				fails(t, address, got, http.StatusUnauthorized, "")
			}
		}
		upper := strings.ToUpper
		sameAnswer(t, "DELETE in other case", ask(upper(name), "1.0.0").text(name), ask(upper(none), "1.0.0").text(none))
		return 6
	case strings.Contains(c.deletes, visibility):
		s.spare++
		version := "0.0." + strconv.Itoa(s.spare)
		s.publishAs(t, *s.tokens["owner"], effective(component(name, version), visibility, acme))
		if got := ask(name, version); got.status != http.StatusOK {
			t.Errorf("delete: %d %s", got.status, got.body)
		}
		if got := s.send(t, "GET", "/"+name+"/releases/tags/"+version, nil, c.header()); got.status != http.StatusNotFound {
			t.Errorf("after the deletion: %d %s", got.status, got.body)
		}
	default:
		fails(t, address, ask(name, "1.0.0"), http.StatusForbidden, "")
	}
	fails(t, address, ask(name, "9.9.9"), http.StatusNotFound, "has no release")
	return 2
}

// checkRenew replaces the token, which goes on with what it may do; packages
// have no part in it.
func (s *accessSite) checkRenew(t *testing.T, c caller, _ string) int {
	const address = "/v3/user/token"
	got := s.send(t, "POST", address, nil, c.header())
	if !c.known {
		fails(t, address, got, http.StatusUnauthorized, "")
		return 1
	}
	old := *c.token
	*c.token = decode[envelope[struct {
		Token string `json:"safety_code"`
	}]](t, got).Body.Token
	s.knows(t, old, false)
	s.knows(t, *c.token, true)
	return 3
}

// checkLogin shows that nobody is told anything where the CLI waits for a login.
func (s *accessSite) checkLogin(t *testing.T, c caller, _ string) int {
	const address = "/v3/user/check?token=x"
	fails(t, address, s.send(t, "GET", address, nil, c.header()), http.StatusUnauthorized, "This registry has no login by browser.")
	return 1
}
