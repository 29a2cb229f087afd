package zipfile_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/fc-registry/fc-registry/test/unzip"
	"github.com/fc-registry/fc-registry/test/unzip/forge"
)

// FuzzCanonical takes bytes as they are, and a seed of a random ZIP when there are
// none.
func FuzzCanonical(f *testing.F) {
	for _, packed := range forge.Good() {
		f.Add(packed, uint64(0))
	}
	for seed := range uint64(200) {
		f.Add([]byte(nil), seed)
	}
	f.Fuzz(func(t *testing.T, packed []byte, seed uint64) {
		if len(packed) == 0 {
			packed = forge.Random(rand.New(rand.NewPCG(seed, 0)))
		}
		checkCanonical(t, packed)
	})
}

// checkCanonical wants a refusal, or a canonical form that archive/zip reads, and
// that is its own.
func checkCanonical(t *testing.T, packed []byte) {
	t.Helper()
	to, c, err := canonical(packed)
	if err != nil {
		if !isRefusal(err) || len(err.Error()) > 2000 {
			t.Fatalf("%T %v", err, err)
		}
		return
	}
	own, _, err := canonical(to)
	if err != nil || !bytes.Equal(to, own) {
		t.Fatalf("the canonical form of itself: %v, or other bytes", err)
	}
	wantPlainHeaders(t, to)
	tree, err := unzip.ByGo(to)
	if err != nil {
		t.Fatal(err)
	}
	if tree.Top() != c.Root() {
		t.Errorf("root %q, but archive/zip sees %q", c.Root(), tree.Top())
	}
	for name, node := range tree {
		data, err := c.ReadFile(name, 1<<30)
		if node.Kind == "file" && (err != nil || unzip.File(string(data), node.Executable) != node) {
			t.Errorf("%q: %v, or another file than archive/zip reads", name, err)
		}
		if node.Kind == "folder" && !c.HasDirectory(name) {
			t.Errorf("%q is no directory", name)
		}
		if node.Kind == "link" && !c.HasFile(name) && !c.HasDirectory(name) {
			t.Errorf("the link %q leads nowhere", name)
		}
	}
}
