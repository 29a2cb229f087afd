package memory

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Blobs is a registry.Blobs. Its signed URLs work: it serves them itself on a
// loopback port, until Close.
type Blobs struct {
	mu      sync.Mutex
	objects map[string][]byte
	secret  []byte // of this instance's signatures
	base    string // "http://127.0.0.1:PORT/"
	server  *http.Server
}

var _ registry.Blobs = (*Blobs)(nil)

// NewBlobs returns an empty store that listens on a free loopback port. It
// panics when there is none: it is for tests only.
func NewBlobs() *Blobs {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("memory.NewBlobs: %v", err))
	}
	b := &Blobs{
		objects: map[string][]byte{},
		secret:  []byte(rand.Text()),
		base:    "http://" + listener.Addr().String() + "/",
	}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second}
	go b.server.Serve(listener) // ends with Close
	return b
}

// Close stops serving signed URLs.
func (b *Blobs) Close() error { return b.server.Close() }

// Open implements registry.Blobs.
func (b *Blobs) Open(_ context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	object, err := b.get(key)
	if err != nil {
		return nil, registry.BlobInfo{}, err
	}
	info := registry.BlobInfo{Size: int64(len(object))}
	return io.NopCloser(bytes.NewReader(object)), info, nil
}

// Exists implements registry.Blobs.
func (b *Blobs) Exists(_ context.Context, key string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.objects[key]
	return ok, nil
}

// Delete implements registry.Blobs.
func (b *Blobs) Delete(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
	return nil
}

// Keys returns the keys of all objects, sorted.
func (b *Blobs) Keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	keys := make([]string, 0, len(b.objects))
	for key := range b.objects {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Put stores an object as if it had been uploaded, without a callback.
func (b *Blobs) Put(key string, object []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = bytes.Clone(object)
}

// get returns the stored bytes; nobody changes them.
func (b *Blobs) get(key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	object, ok := b.objects[key]
	if !ok {
		return nil, missing(key)
	}
	return object, nil
}

func missing(key string) error {
	return registry.Errorf(registry.NotFound, "no object %q", key)
}
