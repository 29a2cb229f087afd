package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/web"
)

// attack is text of which nothing may become part of a page but as text.
const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>'` + "`{{.}}</title></textarea></pre>"

func TestWhatPublishersWriteIsShownAsText(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	s.organization(attack, map[string]registry.Role{"alice": registry.OwnerRole, attack: registry.Member})
	for _, kind := range []registry.Type{registry.Component, registry.Plugin, registry.Project, "Other"} {
		s.publish("evil-"+string(kind), "1.0.0", func(p *registry.Package, r *registry.Release) {
			p.Organization, p.Maintainers = attack, []string{attack}
			r.Type, r.Publisher, r.ZIP.License, r.ZIP.SHA256 = kind, attack, attack, attack
			r.Manifest = registry.Manifest{
				Description: attack, English: attack, HomePage: "javascript:alert(1)", Category: attack,
				Providers: []string{attack}, Tags: []string{attack},
				Service:  map[string]registry.Service{attack: {Authorities: []string{attack}, Runtime: attack}},
				Commands: map[string]string{attack: attack},

				CommandGroups: []registry.CommandGroup{{Name: attack, Commands: map[string]string{attack: attack}}},
			}
			r.Texts = registry.Texts{Readme: attack, VersionBody: attack, Publish: "Parameters: {properties: {" +
				"'a<script>alert(1)</script>': {type: '<script>alert(1)</script>', title: '<img src=x onerror=alert(1)>', description: '<script>alert(1)</script>', default: '<script>alert(1)</script>', enum: ['<script>alert(1)</script>'], required: true}}}"}
		})
	}
	for _, path := range []string{
		"/", "/search", "/settings", "/users/alice", "/packages/evil-Component", "/packages/evil-Plugin", "/packages/evil-Project", "/packages/evil-Other",
		"/packages/evil-Component/versions/1.0.0", "/orgs/" + pathOf(attack),
	} {
		for _, language := range []string{"en", "zh"} {
			a := s.get(path, session, "Accept-Language", language)
			a.want(t, 200, "evil-")
			a.wantNot(t, "<script>alert", "<img src=x", "onerror=alert(1)>'<", "javascript:")
			checkSafe(t, path, a.document(t))
		}
	}
}

func pathOf(name string) string {
	return strings.NewReplacer("%", "%25", "/", "%2F", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60", "{", "%7B", "}", "%7D", " ", "%20").Replace(name)
}

func TestOnlyWebAddressesBecomeTheHomePage(t *testing.T) {
	s := newSite(t)
	for home, linked := range map[string]bool{
		"https://example.com/a":         true,
		"http://example.com":            true,
		"javascript:alert(1)":           false,
		"JavaScript://example.com/%0aa": false,
		"data:text/html,x":              false,
		"//example.com":                 false,
		"/settings":                     false,
		"example.com":                   false,
		"https://":                      false,
		"https://exa mple.com":          false,
		"\x01javascript:alert(1)":       false,
		"":                              false,
	} {
		name := "home-" + strings.Map(letters, home)
		s.publish(name, "1.0.0", func(_ *registry.Package, r *registry.Release) { r.Manifest.HomePage = home })
		a := s.get("/packages/"+name, nil)
		if strings.Contains(a.body, "Home page") != linked {
			t.Errorf("%q is linked: %t", home, !linked)
		}
		if linked {
			a.want(t, 200, `<a href="`+home+`" rel="nofollow noopener noreferrer">`)
		}
	}
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

func TestParametersThatCannotBeReadAreLeftOut(t *testing.T) {
	s := newSite(t)
	for i, publish := range []string{"", "{", "Parameters: [a]", "Parameters: &a {properties: {x: *a}}", strings.Repeat("a: [", 10_000)} {
		name := "odd" + string(rune('a'+i))
		s.publish(name, "1.0.0", func(_ *registry.Package, r *registry.Release) { r.Texts.Publish = publish })
		a := s.get("/packages/"+name, nil)
		a.want(t, 200, "props: {}")
		a.wantNot(t, `id="parameters"`)
	}
}

func TestAPackageThatSaysNothingIsShown(t *testing.T) {
	s := newSite(t)
	s.publish("bare", "1.0.0", func(_ *registry.Package, r *registry.Release) {
		*r = registry.Release{Name: r.Name, Version: r.Version, Type: registry.Component, Upload: r.Upload, PublishTime: r.PublishTime}
	})
	a := s.get("/packages/bare", nil)
	a.want(t, 200, "This package has no readme.", "Not stated", `<p class="figure">0</p>`)
	a.wantNot(t, `id="permissions"`, `id="commands"`, `id="parameters"`)
}

// broken is a catalog that fails.
type broken struct {
	registry.Catalog
	err error
}

func (b broken) Head(_ context.Context, _ string, _ registry.Fields) (registry.Head, error) {
	return registry.Head{}, b.err
}

// quiet drops what is logged until the test ends.
func quiet(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
}

func TestFailuresOfTheRegistryAreToldWithTheRequestsID(t *testing.T) {
	quiet(t)
	for status, err := range map[int]error{
		http.StatusInternalServerError: errors.New("row 7 of table packages"),
		http.StatusServiceUnavailable:  &registry.Error{Code: registry.Unavailable, Message: "Storage is busy.", Err: errors.New("row 7")},
	} {
		pages, newErr := web.New(web.Site{Base: base, Queries: &registry.Queries{Catalog: broken{err: err}}, Sessions: &identity.Sessions{}})
		if newErr != nil {
			t.Fatal(newErr)
		}
		mux := http.NewServeMux()
		mux.Handle("GET /packages/{name}", pages.Handlers()["GET /packages/{name}"])
		r := httptest.NewRequest(http.MethodGet, "/packages/hello", nil)
		r = r.WithContext(respond.WithRequestID(r.Context(), "1-2-3"))
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != status || !strings.Contains(body, "<code>1-2-3</code>") || strings.Contains(body, "row 7") {
			t.Errorf("%d: %s", w.Code, body)
		}
		if busy := status == http.StatusServiceUnavailable; busy != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%d has Retry-After %q", status, w.Header().Get("Retry-After"))
		}
	}
}

func TestAPageThatIsMissingOffersToSearchForIt(t *testing.T) {
	s := newSite(t)
	for path, name := range map[string]string{
		"/packages/fc4": "fc4", "/packages/fc4/versions/1.0.0": "fc4", "/fc4": "fc4", "/some/fc4/": "fc4", "/users/%22%3E%3Cb%3E": "&#34;&gt;&lt;b&gt;",
		"/packages/" + strings.Repeat("a", 1000): strings.Repeat("a", 200),
	} {
		s.get(path, nil).want(t, 404, `name="q" type="search" value="`+name+`"`)
	}
}

func TestErrorTellsWhatHelps(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	tests := map[string]struct {
		err    error
		status int
		want   string
		signIn bool
	}{
		"missing":    {registry.Errorf(registry.NotFound, "x"), 404, "<search>", true},
		"not known":  {registry.Errorf(registry.Unauthenticated, "x"), 401, "This needs you to be signed in.", true},
		"forbidden":  {registry.Errorf(registry.Forbidden, "Not you."), 403, "Not you.", true},
		"method":     {registry.Errorf(registry.NotAllowed, "Use GET."), 405, "Use GET.", true},
		"a mistake":  {registry.Errorf(registry.Invalid, "Name is bad."), 400, "Name is bad.", true},
		"a bad form": {registry.Errorf(registry.Malformed, "Not a number."), 400, "Not a number.", true},
		"taken":      {registry.Errorf(registry.Conflict, "Taken."), 409, "Taken.", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, signed := range []bool{false, true} {
				r := httptest.NewRequest(http.MethodGet, "/some/path?a=b", nil)
				if signed {
					r.AddCookie(session)
				}
				w := httptest.NewRecorder()
				s.pages.Error(w, r, test.err)
				a := answered{w.Result(), w.Body.String()}
				a.want(t, test.status, test.want)
				offered := strings.Contains(strings.SplitN(a.body, "<main", 2)[1], `href="/login?next=%2fsome%2fpath%3fa%3db"`)
				if offered != (test.signIn && (!signed || test.status == 401)) {
					t.Errorf("signed in %t: signing in is offered: %t", signed, offered)
				}
			}
		})
	}
}
