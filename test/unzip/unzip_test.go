package unzip

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/zipfile"
	"github.com/fc-registry/fc-registry/test/unzip/forge"
)

// bundle is the CLI, with its unzipper in it.
const bundle = "../e2e/node_modules/@serverless-devs/s/lib/index.js"

// batch is how many ZIPs the programs unpack before the trees are compared.
const batch = 100

// Of whatever passes the inspection, every unzipper makes the same tree: paths,
// kinds, targets of links, contents, and which files can be executed. FUZZ_UNZIP
// says for how long random ZIPs are tried beyond the first batch, such as 10m.
func TestEveryUnzipperMakesTheSameTree(t *testing.T) {
	compare(t, good(t))
	seed := uint64(1)
	compare(t, random(t, &seed))
	t.Logf("%d of %d random ZIPs pass", batch, seed-1)
	more := time.Duration(0)
	if long := os.Getenv("FUZZ_UNZIP"); long != "" {
		var err error
		if more, err = time.ParseDuration(long); err != nil {
			t.Fatal(err)
		}
		seed = uint64(time.Now().UnixNano())
	}
	batches := 0
	for end := time.Now().Add(more); time.Now().Before(end) && !t.Failed(); batches++ {
		compare(t, random(t, &seed))
	}
	t.Logf("%d more ZIPs", batches*batch)
}

// pair is a canonical ZIP, and where its inspection says that the package begins.
type pair struct {
	packed []byte
	root   string
}

func canonical(t testing.TB, packed []byte) (pair, error) {
	t.Helper()
	var to bytes.Buffer
	c, err := zipfile.Canonical(t.Context(), &to, bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return pair{}, err
	}
	return pair{to.Bytes(), c.Root()}, nil
}

// good returns the canonical forms of ZIPs that must pass.
func good(t *testing.T) map[string]pair {
	pairs := map[string]pair{}
	for name, packed := range forge.Good() {
		p, err := canonical(t, packed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		pairs[name] = p
	}
	return pairs
}

// random returns the canonical forms of random ZIPs by their seeds.
func random(t *testing.T, seed *uint64) map[string]pair {
	pairs := map[string]pair{}
	for len(pairs) < batch {
		if p, err := canonical(t, forge.Random(rand.New(rand.NewPCG(*seed, 0)))); err == nil {
			pairs[fmt.Sprint("seed-", *seed)] = p
		}
		*seed++
	}
	return pairs
}

// compare unpacks the ZIPs by every program.
func compare(t *testing.T, pairs map[string]pair) {
	t.Helper()
	zips, to := t.TempDir(), t.TempDir()
	for name, p := range pairs {
		if err := os.WriteFile(filepath.Join(zips, name+".zip"), p.packed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, program := range []string{"client", "python", "unzip", "bsdtar", "pipe"} {
		out := filepath.Join(to, program)
		if err := os.Mkdir(out, 0o700); err != nil {
			t.Fatal(err)
		}
		said, err := unpacking(t, program, zips, out).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", program, err, said)
		}
		for line := range strings.Lines(string(said)) {
			t.Errorf("%s fails: %s", program, line)
		}
		for name, p := range pairs {
			compareTree(t, program, filepath.Join(out, name+".zip"), p)
		}
	}
}

// unpacking unpacks every ZIP of a folder.
func unpacking(t *testing.T, program, zips, to string) *exec.Cmd {
	t.Helper()
	switch program {
	case "client":
		return exec.CommandContext(t.Context(), "node", "client.js", bundle, zips, to)
	case "python":
		return exec.CommandContext(t.Context(), "python3", "unpack.py", zips, to)
	}
	return exec.CommandContext(t.Context(), "./unpack.sh", program, zips, to)
}

func compareTree(t *testing.T, program, folder string, p pair) {
	t.Helper()
	want, err := ByGo(p.packed)
	if err != nil {
		t.Errorf("%s: archive/zip: %v", folder, err)
		return
	}
	got, err := OnDisk(folder)
	if err != nil {
		t.Errorf("%s: %v", folder, err)
		return
	}
	if program == "client" && got.Top() != p.root {
		t.Errorf("%s: the client begins at %q, the inspection at %q", folder, got.Top(), p.root)
	}
	if program == "pipe" {
		want, got = want.AsStreamed(), got.AsStreamed()
	}
	if d := want.Differences(got); len(d) > 0 {
		t.Errorf("%s: %s makes another tree:\n%s\nof %q", folder, program, strings.Join(d, "\n"), p.packed)
	}
}
