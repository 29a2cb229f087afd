package e2e

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// twoReadmes is a folder whose ZIP is refused, though s publishes it: where names
// are one without regard to case, one readme would replace the other.
func twoReadmes(name, version string) map[string]string {
	files := component(name, version)
	files["README.md"] = "# Another"
	return files
}

// TestARefusalFindsItsPublisher publishes what is refused: s says success, and
// from then on every way tells its publisher of it, and nobody else.
func TestARefusalFindsItsPublisher(t *testing.T) {
	t.Parallel()
	const reason = `"README.md"`
	p := launch(t, build(t, "local"), freeAddress(t), t.TempDir())
	s, eve := p.cli(t, p.Token), p.cli(t, p.addUser(t, "eve"))
	dir := folder(t, twoReadmes("told", "1.0.0"))
	says(t, s.ok(t, dir, "registry", "publish"), "Publish package told@1.0.0 success.")

	t.Run("in the log", func(t *testing.T) {
		line := ""
		for l := range strings.Lines(p.stderr.String()) {
			if strings.Contains(l, `"msg":"upload refused"`) {
				line += l
			}
		}
		for _, words := range []string{`"level":"WARN"`, `"package":"told"`, `"version":"1.0.0"`, `"publisher":"dev"`, `README.md`} {
			says(t, line, words)
		}
		if strings.Count(line, "\n") != 1 {
			t.Errorf("not one line: %s", line)
		}
	})
	t.Run("on local's terminal", func(t *testing.T) {
		says(t, p.stdout.String(), "Refused: told 1.0.0 of dev. ")
		says(t, p.stdout.String(), reason)
	})
	t.Run("by detail", func(t *testing.T) {
		s.refused(t, "Your upload of told 1.0.0 of ", s.home, "registry", "detail", "--package-name", "told")
		s.refused(t, reason, s.home, "registry", "detail", "--package-name", "TOLD")
	})
	t.Run("by the details of the version", func(t *testing.T) {
		fails(t, "/v3/packages/told/release/tags/1.0.0", p.send(t, "GET", "/v3/packages/told/release/tags/1.0.0", nil, bearer(p.Token)), 404, reason)
		fails(t, "/told/releases/latest", p.send(t, "GET", "/told/releases/latest", nil, bearer(p.Token)), 404, reason)
	})
	t.Run("to nobody else", func(t *testing.T) {
		for _, c := range []cli{eve, p.cli(t, "")} {
			c.refused(t, `Package "told" is not in this registry. Check the name.`, c.home, "registry", "detail", "--package-name", "told")
		}
	})
	t.Run("by the next publish, once", func(t *testing.T) {
		s.refused(t, reason, dir, "registry", "publish")
		fixed := folder(t, component("told", "1.0.0"))
		says(t, s.ok(t, fixed, "registry", "publish"), "Publish package told@1.0.0 success.")
		if got := field(s.ok(t, s.home, "registry", "detail", "--package-name", "told"), "tag_name"); strings.Join(got, " ") != "1.0.0" {
			t.Errorf("tag_name: %v", got)
		}
	})
}

// TestLocalSaysThatItsDiskFails takes local's folder of objects away: the answer
// to the upload, which s hides, has no cause, but the terminal does.
func TestLocalSaysThatItsDiskFails(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := launch(t, build(t, "local"), freeAddress(t), data)
	address := p.address(t, p.Token, component("lost", "1.0.0"))
	bodies := filepath.Join(data, "oss", "bodies")
	if err := os.RemoveAll(bodies); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bodies, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := p.put(t, address, bytes.NewReader(pack(t, component("lost", "1.0.0")))); a.status != http.StatusInternalServerError || !bytes.Contains(a.body, []byte("InternalError")) {
		t.Errorf("the upload is answered with %d %s", a.status, a.body)
	}
	eventually(t, "local says why", func() bool {
		return strings.Contains(p.stderr.String(), "level=ERROR") && strings.Contains(p.stderr.String(), bodies) && strings.Contains(p.stderr.String(), "not a directory")
	})
}
