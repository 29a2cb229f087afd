package simple

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of a list. 2.x asks for no pages: it looks for the version that it
// wants in the one list that it gets.
const (
	maxReleases = 1000
	maxNotes    = 1 << 20 // bytes; further releases are listed without theirs
)

// Queries answers what is asked to load a component. 2.x has no login for that:
// it gets what everybody may see.
type Queries struct {
	Queries       *registry.Queries
	Addresses     *registry.Addresses
	Authenticator *identity.Authenticator
	// Refusals is nil where the ZIPs of upstreams are not kept.
	Refusals *registry.Refusals
}

// release is a release as SRM answers it, and the time under the name by which
// the component registry reads it.
type release struct {
	TagName     string `json:"tag_name"`
	CreatedAt   string `json:"created_at"`
	PublishedAt string `json:"published_at"`
	ZipballURL  string `json:"zipball_url"`
	Body        string `json:"body"`
}

func describe(a *registry.Addresses, p registry.Package, r registry.Release) release {
	at := r.PublishTime.Format(time.RFC3339)
	return release{
		TagName:     r.Version.String(),
		CreatedAt:   at,
		PublishedAt: at,
		ZipballURL:  a.Simple(p, r),
		Body:        r.Texts.VersionBody,
	}
}

// Latest answers GET /simple/{name}/releases/latest.
func (q *Queries) Latest(w http.ResponseWriter, r *http.Request) {
	p, latest, err := q.Queries.Latest(r.Context(), q.Authenticator.Viewer(r.Header), r.PathValue("name"), registry.Summary)
	if err == nil {
		err = q.Refusals.Check(r.Context(), p, latest)
	}
	if err != nil {
		Error(w, r, err)
		return
	}
	limit(w, p)
	ok(w, describe(q.Addresses, p, latest))
}

// All answers GET /simple/{name}/releases.
func (q *Queries) All(w http.ResponseWriter, r *http.Request) {
	p, releases, _, err := q.Queries.Page(r.Context(), q.Authenticator.Viewer(r.Header), r.PathValue("name"), 1, maxReleases)
	if err != nil {
		Error(w, r, err)
		return
	}
	limit(w, p)
	ok(w, q.list(p, releases))
}

// list describes releases. The newest development build, which is the first of
// those that follow the numbered versions, stands there as dev too: 2.x looks
// for the text that stands behind the @.
func (q *Queries) list(p registry.Package, releases []registry.Release) []release {
	list := make([]release, 0, len(releases)+1)
	room, dev := maxNotes, false
	for _, r := range releases {
		d := describe(q.Addresses, p, r)
		if room -= len(d.Body); room < 0 {
			d.Body = ""
		}
		if r.Version.IsDev() && !dev {
			dev = true
			alias := d
			alias.TagName = "dev"
			list = append(list, alias)
		}
		list = append(list, d)
	}
	return list
}
