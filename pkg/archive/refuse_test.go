package archive_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

const (
	helloFile = "packages/package-hello.jsonl"
	auditFile = "audit/package-hello.jsonl"
)

// exported writes an export into a folder.
func exported(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	w, err := archive.CreateFolder(dir)
	must(t, err)
	write(t, w)
	finish(t, w)
	return dir
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return string(text)
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
}

// replace alters a file, and leaves its checksum.
func replace(name, old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		text := read(t, dir, name)
		if !strings.Contains(text, old) {
			t.Fatalf("%s has no %q:\n%s", name, old, text)
		}
		put(t, dir, name, strings.Replace(text, old, new, 1))
	}
}

// forge alters a file, and gives the index its new checksum.
func forge(name, old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		replace(name, old, new)(t, dir)
		text := read(t, dir, name)
		sum := sha256.Sum256([]byte(text))
		reindex(t, dir, func(i *archive.Index) {
			for n := range i.Files {
				if i.Files[n].Name == name {
					i.Files[n].Size, i.Files[n].SHA256 = int64(len(text)), hex.EncodeToString(sum[:])
				}
			}
		})
	}
}

// reindex alters the index.
func reindex(t *testing.T, dir string, alter func(*archive.Index)) {
	t.Helper()
	var i archive.Index
	must(t, json.Unmarshal([]byte(read(t, dir, "index.json")), &i))
	alter(&i)
	text, err := json.Marshal(i)
	must(t, err)
	put(t, dir, "index.json", string(text))
}

func index(alter func(*archive.Index)) func(*testing.T, string) {
	return func(t *testing.T, dir string) { reindex(t, dir, alter) }
}

func TestABadFolderIsRefused(t *testing.T) {
	rename := func(from, to string) func(*testing.T, string) {
		return index(func(i *archive.Index) {
			for n := range i.Files {
				if i.Files[n].Name == from {
					i.Files[n].Name = to
				}
			}
		})
	}
	cases := map[string]struct {
		spoil func(t *testing.T, dir string)
		words []string
	}{
		"no index":             {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "index.json"))) }, []string{"has no index.json", "no export, or was cut off"}},
		"a newer format":       {replace("index.json", `"format": 3`, `"format": 4`), []string{"format 4", "reads up to 3", "newer version"}},
		"format 0":             {replace("index.json", `"format": 3`, `"format": 0`), []string{"format 0 was never written"}},
		"no pattern":           {forge("reserved.json", `"acme-*"`, `"acme/*"`), []string{`"acme/*" can't be reserved`}},
		"a long pattern":       {forge("reserved.json", `"acme-*"`, `"a`+strings.Repeat("b", registry.MaxName)+`"`), []string{"can't be reserved"}},
		"a large pattern":      {forge("reserved.json", `"acme-*"`, `"Acme-*"`), []string{`"Acme-*" can't be reserved`}},
		"patterns in disorder": {forge("reserved.json", `"zeta"`, `"a"`), []string{"out of order"}},
		"more than patterns":   {forge("reserved.json", "]", "]\n[]"), []string{"reserved.json", "line 2"}},
		"altered patterns":     {replace("reserved.json", "zeta", "zetb"), []string{"reserved.json", "SHA-256"}},
		"a pattern twice":      {forge("reserved.json", `"zeta"`, `"acme-*"`), []string{"out of order"}},
		"a cut index":          {func(t *testing.T, dir string) { put(t, dir, "index.json", read(t, dir, "index.json")[:300]) }, []string{"index.json", "Export again"}},
		"a longer index":       {func(t *testing.T, dir string) { put(t, dir, "index.json", read(t, dir, "index.json")+"}") }, []string{"index.json"}},
		"unknown fields":       {replace("index.json", `"from"`, `"form"`), []string{`unknown field "form"`}},
		"a missing file":       {func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, helloFile))) }, []string{helloFile, "it is missing"}},
		"a cut file":           {func(t *testing.T, dir string) { put(t, dir, helloFile, read(t, dir, helloFile)[:700]) }, []string{helloFile, "cut or altered"}},
		"an altered file":      {replace(helloFile, `"owner":"alice"`, `"owner":"mallo"`), []string{helloFile, "SHA-256", "cut or altered"}},
		"an altered audit": {
			replace(auditFile, `"user":"alice"`, `"user":"mallo"`), []string{auditFile, "cut or altered"},
		},
		"a folder as file": {func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, helloFile)))
			must(t, os.Mkdir(filepath.Join(dir, helloFile), 0o700))
		}, []string{helloFile, "it is no file"}},
		"a link that leads out": {func(t *testing.T, dir string) {
			other := filepath.Join(t.TempDir(), "other")
			must(t, os.Rename(filepath.Join(dir, helloFile), other))
			must(t, os.Symlink(other, filepath.Join(dir, helloFile)))
		}, []string{helloFile}},
		"path traversal":        {rename(auditFile, "audit/../../etc/passwd"), []string{`"audit/../../etc/passwd"`}},
		"an absolute path":      {rename(auditFile, "/etc/passwd"), []string{`"/etc/passwd"`}},
		"a name with backslash": {rename(auditFile, `audit/package-..\x.jsonl`), []string{"can't be there"}},
		"a file twice": {index(func(i *archive.Index) { i.Files = append(i.Files[:1], i.Files...) }),
			[]string{"can't be there"}},
		"an audit too many":      {rename(helloFile, "packages/package-hella.jsonl"), []string{"package-hella.jsonl", "missing"}},
		"a package's other name": {forge(helloFile, `{"name":"hello"`, `{"name":"hella"`), []string{helloFile, "belongs"}},
		"a path as name":         {forge(helloFile, `{"name":"hello"`, `{"name":"../hello"`), []string{helloFile, `"../hello" is not allowed`}},
		"a reserved name":        {forge(helloFile, `{"name":"hello"`, `{"name":"v3"`), []string{`"v3" is reserved`}},
		"an impossible version":  {forge(helloFile, `"version":"2.0.0"`, `"version":"two"`), []string{"line 2", `"two" is not a semantic version`}},
		"versions out of order":  {forge(helloFile, `"version":"2.0.0"`, `"version":"0.2.0"`), []string{"line 3", "1.0.0-rc.1+b follows 0.2.0"}},
		"a version twice":        {forge(helloFile, `"version":"2.0.0"`, `"version":"1.0.0-rc.1"`), []string{"line 3", "each number once"}},
		"a path as SHA-256":      {forge(helloFile, `"sha256":"`, `"sha256":"../`), []string{"line 2", "SHA-256"}},
		"a ZIP too large":        {forge(helloFile, `"size":12`, `"size":209715201`), []string{"209715201 bytes"}},
		"a type that is none":    {forge(helloFile, `"type":"Component"`, `"type":"Bomb"`), []string{`type "Bomb"`}},
		"a visibility that is none": {forge(helloFile, `"visibility":"Organization"`, `"visibility":"All"`),
			[]string{`visibility "All"`}},
		"another event in the record": {forge(helloFile, `"seq":3`, `"seq":4`), []string{"revision 3", "event 4"}},
		"an audit without its end":    {forge(auditFile, `"seq":3`, `"seq":2`), []string{auditFile, "last event"}},
		"an audit of another":         {forge(auditFile, `"package/hello"`, `"package/hella"`), []string{auditFile, "line 1"}},
		"a role that is none": {forgeGroup(`"bob":"member"`, `"bob":"king"`),
			[]string{`role "king" is not known`}},
		"counts that are wrong": {index(func(i *archive.Index) { i.Releases++ }), []string{"it counts"}},
		"a line too long": {forge(helloFile, `"owner":"alice"`, `"owner":"`+strings.Repeat("a", 17<<20)+`"`),
			[]string{helloFile, "line 1", "longer than"}},
		"deep nesting": {forge(helloFile, `"owner":"alice"`, `"owner":`+strings.Repeat("[", 1<<20)), []string{helloFile, "line 1"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := exported(t)
			c.spoil(t, dir)
			r, err := archive.Open(dir)
			if err == nil {
				r.Close()
			}
			wantWords(t, err, c.words...)
		})
	}
}

func forgeGroup(old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		all, err := filepath.Glob(filepath.Join(dir, "organizations/*"))
		must(t, err)
		for _, path := range all {
			name := "organizations/" + filepath.Base(path)
			if strings.Contains(read(t, dir, name), old) {
				forge(name, old, new)(t, dir)
			}
		}
	}
}

// Whatever byte of the JSON is another one, it is noticed.
func TestEveryAlteredByteIsNoticed(t *testing.T) {
	dir := exported(t)
	for _, name := range []string{helloFile, auditFile, "reserved.json"} {
		text := read(t, dir, name)
		for at := 0; at < len(text); at += 37 {
			put(t, dir, name, text[:at]+string(text[at]^1)+text[at+1:])
			r, err := archive.Open(dir)
			if err == nil {
				r.Close()
			}
			wantWords(t, err, name)
		}
		put(t, dir, name, text)
	}
	r, err := archive.Open(dir)
	must(t, err)
	must(t, r.Close())
}
