package memory

import (
	"context"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Uploads is a registry.Uploads.
type Uploads struct {
	mu      sync.Mutex
	uploads map[string]registry.Upload
}

var _ registry.Uploads = (*Uploads)(nil)

// NewUploads returns Uploads that hold none.
func NewUploads() *Uploads { return &Uploads{uploads: map[string]registry.Upload{}} }

// PutUpload implements registry.Uploads.
func (u *Uploads) PutUpload(_ context.Context, upload registry.Upload) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	upload.Release = copyRelease(upload.Release)
	u.uploads[upload.ID] = upload
	return nil
}

// Upload implements registry.Uploads.
func (u *Uploads) Upload(_ context.Context, id string) (registry.Upload, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.find(id)
}

// Assign implements registry.Uploads.
func (u *Uploads) Assign(_ context.Context, id string, from, to registry.Version) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	upload, err := u.find(id)
	if err != nil {
		return err
	}
	if is := upload.Release.Version; is.String() != from.String() {
		return registry.Errorf(registry.Conflict, "upload %q has version %s, not %s", id, is, from)
	}
	upload.Release.Version = to
	u.uploads[id] = upload
	return nil
}

// Finish implements registry.Uploads.
func (u *Uploads) Finish(_ context.Context, id string, o registry.Outcome) (registry.Outcome, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	upload, err := u.find(id)
	if err != nil {
		return registry.Outcome{}, err
	}
	if !upload.Outcome.Done() {
		upload.Outcome = o
		u.uploads[id] = upload
	}
	return upload.Outcome, nil
}

func (u *Uploads) find(id string) (registry.Upload, error) {
	upload, ok := u.uploads[id]
	if !ok {
		return registry.Upload{}, registry.Errorf(registry.NotFound, "no upload %q", id)
	}
	upload.Release = copyRelease(upload.Release)
	return upload, nil
}
