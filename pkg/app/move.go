package app

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/archive"
	"github.com/fc-registry/fc-registry/pkg/oss"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
)

func exporting(store *tablestore.Client, blobs *oss.Blobs) *registry.Exporting {
	return &registry.Exporting{
		Catalog: store, Contents: store, Organizations: store, Reservations: store, Audit: store, Tally: store, Blobs: blobs,
	}
}

func importing(store *tablestore.Client, blobs *oss.Blobs) *registry.Importing {
	return &registry.Importing{
		Heads: &registry.Heads{Catalog: store, Recorder: recorder(store)}, Contents: store, Restore: store, Organizations: store,
		Reserving: reserving(store), Tally: store, Blobs: blobs, ZIPs: blobs,
	}
}

func reserving(store *tablestore.Client) *registry.Reserving {
	return &registry.Reserving{Reservations: store, Recorder: recorder(store)}
}

// name is how an export calls the registry that it is from.
func (a *Admin) name() string {
	return a.config.Tablestore.Instance + " and " + a.config.OSS.Bucket + " in " + a.config.OSS.Region
}

// Export writes what is selected into a folder, or into a file whose name ends
// in .tar. Run again, it goes on where it was stopped.
func (a *Admin) Export(ctx context.Context, path string, s registry.Selection, p *registry.Progress) (index archive.Index, err error) {
	create := archive.CreateFolder
	if strings.HasSuffix(path, ".tar") {
		create = archive.CreateTar
	}
	w, err := create(path)
	if err != nil {
		return index, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return a.export(ctx, w, s, p)
}

func (a *Admin) export(ctx context.Context, w *archive.Writer, s registry.Selection, p *registry.Progress) (archive.Index, error) {
	if err := a.Exporting.Export(ctx, w, s, p); err != nil {
		return archive.Index{}, err
	}
	return w.Finish(a.name(), s.Since, time.Now())
}

// Import brings in an export.
func (a *Admin) Import(ctx context.Context, by registry.Caller, path string, p *registry.Progress) (err error) {
	r, err := archive.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return a.Importing.Import(ctx, by, r, p)
}

// Copy brings in what is selected of another registry: an export of it without
// the ZIPs, which come straight from there.
func (a *Admin) Copy(ctx context.Context, by registry.Caller, from *Admin, s registry.Selection, p *registry.Progress) (err error) {
	dir, err := os.MkdirTemp("", "registry-copy-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := from.describe(ctx, dir, s); err != nil {
		return err
	}
	r, err := archive.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return a.Importing.Import(ctx, by, described{r, from.Exporting}, p)
}

func (a *Admin) describe(ctx context.Context, dir string, s registry.Selection) (err error) {
	w, err := archive.CreateDescription(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	_, err = a.export(ctx, w, s, new(registry.Progress))
	return err
}

// described is an export whose ZIPs are still in the registry.
type described struct {
	*archive.Reader
	from *registry.Exporting
}

func (d described) OpenZIP(ctx context.Context, r registry.Release) (io.ReadCloser, error) {
	return d.from.OpenZIP(ctx, r)
}
