package e2e

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldCLI loads components by Serverless Devs 2, and publishes as its
// component registry does.
func TestOldCLI(t *testing.T) {
	t.Parallel()
	r := start(t)
	s := r.old(t, r.secure(t))
	r.publishCore(t)
	r.publish(t, component("hello", "1.0.0")) // as 3.x packs it: files at the root
	text := s.ok(t, folder(t, oldProject("hello")), "deploy")
	says(t, text, "said: hello 1.0.0 to friends")
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

// publishCore publishes the package of 2.x itself, without which it loads no
// component: the company has copied it from npm.
func (r *registry) publishCore(t *testing.T) {
	t.Helper()
	const dir = "node_modules/@serverless-devs/core"
	files := map[string]string{"publish.yaml": publishYAML("Component", "core", "0.1.66"), "version.md": "From npm"}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r.publishOld(t, r.Token, files)
}

// old is the answer to the component registry.
type oldAnswer[T any] struct{ Response T }

// postOld sends a form as the component registry does: by the library request,
// whose headers these are.
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
