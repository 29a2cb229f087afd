package registry_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// large is a ZIP of random data in a file, which the storage streams.
type large struct {
	registry.Blobs
	zip io.ReaderAt
	r   registry.Release
}

func (l large) Exists(context.Context, string) (bool, error) { return false, nil }

func (l large) Open(context.Context, string) (io.ReadCloser, registry.BlobInfo, error) {
	return io.NopCloser(io.NewSectionReader(l.zip, 0, l.r.ZIP.Size)), registry.BlobInfo{Size: l.r.ZIP.Size}, nil
}

// discarding takes a ZIP and keeps its size alone.
type discarding struct{ size int64 }

func (d *discarding) PutZIP(_ context.Context, _ string, body io.Reader) (err error) {
	d.size, err = io.Copy(io.Discard, body)
	return err
}

func TestALargeZIPIsWrappedInLittleMemory(t *testing.T) {
	const size = 199 << 20
	file, remove, err := registry.TempFile("large-*.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer remove() //nolint:errcheck // the test is over
	sum := sha256.New()
	z := zip.NewWriter(io.MultiWriter(file, sum))
	for _, name := range []string{"publish.yaml", "data"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(w, rand.NewChaCha8([32]byte{}), size/2); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	s.publish(t, "hello", "1.0.0")
	_, r, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	if r.ZIP.Size, err = file.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	r.ZIP.SHA256 = hex.EncodeToString(sum.Sum(nil))
	s.catalog = describing{s.catalog, r}
	s.blobs = large{s.blobs, file, r}
	w, to := s.wrapping(), new(discarding)
	w.ZIPs = to
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := w.URL(t.Context(), registry.Anonymous, "hello", "1.0.0", ""); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 || to.size < size {
		t.Errorf("a ZIP of %d bytes was made with %d bytes of memory", to.size, used)
	}
}

// describing has one release, whatever is asked for.
type describing struct {
	registry.Catalog
	r registry.Release
}

func (d describing) Release(ctx context.Context, name string, v registry.Version, f registry.Fields) (registry.Head, registry.Release, error) {
	h, _, err := d.Catalog.Release(ctx, name, v, f)
	return h, d.r, err
}
