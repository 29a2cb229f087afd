package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// api asks the registry's API with a token, and returns the answer's status.
func api(t *testing.T, token string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "GET", shared.V3+"/package/user", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// makeToken makes a token by the form on the page of one's own.
func makeToken(p *browser.Page, name, scope, packages, days string) string {
	p.Visit("/settings")
	p.Fill("#name", name)
	p.Click("#new input[value=" + scope + "]")
	p.Fill("#packages-of", packages)
	p.Fill("#days", days)
	p.Click("#new button")
	return p.Text("#new-token")
}

// listed is what the page says of a token.
func listed(p *browser.Page, name string) string {
	for _, token := range p.Texts(".tokens > li") {
		if strings.HasPrefix(token, name) {
			return plain(token)
		}
	}
	return ""
}

// A token is made, shown once, used, and revoked: then the API refuses it, and a
// session that was opened with it ends.
func TestTheLifeOfAToken(t *testing.T) {
	t.Parallel()
	own := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(own, shared.user(t, "dave"))
	token := makeToken(own, "ci", "read", "", "30")
	if !strings.HasPrefix(token, "fcr_") || !strings.Contains(own.Text("#made"), "s registry login --token "+token) {
		t.Fatalf("the token is %q: %s", token, own.Text("#made"))
	}
	if got := listed(own, "ci"); !strings.Contains(got, "Only read not used yet until ") {
		t.Errorf("the list says %q", got)
	}
	own.Visit("/settings")
	if strings.Contains(string(own.HTML()), token) {
		t.Error("the token is shown twice")
	}

	if status := api(t, token); status != http.StatusOK {
		t.Errorf("the API answers the token with %d", status)
	}
	other := chromium.Open(t, shared.Registry, browser.Reader{Phone: true})
	signIn(other, token)
	if got := other.Text("#limited"); !strings.Contains(got, "read") || len(other.Texts("#new")) > 0 || len(other.Texts(".tokens form")) > 0 {
		t.Errorf("with a token that reads: %q, forms %d and %d", got, len(other.Texts("#new")), len(other.Texts(".tokens form")))
	}
	own.Visit("/settings")
	if got := listed(own, "ci"); !strings.Contains(got, "last used") {
		t.Errorf("after its use the list says %q", got)
	}

	revoke(own, "ci")
	if got := listed(own, "ci"); got != "" || own.URL() != shared.Registry+"/settings#tokens" {
		t.Errorf("after it was revoked the list says %q, at %s", got, own.URL())
	}
	if status := api(t, token); status != http.StatusUnauthorized {
		t.Errorf("the API answers the revoked token with %d", status)
	}
	other.Visit("/settings")
	if got := other.Text("h1"); got != "Sign in" {
		t.Errorf("in the session of the revoked token there is %q", got)
	}
}

// revoke revokes a token by its button.
func revoke(p *browser.Page, name string) {
	form := "form[action$='/" + name + "/revoke']"
	p.Visit("/settings")
	p.Click("details:has(" + form + ") summary")
	p.Click(form + " button")
}

func TestTheTokenOfTheSessionIsRevoked(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{NoScript: true})
	token := shared.user(t, "erin")
	signIn(p, token)
	if got := listed(p, "default"); !strings.Contains(got, "this session") {
		t.Errorf("the list says %q", got)
	}
	revoke(p, "default")
	if got := p.Text("h1"); got != "Sign in" || len(p.Cookies()) > 0 || api(t, token) != http.StatusUnauthorized {
		t.Errorf("then there is %q, cookies %v, the API answers %d", got, p.Cookies(), api(t, token))
	}
}

func TestATokenForOnePackagePublishesNoOther(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(p, shared.user(t, "frank"))
	token := makeToken(p, "pipeline", "publish", "franks-plugin, franks-other", "")
	if got := listed(p, "pipeline"); !strings.Contains(got, "Publish franks-plugin franks-other not used yet no end") {
		t.Errorf("the list says %q", got)
	}
	f, err := read("testdata/packages/bare-plugin")
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) files {
		f["publish.yaml"] = strings.NewReplacer("bare-plugin", name, "Public", "Private").Replace(f["publish.yaml"])
		return f
	}
	if _, err := shared.publish(t.Context(), token, f); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("another package is published: %v", err)
	}
	shared.release(t, token, named("franks-plugin"))
	p.Visit("/settings")
	if got := p.Texts(".results h3"); !slices.Equal(got, []string{"franks-plugin"}) {
		t.Errorf("the page shows the packages %q", got)
	}
}

func TestAMistakeInTheFormIsTold(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	signIn(p, shared.user(t, "grace"))
	p.Expect("status of 400 (Bad Request) (" + shared.Registry + "/settings/tokens)")
	for _, test := range []struct{ name, scope, packages, days, field, want string }{
		{"a b", "all", "", "", "#name", "letters, digits"},
		{"默认", "all", "", "", "#name", "letters, digits"},
		{"default", "all", "", "", "#name", "you have a token of this name"},
		{"ci", "publish", "", "", "#packages-of", "names of packages"},
		{"ci", "publish", "a b/c", "", "#packages-of", "names of packages"},
		{"ci", "read", "", "soon", "#days", "1 to 3650"},
		{"ci", "read", "", "0", "#days", "1 to 3650"},
		{"ci", "read", "", "3651", "#days", "1 to 3650"},
	} {
		p.Visit("/settings")
		p.Fill("#name", test.name)
		p.Click("#new input[value=" + test.scope + "]")
		p.Fill("#packages-of", test.packages)
		p.Fill("#days", test.days)
		p.Click("#new button")
		if got := p.Text("#wrong"); p.Status() != http.StatusBadRequest || !strings.Contains(got, test.want) || p.Attribute(test.field, "aria-invalid") != "true" {
			t.Errorf("%+v: %d %q, invalid %q", test, p.Status(), got, p.Attribute(test.field, "aria-invalid"))
		}
		if p.Value("#name") != test.name || p.Value("#packages-of") != test.packages || p.Value("#days") != test.days || len(p.Texts("#new input[value="+test.scope+"]:checked")) != 1 {
			t.Errorf("%+v: the form is not kept", test)
		}
	}
	if got := p.Texts(".tokens h3"); len(got) != 1 {
		t.Errorf("tokens %q", got)
	}
}
