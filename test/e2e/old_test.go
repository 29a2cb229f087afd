package e2e

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldCLI uses a registry by Serverless Devs 2 and by what its component
// registry sends.
func TestOldCLI(t *testing.T) {
	t.Parallel()
	r := start(t)
	o := oldSite{r, r.oldCLI(t, r.secure(t))}
	r.publishCore(t)
	r.publish(t, component("hello", "1.0.0")) // as 3.x packs it: files at the root
	o.deploys(t, "hello", "hello 1.0.0")
	t.Run("versions", o.testVersions)
	t.Run("publish and delete", o.testPublish)
	t.Run("both editions", o.testBoth)
	t.Run("application", o.testApplication)
	t.Run("private", o.testPrivate)
	t.Run("refusals", o.testRefusals)
	t.Run("stored ZIPs", o.testObjects)
}

// oldSite is a registry and a CLI of the old edition that has deployed once.
type oldSite struct {
	*registry
	s cli
}

// deploys runs a project with a component, which must say words. Nothing is in
// the component cache.
func (o oldSite) deploys(t *testing.T, component, words string) {
	t.Helper()
	says(t, o.unpacks(t, folder(t, oldProject(component)), "deploy"), "said: "+words+" to friends")
}

// unpacks runs what must succeed, and what 2.x downloads a ZIP for: again when it
// unpacked nothing. It reads the file when the answer has ended (@serverless-devs/core
// 0.1.66, download), and on a busy machine that is not all written then.
func (o oldSite) unpacks(t *testing.T, dir string, args ...string) string {
	t.Helper()
	for range 5 {
		text, code := o.s.fresh(t).run(t, dir, args...)
		if code == 0 {
			return text
		}
		if !strings.Contains(text, "require不到组件") && !strings.Contains(text, "Cannot find module") {
			t.Fatalf("s %s: exit code %d\n%s", strings.Join(args, " "), code, text)
		}
	}
	return o.s.fresh(t).ok(t, dir, args...)
}

// oldProject uses a component in the form of s.yaml that 2.x knows.
func oldProject(component string) map[string]string {
	return map[string]string{"s.yaml": `edition: 1.0.0
name: project
services:
  greeting:
    component: ` + component + `
    props: {who: friends}
`}
}

func (o oldSite) testVersions(t *testing.T) {
	o.publish(t, component("tool", "1.0.0"))
	o.publish(t, component("tool", "1.1.0"))
	o.publish(t, componentSaying("the first build", "tool", "dev"))
	o.publish(t, componentSaying("the second build", "tool", "dev"))
	for component, words := range map[string]string{
		"tool": "tool 1.1.0", "tool@1.0.0": "tool 1.0.0", "devsapp/tool": "tool 1.1.0", "acme/tool@1.0.0": "tool 1.0.0",
		"tool@dev": "the second build", "tool@dev.0.1": "the first build",
	} {
		o.deploys(t, component, words)
	}
}

func (o oldSite) testPublish(t *testing.T) {
	token := o.addUser(t, "old")
	o.publishOld(t, token, component("mine", "1.0.0"))
	o.publishOld(t, token, component("mine", "1.1.0"))
	o.deploys(t, "mine", "mine 1.1.0")
	fields := url.Values{"safety_code": {token}, "package_name": {"mine"}, "package_type": {"Component"}, "package_version": {"1.1.0"}}
	decode[oldAnswer[map[string]string]](t, o.postOld(t, "/package/delete", fields))
	o.deploys(t, "mine", "mine 1.0.0")
	own := o.ownOld(t, token)
	if len(own) != 1 || own[0].Package != "mine" || own[0].Version.TagName != "1.0.0" || own[0].Version.PublishedAt == "" {
		t.Errorf("own packages: %+v", own)
	}
}

// testBoth uses what one edition has published by the other: the ZIP has a top
// directory for 2.x, and is the same release.
func (o oldSite) testBoth(t *testing.T) {
	published := o.publishOld(t, o.Token, component("shared", "1.0.0"))
	if got := o.download(t, "/shared/zipball/1.0.0"); !bytes.Equal(got, published) {
		t.Errorf("3.x gets %d bytes, want the %d that were published", len(got), len(published))
	}
	if got := o.download(t, "/simple/shared/zipball/1.0.0"); !bytes.Equal(got, published) {
		t.Errorf("2.x gets %d bytes, want the %d that were published, which have a top directory", len(got), len(published))
	}
	text := o.cli(t, "").ok(t, folder(t, map[string]string{"s.yaml": `edition: 3.0.0
name: project
resources:
  greeting:
    component: shared
    props: {who: friends}
`}), "deploy")
	says(t, text, "said: shared 1.0.0 to friends")
	o.publish(t, component("shared", "1.1.0"))
	o.deploys(t, "shared", "shared 1.1.0")
}

// testApplication publishes what only old editions call so, and starts a project
// from it.
func (o oldSite) testApplication(t *testing.T) {
	files := project("starter", "1.0.0")
	files["publish.yaml"] = strings.Replace(files["publish.yaml"], "Edition: 3.0.0\nType: Project", "Type: Application", 1)
	files["src/s.yaml"] = oldProject("hello")["s.yaml"]
	files["readme.md"] = "# starter"
	o.publishOld(t, o.Token, files)
	var text []byte
	for try := 0; len(text) == 0 && try < 5; try++ { // see unpacks
		dir := t.TempDir()
		o.s.ok(t, dir, "init", "starter", "-d", "started", "--parameters", "{}")
		text, _ = os.ReadFile(filepath.Join(dir, "started", "s.yaml")) // it may be missing
	}
	says(t, string(text), "greeting: component: hello")
}

// testPrivate: 2.x has no login for loading. A ZIP can be had by the address
// with a ticket that its publisher is told.
func (o oldSite) testPrivate(t *testing.T) {
	token := o.addUser(t, "secretive")
	published := o.publishOld(t, token, effective(component("secret", "1.0.0"), "Private", ""))
	text, code := o.s.fresh(t).run(t, folder(t, oldProject("secret")), "deploy")
	if code == 0 {
		t.Errorf("somebody without a login loads a private component:\n%s", text)
	}
	own := o.ownOld(t, token)
	if len(own) != 1 || !bytes.Equal(o.download(t, own[0].Version.ZipballURL), published) {
		t.Errorf("own packages: %+v", own)
	}
	without, _, _ := strings.Cut(own[0].Version.ZipballURL, "?")
	if a := o.get(t, without); a.status != http.StatusNotFound {
		t.Errorf("without its ticket: %d %s", a.status, a.body)
	}
}

func (o oldSite) testRefusals(t *testing.T) {
	fields := form(component("hello", "1.0.0"))
	refusedOld(t, o.postOld(t, "/package/publish", fields), "Unauthorized", "s cli registry login --token TOKEN")
	fields.Set("safety_code", o.Token)
	refusedOld(t, o.postOld(t, "/package/publish", fields), "Conflict", "Version 1.0.0 of \"hello\" is published already")
	a := o.get(t, "/simple/devsapp/nobody/releases/latest")
	if want := `{"Response":{"Error":{"Code":"NotFound","Message":"Package \"nobody\" is not in this registry. Check the name."}}}`; a.status != http.StatusNotFound || strings.TrimSpace(string(a.body)) != want {
		t.Errorf("%d %s", a.status, a.body)
	}
	text, code := o.s.fresh(t).run(t, folder(t, oldProject("nobody")), "deploy")
	if code == 0 || !strings.Contains(text, "nobody") {
		t.Errorf("a missing component: exit code %d\n%s", code, text)
	}
}

// testObjects: what was made for 2.x goes with its release.
func (o oldSite) testObjects(t *testing.T) {
	made := func() (n int) {
		for _, key := range o.objects(t) {
			if strings.HasPrefix(key, "simple/short/1.0.0/") {
				n++
			}
		}
		return n
	}
	o.publish(t, component("short", "1.0.0"))
	if n := made(); n != 0 {
		t.Errorf("%d objects before anybody asked", n)
	}
	first, second := o.download(t, "/simple/short/zipball/1.0.0"), o.download(t, "/simple/devsapp/short/zipball/1.0.0")
	if n := made(); n != 1 || !bytes.Equal(first, second) {
		t.Errorf("%d objects; downloads of %d and %d bytes", n, len(first), len(second))
	}
	fields := url.Values{"safety_code": {o.Token}, "package_name": {"short"}, "package_type": {"Component"}, "package_version": {"1.0.0"}}
	decode[oldAnswer[map[string]string]](t, o.postOld(t, "/package/delete", fields))
	if n := made(); n != 0 {
		t.Errorf("%d objects are left of a deleted release", n)
	}
}

// publishCore publishes the package of 2.x itself, without which it loads no
// component: here as a company would that has it from npm.
func (r *registry) publishCore(t *testing.T) {
	t.Helper()
	const dir = "node_modules/@serverless-devs/core"
	files := map[string]string{"publish.yaml": publishYAML("Component", "core", "0.1.66"), "version.md": "From npm"}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[filepath.ToSlash(strings.TrimPrefix(path, filepath.Clean(dir)+string(filepath.Separator)))] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.publishOld(t, r.Token, files)
}

// oldAnswer is every answer of the old dialect.
type oldAnswer[T any] struct{ Response T }

// postOld sends a form as the component registry does.
func (r *registry) postOld(t *testing.T, address string, form url.Values) answer {
	t.Helper()
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Connection": {"close"}}
	return r.send(t, "POST", address, strings.NewReader(form.Encode()), h)
}

// publishOld publishes a folder as the component registry does: with everything
// below package/, and by a PUT that says how long it is.
func (r *registry) publishOld(t *testing.T, token string, files map[string]string) []byte {
	t.Helper()
	fields := form(files)
	fields.Set("safety_code", token)
	announced := decode[oldAnswer[struct{ URL string }]](t, r.postOld(t, "/package/publish", fields))
	below := make(map[string]string)
	for name, text := range files {
		below["package/"+name] = text
	}
	zip := pack(t, below)
	o := decode[outcome](t, r.send(t, "PUT", announced.Response.URL, bytes.NewReader(zip), nil))
	if !o.Released {
		t.Fatal(o.Message)
	}
	return zip
}

// ownPackage is one in the list that the component registry prints.
type ownPackage struct {
	Package string
	Version struct {
		TagName     string `json:"tag_name"`
		PublishedAt string `json:"published_at"`
		ZipballURL  string `json:"zipball_url"`
	}
}

// ownOld asks for somebody's packages, once the search index knows of one.
func (r *registry) ownOld(t *testing.T, token string) (list []ownPackage) {
	t.Helper()
	eventually(t, "the list has a package", func() bool {
		list = decode[oldAnswer[[]ownPackage]](t, r.postOld(t, "/center/package/publish", url.Values{"safety_code": {token}})).Response
		return len(list) > 0
	})
	return list
}
