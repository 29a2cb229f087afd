// Package zipball leads to the ZIPs of releases, in all dialects.
package zipball

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Source has the ZIPs of releases. A ticket lets its bearer have one.
type Source interface {
	// URL returns a signed address of a release's ZIP, and the release.
	URL(ctx context.Context, viewer registry.Viewer, name, version, ticket string) (string, registry.Release, error)

	// Describe returns a release to whom URL would give its address. Of a ZIP that
	// is yet to be made or fetched, the Digest is zero.
	Describe(ctx context.Context, viewer registry.Viewer, name, version, ticket string) (registry.Release, error)
}

// Handler answers GET of a ZIP with a redirect to the storage, and HEAD by what
// is known of it.
type Handler struct {
	Source        Source
	Counter       *registry.Counter
	Authenticator *identity.Authenticator
	// Error answers with an error, in the form of the dialect.
	Error func(w http.ResponseWriter, r *http.Request, err error)
	// Redirect writes the status and the body of a redirect.
	Redirect func(w http.ResponseWriter, r *http.Request)
}

// ServeHTTP answers for the path's name and version.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The address is signed for GET alone: a redirect of HEAD would lead nowhere.
	if r.Method == http.MethodHead {
		h.head(w, r)
		return
	}
	name, version, ticket := asked(r)
	address, found, err := h.Source.URL(r.Context(), h.Authenticator.Viewer(r.Header), name, version, ticket)
	if err != nil {
		h.Error(w, r, err)
		return
	}
	if found.ZIP.Source == "" { // of an upstream's packages there is no count
		// The download goes on when the counting fails; what was counted is
		// written later.
		respond.Log(r, h.Counter.Count(r.Context(), found.Name))
	}
	w.Header().Set("Location", address)
	if found.ZIP.SHA256 != "" {
		w.Header().Set(checksum, found.ZIP.SHA256)
	}
	respond.NoStore(w)
	h.Redirect(w, r)
}

func asked(r *http.Request) (name, version, ticket string) {
	return r.PathValue("name"), r.PathValue("version"), r.URL.Query().Get("ticket")
}

// Headers of the ZIP. The platform may drop a function's Content-Length, so that
// the size stands in a second one.
const (
	checksum = "X-Checksum-Sha256"
	length   = "X-Content-Length"
)

func (h *Handler) head(w http.ResponseWriter, r *http.Request) {
	name, version, ticket := asked(r)
	found, err := h.Source.Describe(r.Context(), h.Authenticator.Viewer(r.Header), name, version, ticket)
	if err != nil {
		h.Error(w, r, err)
		return
	}
	header := w.Header()
	if size := strconv.FormatInt(found.ZIP.Size, 10); found.ZIP.Size > 0 {
		header.Set("Content-Length", size)
		header.Set(length, size)
	}
	if sum, err := hex.DecodeString(found.ZIP.SHA256); err == nil && len(sum) > 0 {
		header.Set(checksum, found.ZIP.SHA256)
		header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530
	}
	header.Set("Content-Type", "application/zip")
	respond.NoStore(w)
	w.WriteHeader(http.StatusOK)
}
