package registry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var errCrash = errors.New("crash")

// failure fails the at-th call of a store's ports, counted from 1.
type failure struct {
	at       int
	applied  bool // the call has its effect, only the answer is lost
	lasting  bool // all later calls fail too, without effect: the process died
	calls    int
	names    []string // of the calls
	happened bool
}

func (f *failure) String() string {
	return fmt.Sprintf("call %d fails, applied=%t lasting=%t", f.at, f.applied, f.lasting)
}

// do runs one call, or fails it.
func (f *failure) do(name string, call func() error) error {
	f.calls++
	f.names = append(f.names, name)
	switch {
	case f.calls == f.at && f.applied:
		f.happened = true
		call() // whatever it answers is lost
		return errCrash
	case f.calls == f.at, f.calls > f.at && f.lasting:
		f.happened = true
		return errCrash
	}
	return call()
}

// failing returns s with ports that f fails.
func (s store) failing(f *failure) store {
	s.catalog = failingCatalog{s.catalog, f}
	s.uploads = failingUploads{s.uploads, f}
	s.attempts = failingAttempts{s.attempts, f}
	s.organizations = failingOrganizations{s.organizations, f}
	s.audit = failingAudit{s.audit, f}
	s.webhooks = failingWebhooks{s.webhooks, f}
	s.outbox = failingOutbox{s.outbox, f}
	s.blobs, s.zips = failingBlobs{s.blobs, f}, failingZIPs{s.zips, f}
	return s
}

// eachFailure runs the test with each call failing in each way, until it needs
// no more calls.
func eachFailure(t *testing.T, run func(t *testing.T, f *failure)) {
	t.Helper()
	eachOf(t, []failure{{}, {applied: true}, {lasting: true}, {applied: true, lasting: true}}, run)
}

// eachCrash is eachFailure for processes that die.
func eachCrash(t *testing.T, run func(t *testing.T, f *failure)) {
	t.Helper()
	eachOf(t, []failure{{lasting: true}, {applied: true, lasting: true}}, run)
}

func eachOf(t *testing.T, ways []failure, run func(t *testing.T, f *failure)) {
	t.Helper()
	for _, way := range ways {
		for way.at = 1; ; way.at++ {
			f := way
			t.Run(f.String(), func(t *testing.T) { run(t, &f) })
			if !f.happened {
				break
			}
		}
		if way.at < 3 {
			t.Errorf("only %d calls were made", way.at-1)
		}
	}
}

type failingCatalog struct {
	registry.Catalog
	f *failure
}

func (c failingCatalog) Head(ctx context.Context, name string, fields registry.Fields) (h registry.Head, err error) {
	err = c.f.do("Catalog.Head", func() error { h, err = c.Catalog.Head(ctx, name, fields); return err })
	return h, err
}

func (c failingCatalog) Heads(ctx context.Context, names []string) (heads []registry.Head, err error) {
	err = c.f.do("Catalog.Heads", func() error { heads, err = c.Catalog.Heads(ctx, names); return err })
	return heads, err
}

func (c failingCatalog) Release(ctx context.Context, name string, v registry.Version, fields registry.Fields) (h registry.Head, r registry.Release, err error) {
	err = c.f.do("Catalog.Release", func() error { h, r, err = c.Catalog.Release(ctx, name, v, fields); return err })
	return h, r, err
}

func (c failingCatalog) Releases(ctx context.Context, name string, skip, limit int) (h registry.Head, all []registry.Release, err error) {
	err = c.f.do("Catalog.Releases", func() error { h, all, err = c.Catalog.Releases(ctx, name, skip, limit); return err })
	return h, all, err
}

func (c failingCatalog) Versions(ctx context.Context, name string, dev bool) iter.Seq2[registry.Listed, error] {
	return func(yield func(registry.Listed, error) bool) {
		if err := c.f.do("Catalog.Versions", func() error { return nil }); err != nil {
			yield(registry.Listed{}, err)
			return
		}
		c.Catalog.Versions(ctx, name, dev)(yield)
	}
}

func (c failingCatalog) PutHead(ctx context.Context, h registry.Head) error {
	return c.f.do("Catalog.PutHead", func() error { return c.Catalog.PutHead(ctx, h) })
}

func (c failingCatalog) PutRelease(ctx context.Context, r registry.Release) (stored registry.Release, err error) {
	err = c.f.do("Catalog.PutRelease", func() error { stored, err = c.Catalog.PutRelease(ctx, r); return err })
	return stored, err
}

func (c failingCatalog) MarkDeleted(ctx context.Context, name string, v registry.Version) error {
	return c.f.do("Catalog.MarkDeleted", func() error { return c.Catalog.MarkDeleted(ctx, name, v) })
}

type failingOrganizations struct {
	registry.Organizations
	f *failure
}

func (o failingOrganizations) Group(ctx context.Context, name string) (g registry.Group, err error) {
	err = o.f.do("Organizations.Group", func() error { g, err = o.Organizations.Group(ctx, name); return err })
	return g, err
}

func (o failingOrganizations) Role(ctx context.Context, name, user string) (role registry.Role, err error) {
	err = o.f.do("Organizations.Role", func() error { role, err = o.Organizations.Role(ctx, name, user); return err })
	return role, err
}

func (o failingOrganizations) Of(ctx context.Context, user string) (names []string, err error) {
	err = o.f.do("Organizations.Of", func() error { names, err = o.Organizations.Of(ctx, user); return err })
	return names, err
}

func (o failingOrganizations) PutGroup(ctx context.Context, g registry.Group) error {
	return o.f.do("Organizations.PutGroup", func() error { return o.Organizations.PutGroup(ctx, g) })
}

type failingAudit struct {
	registry.Audit
	f *failure
}

func (a failingAudit) Record(ctx context.Context, e registry.Event) error {
	return a.f.do("Audit.Record", func() error { return a.Audit.Record(ctx, e) })
}

func (a failingAudit) Event(ctx context.Context, subject string, seq int64) (e registry.Event, err error) {
	err = a.f.do("Audit.Event", func() error { e, err = a.Audit.Event(ctx, subject, seq); return err })
	return e, err
}

type failingUploads struct {
	registry.Uploads
	f *failure
}

func (u failingUploads) PutUpload(ctx context.Context, upload registry.Upload) error {
	return u.f.do("Uploads.PutUpload", func() error { return u.Uploads.PutUpload(ctx, upload) })
}

func (u failingUploads) Upload(ctx context.Context, id string) (upload registry.Upload, err error) {
	err = u.f.do("Uploads.Upload", func() error { upload, err = u.Uploads.Upload(ctx, id); return err })
	return upload, err
}

func (u failingUploads) Assign(ctx context.Context, id string, from, to registry.Version) error {
	return u.f.do("Uploads.Assign", func() error { return u.Uploads.Assign(ctx, id, from, to) })
}

func (u failingUploads) Finish(ctx context.Context, id string, o registry.Outcome) (stored registry.Outcome, err error) {
	err = u.f.do("Uploads.Finish", func() error { stored, err = u.Uploads.Finish(ctx, id, o); return err })
	return stored, err
}

type failingBlobs struct {
	registry.Blobs
	f *failure
}

func (b failingBlobs) PresignUpload(ctx context.Context, key string, expires time.Duration, callbackURL, callback string) (address string, err error) {
	err = b.f.do("Blobs.PresignUpload", func() error {
		address, err = b.Blobs.PresignUpload(ctx, key, expires, callbackURL, callback)
		return err
	})
	return address, err
}

func (b failingBlobs) Open(ctx context.Context, key string) (body io.ReadCloser, info registry.BlobInfo, err error) {
	err = b.f.do("Blobs.Open", func() error { body, info, err = b.Blobs.Open(ctx, key); return err })
	return body, info, err
}

func (b failingBlobs) Exists(ctx context.Context, key string) (is bool, err error) {
	err = b.f.do("Blobs.Exists", func() error { is, err = b.Blobs.Exists(ctx, key); return err })
	return is, err
}

type failingZIPs struct {
	registry.ZIPs
	f *failure
}

func (z failingZIPs) PutZIP(ctx context.Context, key string, body io.Reader) error {
	return z.f.do("ZIPs.PutZIP", func() error { return z.ZIPs.PutZIP(ctx, key, body) })
}

func (b failingBlobs) Delete(ctx context.Context, key string) error {
	return b.f.do("Blobs.Delete", func() error { return b.Blobs.Delete(ctx, key) })
}
