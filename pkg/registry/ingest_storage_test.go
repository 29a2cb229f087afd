package registry_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// oversized says that objects are larger than they are.
type oversized struct{ registry.Blobs }

func (o oversized) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	body, info, err := o.Blobs.Open(ctx, key)
	info.Size = registry.MaxZIP + 1
	return body, info, err
}

func TestIngestRejectsWhatIsTooLarge(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	s.blobs = oversized{s.objects}
	s.reject(t, id, "209715201", "at most 209715200")
}

// cut ends objects too early, without an error.
type cut struct{ registry.Blobs }

func (c cut) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	body, info, err := c.Blobs.Open(ctx, key)
	return io.NopCloser(io.LimitReader(body, info.Size/2)), info, err
}

func TestIngestDoesNotJudgeHalfAnObject(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	short := s
	short.blobs = cut{s.objects}
	o, err := short.ingesting().Ingest(t.Context(), id)
	wantError(t, err, registry.Internal, id, "unexpected EOF")
	if o.Done() {
		t.Fatalf("outcome %+v", o)
	}
	if o, err := s.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
}

// replaced lets other uploads arrive whenever the registry touches the storage.
type replaced struct {
	*memory.Blobs
	id string
}

func (r replaced) replace() { r.Put(registry.UploadKey(r.id), otherZIP("hello", "1.0.0")) }

func (r replaced) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	defer r.replace()
	return r.Blobs.Open(ctx, key)
}

func (r replaced) PutZIP(ctx context.Context, key string, body io.Reader) error {
	r.replace()
	defer r.replace()
	return r.Blobs.PutZIP(ctx, key, body)
}

func TestIngestReleasesOnlyWhatItInspected(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	racing := s
	racing.blobs, racing.zips = replaced{s.objects, id}, replaced{s.objects, id}
	if o, err := racing.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	zip := s.releases(t, "hello")[0].ZIP
	body, _, err := s.objects.Open(t.Context(), zip.Key)
	if err != nil {
		t.Fatal(err)
	}
	served, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	inspected := pluginZIP("hello", "1.0.0")
	if want := canonical(t, inspected); !bytes.Equal(served, want) || zip.Digest != digest(want) || zip.Original != digest(inspected) {
		t.Errorf("%+v is served, want what was inspected: %+v of %+v", digest(served), digest(want), digest(inspected))
	}
}

// full is a disk without space.
func full(context.Context, io.Writer, io.ReaderAt, int64, registry.Type) (registry.Inspected, error) {
	return registry.Inspected{}, fmt.Errorf("write: %w", syscall.ENOSPC)
}

func TestIngestTellsThatTheDiskIsFull(t *testing.T) {
	s := newStore(t)
	id := s.upload(t, "alice", "hello", "1.0.0")
	crowded := s.ingesting()
	crowded.Canonicalize = full
	o, err := crowded.Ingest(t.Context(), id)
	if err != nil || o.Released {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	wantWords(t, o.Reason, "no space left", "Try again later", "diskSize")
	s.publish(t, "hello", "1.0.1")
}

// Two uploads that do not fit on the disk together are inspected one after the
// other.
func TestLargeUploadsWaitForEachOther(t *testing.T) {
	s := newStore(t)
	one := pluginZIP("hello", "1.0.0")
	ingesting := s.ingesting()
	ingesting.Disk = registry.NewDisk(int64(3 * len(one))) // an upload takes twice its size
	var inside, most atomic.Int32
	ingesting.Canonicalize = func(ctx context.Context, to io.Writer, zip io.ReaderAt, size int64, typ registry.Type) (registry.Inspected, error) {
		most.Store(max(most.Load(), inside.Add(1)))
		defer inside.Add(-1)
		runtime.Gosched()
		return manifest.Canonicalize(ctx, to, zip, size, typ)
	}
	var all sync.WaitGroup
	for _, version := range []string{"1.0.0", "1.0.1", "1.0.2", "1.0.3"} {
		id := s.upload(t, "alice", "hello", version)
		all.Go(func() {
			if o, err := ingesting.Ingest(t.Context(), id); err != nil || !o.Released {
				t.Errorf("%s: outcome %+v, %v", version, o, err)
			}
		})
	}
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d were inspected at once", most.Load())
	}
}

func TestWaitingForTheDiskEndsWithTheRequest(t *testing.T) {
	s := newStore(t)
	ingesting := s.ingesting()
	ingesting.Disk = registry.NewDisk(1)
	inside, leave := make(chan bool), make(chan bool)
	ingesting.Canonicalize = func(ctx context.Context, to io.Writer, zip io.ReaderAt, size int64, typ registry.Type) (registry.Inspected, error) {
		inside <- true
		<-leave
		return manifest.Canonicalize(ctx, to, zip, size, typ)
	}
	first, second := s.upload(t, "alice", "hello", "1.0.0"), s.upload(t, "alice", "hello", "1.0.1")
	done := make(chan error)
	go func() {
		_, err := ingesting.Ingest(t.Context(), first)
		done <- err
	}()
	<-inside
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o, err := ingesting.Ingest(ctx, second)
	wantError(t, err, registry.Unavailable, "busy")
	if o.Done() {
		t.Errorf("outcome %+v", o)
	}
	close(leave)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
