package e2e

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
)

// TestSwappedUploadsAreNotServed has an uploader send other bytes to the same
// address while the first ones are inspected, a hundred times: what is served is
// one of them whole, and the answers name its digest.
func TestSwappedUploadsAreNotServed(t *testing.T) {
	t.Parallel()
	r := start(t)
	const tries, swaps = 100, 3
	for try := range tries {
		version := fmt.Sprintf("1.0.%d", try)
		good, evil := component("swapped", version), component("swapped", version)
		evil["src/index.js"] = "evil"
		address := r.address(t, r.Token, good)
		uploads := [][]byte{pack(t, good)}
		for range swaps {
			uploads = append(uploads, pack(t, evil))
		}
		r.putAtOnce(t, address, uploads)
		path := "/swapped/releases/tags/" + version
		eventually(t, "a release", func() bool { return r.get(t, path).status == 200 })
		found := decode[release](t, r.get(t, path))
		served := r.download(t, found.ZipballURL)
		if sha256Of(served) != found.SHA256 || int64(len(served)) != found.Size {
			t.Fatalf("%s: %d bytes with SHA-256 %s are served, announced are %d with %s", version, len(served), sha256Of(served), found.Size, found.SHA256)
		}
		if index := entry(t, served, "src/index.js"); index != good["src/index.js"] && index != "evil" {
			t.Fatalf("%s: src/index.js is %q", version, index)
		}
	}
}

// putAtOnce sends ZIPs to one address, all at once.
func (r *registry) putAtOnce(t *testing.T, address string, uploads [][]byte) {
	t.Helper()
	errs := make([]error, len(uploads))
	var all sync.WaitGroup
	for i, upload := range uploads {
		all.Go(func() { _, errs[i] = exchange(t.Context(), "PUT", address, chunked(bytes.NewReader(upload)), nil) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// entry reads a file of a ZIP.
func entry(t *testing.T, packed []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
