package web

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// files are those of a package, by their paths in its folder.
type files map[string]string

// read reads a package's folder.
func read(folder string) (files, error) {
	f := make(files)
	root := os.DirFS(folder)
	return f, fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		f[path] = string(text)
		return err
	})
}

var versionLine = regexp.MustCompile(`(?m)^Version: .*$`)

// at returns the same package with another version and its notes.
func (f files) at(version, notes string) files {
	other := maps.Clone(f)
	other["publish.yaml"] = versionLine.ReplaceAllString(f["publish.yaml"], "Version: "+version)
	other["version.md"] = notes
	delete(other, "version_en.md")
	return other
}

// form is what s registry publish sends of them.
func (f files) form() url.Values {
	form := make(url.Values)
	for field, file := range map[string]string{
		"publish": "publish.yaml", "publish_en": "publish_en.yaml", "version_body": "version.md", "version_body_en": "version_en.md",
		"readme": "readme.md", "readme_en": "readme_en.md", "syaml": "src/s.yaml",
	} {
		if text, ok := f[file]; ok {
			form.Set(field, text)
		}
	}
	return form
}

func (f files) zip() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		w, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, f[name]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return registrytest.Canonical(b.Bytes()), err
}

// publish announces a release, puts its ZIP where it is told to, and returns
// the ZIP when it is live.
func (r *registry) publish(ctx context.Context, token string, f files) ([]byte, error) {
	address, err := r.announce(ctx, token, f)
	if err != nil {
		return nil, err
	}
	zip, err := f.zip()
	if err != nil {
		return nil, err
	}
	var outcome struct {
		Released bool
		Message  string
	}
	// MultiReader hides the length: s sends the ZIP chunked.
	if err := r.call(ctx, "PUT", address, io.MultiReader(bytes.NewReader(zip)), nil, &outcome); err != nil {
		return nil, err
	}
	if !outcome.Released {
		return nil, fmt.Errorf("publish: %s", outcome.Message)
	}
	return zip, nil
}

// announce announces a release, and returns where its ZIP is to be put.
func (r *registry) announce(ctx context.Context, token string, f files) (string, error) {
	var announced struct{ Body struct{ URL string } }
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Authorization": {"Bearer " + token}}
	err := r.call(ctx, "POST", r.V3+"/packages/releases", strings.NewReader(f.form().Encode()), header, &announced)
	return announced.Body.URL, err
}

// call sends a request and reads the JSON of a 200.
func (r *registry) call(ctx context.Context, method, address string, body io.Reader, header http.Header, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return err
	}
	if header != nil {
		request.Header = header
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, address, response.Status, text)
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, address, err, text)
	}
	return nil
}

// release publishes a release in a test.
func (r *registry) release(t *testing.T, token string, f files) []byte {
	t.Helper()
	zip, err := r.publish(t.Context(), token, f)
	if err != nil {
		t.Fatal(err)
	}
	return zip
}
