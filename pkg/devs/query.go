package devs

import (
	"net/http"
	"strconv"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Pages of the release list. The CLI asks for pages by number only.
const (
	perPage = 100
	maxPage = 100_000
)

// Latest answers GET /v3/packages/{name}/release/latest.
func (q *Queries) Latest(w http.ResponseWriter, r *http.Request) {
	p, latest, err := q.Queries.Latest(r.Context(), q.Authenticator.Viewer(r.Header), r.PathValue("name"), registry.Full)
	q.answer(w, r, p, latest, err)
}

// Tag answers GET /v3/packages/{name}/release/tags/{version}.
func (q *Queries) Tag(w http.ResponseWriter, r *http.Request) {
	p, found, err := q.Queries.Tag(r.Context(), q.Authenticator.Viewer(r.Header), r.PathValue("name"), r.PathValue("version"), registry.Full)
	q.answer(w, r, p, found, err)
}

func (q *Queries) answer(w http.ResponseWriter, r *http.Request, p registry.Package, found registry.Release, err error) {
	if err == nil {
		err = q.Refusals.Check(r.Context(), p, found)
	}
	if err != nil {
		Error(w, r, err)
		return
	}
	limit(w, p)
	ok(w, r, q.detail(p, found))
}

// limit keeps what not everybody may see out of caches.
func limit(w http.ResponseWriter, p registry.Package) {
	if p.Visibility != registry.Public {
		respond.NoStore(w)
	}
}

// All answers GET /v3/packages/{name}/release.
func (q *Queries) All(w http.ResponseWriter, r *http.Request) {
	page := 1
	if text := r.URL.Query().Get("page"); text != "" {
		var err error
		if page, err = strconv.Atoi(text); err != nil || page < 1 || page > maxPage {
			Error(w, r, registry.Errorf(registry.Invalid, "page=%.20q is not a number from 1 to %d.", text, maxPage))
			return
		}
	}
	p, releases, _, err := q.Queries.Page(r.Context(), q.Authenticator.Viewer(r.Header), r.PathValue("name"), page, perPage)
	if err != nil {
		Error(w, r, err)
		return
	}
	summaries := make([]summary, len(releases))
	for i := range releases {
		summaries[i] = q.summary(p, releases[i])
	}
	limit(w, p)
	ok(w, r, summaries)
}
