package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMove moves a registry into others by scripts/admin. Its steps follow from
// one another.
func TestMove(t *testing.T) {
	t.Parallel()
	from, to, third := newTeam(t, start(t)), newTeam(t, start(t)), newTeam(t, start(t))
	dir := filepath.Join(t.TempDir(), "export")
	zip := fill(t, from)
	t.Run("export", func(t *testing.T) { testExport(t, from, dir) })
	t.Run("a bad export is refused", func(t *testing.T) { testBadImport(t, to, dir) })
	t.Run("import", func(t *testing.T) { testImport(t, from, to, dir) })
	t.Run("what was imported goes on", func(t *testing.T) { testGoesOn(t, to, zip) })
	t.Run("contradictions are refused", func(t *testing.T) { testContradiction(t, from, to, dir) })
	t.Run("copy", func(t *testing.T) { testCopy(t, from, third) })
	t.Run("it stops and goes on", func(t *testing.T) { testStops(t, from, dir) })
	t.Run("help", func(t *testing.T) {
		_, stderr, _ := command(t, nil, from.admin, "-help")
		says(t, stderr, "users and tokens stay")
	})
}

// fill publishes what is moved, and returns the ZIP of secret 1.0.0.
func fill(t *testing.T, s team) []byte {
	t.Helper()
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0-rc.1+build", "dev", "1.0.1"} {
		s.publish(t, component("hello", version))
	}
	s.publish(t, project("begin", "1.0.0"))
	s.publish(t, plugin("plug", "0.1.0"))
	zip := s.publish(t, effective(component("secret", "1.0.0"), "Private", ""))
	s.publish(t, shared("1.0.0"))
	s.command(t, "user", "add", "ann")
	s.command(t, "org", "member", "add", theTeam, "ann", "-role", "maintainer")
	s.command(t, "package", "maintainer", "add", "secret", "ann")
	for i := range 20 {
		s.publish(t, component("many", fmt.Sprintf("0.%d.0", i)))
	}
	s.remove(t, "hello", "1.1.0")
	s.remove(t, "plug", "0.1.0")
	s.download(t, s.Registry+"/hello/zipball/1.0.0")
	wantDownloads(t, s.registry, "hello", 1)
	return zip
}

func (s team) remove(t *testing.T, name, version string) {
	t.Helper()
	address := "/v3/packages/" + name + "/release/tags/" + version
	if a := s.send(t, "DELETE", address, nil, signed(s.Token, time.Now())); a.status != 200 {
		t.Fatalf("delete %s %s: %d %s", name, version, a.status, a.body)
	}
}

// asked are the addresses of what can be asked of a registry.
func asked() []string {
	list := []string{
		"/v3/packages/releases?page=-1", "/v3/package/user?page=-1", "/v3/common/categories", "/v3/common/providers",
		"/v3/packages/releases?search=hello", "/simple/hello/releases", "/simple/hello/releases/latest",
	}
	for _, name := range []string{"hello", "begin", "plug", "secret", "shared", "many", "nobody"} {
		list = append(list, "/"+name+"/releases", "/"+name+"/releases/latest", "/v3/packages/"+name+"/release?page=1", "/v3/packages/"+name+"/release/latest")
		for _, tag := range []string{"1.0.0", "1.1.0", "1.0.1", "dev", "^1.0", "2.0.0-rc.1%2Bbuild", "0.1.0"} {
			list = append(list, "/"+name+"/releases/tags/"+tag, "/v3/packages/"+name+"/release/tags/"+tag)
		}
	}
	return list
}

// answers asks everything, as dev and as nobody. What differs between any two
// registries is taken out.
func answers(t *testing.T, s team) map[string]string {
	t.Helper()
	all := make(map[string]string)
	own := regexp.MustCompile(`"request_id":"[^"]*"|ticket=[^"&]*|` + regexp.QuoteMeta(s.Registry))
	for _, address := range asked() {
		for who, header := range map[string]string{"nobody": "", "dev": s.Token} {
			a := s.send(t, "GET", address, nil, bearer(header))
			all[who+" "+address] = fmt.Sprint(a.status, " ", own.ReplaceAllString(string(a.body), ""))
		}
	}
	return all
}

// same requires that two registries answer the same, once the search index
// knows.
func same(t *testing.T, from, to team) {
	t.Helper()
	want, got := answers(t, from), answers(t, to)
	const list = "dev /v3/packages/releases?page=-1"
	for deadline := time.Now().Add(patience); got[list] != want[list] && time.Now().Before(deadline); {
		got = answers(t, to)
	}
	for address, answer := range want {
		if got[address] != answer {
			t.Errorf("%s answers\n%s\nwant\n%s", address, got[address], answer)
		}
	}
	if got, want := moved(t, to), moved(t, from); !slices.Equal(got, want) {
		t.Errorf("audit:\n%+v\nwant\n%+v", got, want)
	}
}

// zip downloads as dev.
func (s team) zip(t *testing.T, address string) []byte {
	t.Helper()
	redirect := s.send(t, "GET", address, nil, bearer(s.Token))
	a := s.get(t, redirect.header.Get("Location"))
	if a.status != 200 {
		t.Fatalf("%s: %d, then %d %s", address, redirect.status, a.status, a.body)
	}
	return a.body
}

// moved are the events that move: not those of users.
func moved(t *testing.T, s team) []event {
	t.Helper()
	events := slices.DeleteFunc(s.audit(t), func(e event) bool { return strings.HasPrefix(e.Subject, "user/") })
	slices.SortStableFunc(events, func(a, b event) int { return strings.Compare(a.Subject, b.Subject) })
	return events
}

func testExport(t *testing.T, s team, dir string) {
	says(t, s.command(t, "export", dir), "exported 6 packages with 27 releases, 1 organizations")
	entries := exported(t, dir)
	for name, text := range entries {
		if strings.Contains(name, "user") || strings.Contains(text, s.Token) || strings.Contains(text, s.MasterKey) {
			t.Errorf("%s holds what belongs to this registry", name)
		}
	}
	some := filepath.Join(t.TempDir(), "some.tar")
	says(t, s.command(t, "export", some, "-package", "hello,many", "-since", "2099-01-01"), "exported 2 packages with 0 releases, 0 organizations")
	_, stderr, code := s.try(t, "export", some)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stderr, "some.tar is there already")
	if _, stderr, code = s.try(t, "export", filepath.Join(t.TempDir(), "none"), "-package", "nobody"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stderr, `Package "nobody" is not in this registry`)
}

// exported reads all files of an export, but for when it was made.
func exported(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if name == "index.json" {
			text = regexp.MustCompile(`"created": "[^"]*"`).ReplaceAll(text, nil)
		}
		all[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func testBadImport(t *testing.T, to team, dir string) {
	for name, spoil := range map[string]func(text []byte) []byte{
		"cut": func(text []byte) []byte { return text[:len(text)-1] },
		"altered": func(text []byte) []byte {
			return bytes.Replace(text, []byte(`"owner":"dev"`), []byte(`"owner":"eve"`), 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bad := t.TempDir()
			if err := os.CopyFS(bad, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(bad, "packages/package-hello.jsonl")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, spoil(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, stderr, code := to.try(t, "import", bad)
			if code != 1 {
				t.Errorf("exit code %d", code)
			}
			says(t, stderr, "packages/package-hello.jsonl")
			says(t, stderr, "cut or altered. Export again, or fetch the whole export again")
		})
	}
	if events := moved(t, to); len(events) != 0 {
		t.Errorf("something was written: %+v", events)
	}
	if a := to.get(t, "/many/releases"); a.status != 404 {
		t.Errorf("a package is there: %s", a.body)
	}
}

func testImport(t *testing.T, from, to team, dir string) {
	says(t, to.command(t, "import", dir), "imported 6 packages: 29 releases and deleted numbers added")
	same(t, from, to)
	says(t, to.command(t, "import", dir), "imported 6 packages: 0 releases and deleted numbers added with 0 B of ZIPs, 29 were there")
	same(t, from, to)
	again := filepath.Join(t.TempDir(), "again")
	to.command(t, "export", again)
	if !maps.Equal(exported(t, again), exported(t, dir)) {
		t.Error("exported again, the files are others")
	}
	says(t, to.command(t, "verify"), "27 releases read, 0 are not what was published, 0 would be refused today")
}

func testGoesOn(t *testing.T, to team, zip []byte) {
	if !bytes.Equal(to.zip(t, "/secret/zipball/1.0.0"), zip) {
		t.Error("the ZIP is another one")
	}
	for _, version := range []string{"1.1.0", "1.0.1"} {
		fails(t, announcing, to.announce(t, to.Token, form(component("hello", version))), 409, "Version "+version)
	}
	to.publish(t, component("hello", "3.0.0"))
	to.publish(t, component("hello", "dev"))
	to.remove(t, "hello", "1.0.1")
	if got := decode[release](t, to.get(t, "/hello/releases/latest")); got.TagName != "3.0.0" {
		t.Errorf("latest: %+v", got)
	}
	if got := decode[release](t, to.get(t, "/hello/releases/tags/dev")); got.TagName != "dev.0.2" {
		t.Errorf("dev: %+v", got)
	}
	events := to.audit(t, "-package", "hello")
	if got := actions(events); got != "create, publish, publish, publish, publish, publish, delete, publish, publish, delete" {
		t.Errorf("audit: %s", got)
	}
	for i, e := range events {
		if e.Seq != i+1 {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
	}
	ann := strings.TrimSpace(to.command(t, "user", "add", "ann"))
	if a := to.send(t, "GET", "/shared/releases/latest", nil, bearer(ann)); a.status != 200 {
		t.Errorf("a member of the organization is answered %d", a.status)
	}
}

func testContradiction(t *testing.T, from, to team, dir string) {
	to.command(t, "package", "owner", "begin", "ann")
	to.command(t, "import", dir) // what went on here stays
	if got := decode[release](t, to.get(t, "/hello/releases/latest")); got.TagName != "3.0.0" {
		t.Errorf("latest: %+v", got)
	}
	from.publish(t, component("hello", "3.0.0")) // the bytes of its ZIP are the same
	from.publish(t, project("begin", "1.1.0"))
	before := moved(t, to)
	other := filepath.Join(t.TempDir(), "other.tar")
	from.command(t, "export", other)
	_, stderr, code := to.try(t, "import", other)
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stderr, `nothing was written, for this registry holds something else: package "begin": it belongs to "ann" here, and to "dev" there.`)
	if !slices.Equal(moved(t, to), before) {
		t.Error("something was written")
	}
	to.command(t, "package", "owner", "begin", "dev")
	to.command(t, "import", other)
	if got := decode[release](t, to.get(t, "/begin/releases/latest")); got.TagName != "1.1.0" {
		t.Errorf("latest: %+v", got)
	}
}
