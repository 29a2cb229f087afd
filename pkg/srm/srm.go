// Package srm speaks the Serverless Registry Model, specification 0.0.2, at the
// root of the registry: GitHub's way of answering releases.
package srm

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Pages, as on GitHub.
const (
	defaultPerPage = 30
	maxPerPage     = 100
	maxPage        = 100_000
)

// API answers queries.
type API struct {
	Queries       *registry.Queries
	Addresses     *registry.Addresses
	Authenticator *identity.Authenticator
}

// release is the specification's answer, and three fields more.
type release struct {
	TagName    string `json:"tag_name"`
	CreatedAt  string `json:"created_at"`
	ZipballURL string `json:"zipball_url"`
	Body       string `json:"body"`
	Size       int64  `json:"size,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	Upstream   string `json:"upstream,omitempty"`
}

func (a *API) release(p registry.Package, r registry.Release) release {
	digest := a.Addresses.Digest(p, r)
	return release{
		TagName:    r.Version.String(),
		CreatedAt:  r.PublishTime.Format(time.RFC3339),
		ZipballURL: a.Addresses.ZIP(p, r),
		Body:       r.Texts.VersionBody,
		Size:       digest.Size,
		SHA256:     digest.SHA256,
		Upstream:   p.Upstream,
	}
}

// Latest answers GET /{name}/releases/latest.
func (a *API) Latest(w http.ResponseWriter, r *http.Request) {
	p, latest, err := a.Queries.Latest(r.Context(), a.Authenticator.Viewer(r.Header), r.PathValue("name"), registry.Summary)
	a.answer(w, r, p, latest, err)
}

// Tag answers GET /{name}/releases/tags/{version}.
func (a *API) Tag(w http.ResponseWriter, r *http.Request) {
	p, found, err := a.Queries.Tag(r.Context(), a.Authenticator.Viewer(r.Header), r.PathValue("name"), r.PathValue("version"), registry.Summary)
	a.answer(w, r, p, found, err)
}

func (a *API) answer(w http.ResponseWriter, r *http.Request, p registry.Package, found registry.Release, err error) {
	if err != nil {
		Error(w, r, err)
		return
	}
	limit(w, p)
	respond.JSON(w, http.StatusOK, a.release(p, found))
}

// limit keeps what not everybody may see out of caches.
func limit(w http.ResponseWriter, p registry.Package) {
	if p.Visibility != registry.Public {
		respond.NoStore(w)
	}
}

// All answers GET /{name}/releases, one page of it.
func (a *API) All(w http.ResponseWriter, r *http.Request) {
	page, err := number(r, "page", 1, maxPage)
	if err != nil {
		Error(w, r, err)
		return
	}
	perPage, err := number(r, "per_page", defaultPerPage, maxPerPage)
	if err != nil {
		Error(w, r, err)
		return
	}
	p, list, more, err := a.Queries.Page(r.Context(), a.Authenticator.Viewer(r.Header), r.PathValue("name"), page, perPage)
	if err != nil {
		Error(w, r, err)
		return
	}
	answer := make([]release, len(list))
	for i := range list {
		answer[i] = a.release(p, list[i])
	}
	limit(w, p)
	if links := a.links(r, page, perPage, more); links != "" {
		w.Header().Set("Link", links)
	}
	respond.JSON(w, http.StatusOK, answer)
}

// number reads a query parameter from 1 to most; more than most counts as most,
// as on GitHub.
func number(r *http.Request, name string, absent, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, registry.Errorf(registry.Invalid, "%s=%.20q is not a number from 1 to %d.", name, text, most)
	}
	return min(n, most), nil
}

// links is the Link header of a page. There is no "last": counting all releases
// would cost a read of all of them.
func (a *API) links(r *http.Request, page, perPage int, more bool) string {
	link := func(page int, rel string) string {
		query := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
		return fmt.Sprintf("<%s/%s/releases?%s>; rel=%q", a.Addresses.Base, url.PathEscape(r.PathValue("name")), query.Encode(), rel)
	}
	var links []string
	if page > 1 {
		links = append(links, link(page-1, "prev"))
	}
	if more {
		links = append(links, link(page+1, "next"))
	}
	if page > 1 {
		links = append(links, link(1, "first"))
	}
	return strings.Join(links, ", ")
}

// Redirect answers with a redirect. It is a 302: the CLI follows that and 301
// only.
func Redirect(w http.ResponseWriter, _ *http.Request) {
	respond.JSON(w, http.StatusFound, struct{}{})
}

// Error answers with err, as GitHub does.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	status, message := respond.Failure(r, err)
	respond.JSON(w, status, struct {
		Message string `json:"message"`
	}{message})
}
