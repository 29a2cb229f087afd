// Package devs speaks the dialect of the Serverless Devs CLI 3.x, below /v3.
package devs

import (
	"net/http"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Prefix is the path below which the dialect is spoken.
const Prefix = "/v3"

// platform 3 is the edition of Serverless Devs that packages are for.
const platform = 3

// Queries answers what may be asked without a login, of public packages.
type Queries struct {
	Queries       *registry.Queries
	Addresses     *registry.Addresses
	Authenticator *identity.Authenticator
	// Refusals is nil where the ZIPs of upstreams are not kept.
	Refusals *registry.Refusals
}

// Catalog answers what packages there are.
type Catalog struct {
	Browsing      *registry.Browsing
	Authenticator *identity.Authenticator
}

// Publishing takes changes; each needs a login.
type Publishing struct {
	Authenticator *identity.Authenticator
	Users         *identity.Users
	Publishing    *registry.Publishing
	Deleting      *registry.Deleting
}

// envelope is every answer; an error's body is a text, which the CLI prints.
type envelope struct {
	RequestID string `json:"request_id"`
	Body      any    `json:"body"`
}

func ok(w http.ResponseWriter, r *http.Request, body any) {
	respond.JSON(w, http.StatusOK, envelope{respond.RequestID(r.Context()), body})
}

// Redirect answers with a redirect. It is a 302: the CLI follows that and 301
// only, and parses the body of every answer.
func Redirect(w http.ResponseWriter, r *http.Request) {
	respond.JSON(w, http.StatusFound, envelope{respond.RequestID(r.Context()), struct{}{}})
}

// Error answers with err.
func Error(w http.ResponseWriter, r *http.Request, err error) {
	status, message := respond.Failure(r, err)
	respond.JSON(w, status, envelope{respond.RequestID(r.Context()), message})
}

// summary is a release in a list.
type summary struct {
	TagName    string `json:"tag_name"`
	CreatedAt  string `json:"created_at"`
	ZipballURL string `json:"zipball_url"`
	Body       string `json:"body"`
	Platform   int    `json:"platform"`
	Size       int64  `json:"size,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	// Upstream is the registry that the package is from, unless it is this one.
	Upstream string `json:"upstream,omitempty"`
}

func (q *Queries) summary(p registry.Package, r registry.Release) summary {
	digest := q.Addresses.Digest(p, r)
	return summary{
		TagName:    r.Version.String(),
		CreatedAt:  createdAt(r),
		ZipballURL: q.Addresses.ZIP(p, r),
		Body:       r.Texts.VersionBody,
		Platform:   platform,
		Size:       digest.Size,
		SHA256:     digest.SHA256,
		Upstream:   p.Upstream,
	}
}

func createdAt(r registry.Release) string { return r.PublishTime.Format(time.RFC3339) }

// detail is a release asked for by itself.
type detail struct {
	summary
	Name         string             `json:"name"`
	Type         registry.Type      `json:"type"`
	Description  string             `json:"description"`
	Tags         []string           `json:"tags"`
	Provider     []string           `json:"provider"`
	Category     named              `json:"category"`
	Readme       string             `json:"readme"`
	Home         string             `json:"home"`
	Service      map[string]service `json:"service"`
	User         user               `json:"user"`
	Organization named              `json:"organization"`
	Show         string             `json:"show"`
	Download     int64              `json:"download"`
	License      string             `json:"license"`
	Syaml        string             `json:"syaml"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type user struct {
	ID       string `json:"id"`
	Username string `json:"username"`
}

// service has the keys of publish.yaml.
type service struct {
	Authorities []string `json:"Authorities"`
	Runtime     string   `json:"Runtime,omitempty"`
}

func (q *Queries) detail(p registry.Package, r registry.Release) detail {
	d := detail{
		summary:      q.summary(p, r),
		Name:         p.Name,
		Type:         r.Type,
		Description:  r.Manifest.Description,
		Tags:         list(r.Manifest.Tags),
		Provider:     list(r.Manifest.Providers),
		Category:     named{r.Manifest.Category, r.Manifest.Category},
		Readme:       r.Texts.Readme,
		Home:         r.Manifest.HomePage,
		Service:      make(map[string]service),
		User:         user{p.Owner, p.Owner},
		Organization: named{p.Organization, p.Organization},
		Show:         string(p.Visibility),
		Download:     p.Downloads,
		License:      r.ZIP.License,
		Syaml:        r.Texts.Syaml,
	}
	for name, s := range r.Manifest.Service {
		d.Service[name] = service{list(s.Authorities), s.Runtime}
	}
	return d
}

// list makes an absent list an empty one: clients iterate over it.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}
