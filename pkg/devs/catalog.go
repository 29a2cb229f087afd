package devs

import (
	"context"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Sizes of lists.
const (
	listPage = 30
	tabPage  = 10
	// maxAll is how many packages page=-1 answers: more would fit neither into a
	// function's answer nor into its memory.
	maxAll = 20_000
)

// listed is a package in a list.
type listed struct {
	ID           string        `json:"id"`
	Type         registry.Type `json:"type"`
	Name         string        `json:"name"`
	Description  string        `json:"description"`
	Category     named         `json:"category"`
	Tags         []string      `json:"tags"`
	Provider     []string      `json:"provider"`
	Download     int64         `json:"download"`
	LatestCreate string        `json:"latest_create"`
	User         user          `json:"user"`
	Organization named         `json:"organization"`
	Show         string        `json:"show"`
	Upstream     string        `json:"upstream,omitempty"`
}

// latestCreate is the form of latest_create: the website cuts it at the space.
const latestCreate = "2006-01-02 15:04:05"

func listing(h registry.Head, english bool) listed {
	m := h.Latest.Manifest
	l := listed{
		ID: h.Name, Type: h.Latest.Type, Name: h.Name, Description: m.Description,
		Category: named{m.Category, m.Category}, Tags: list(m.Tags), Provider: list(m.Providers),
		Download: h.Downloads, LatestCreate: h.Latest.PublishTime.Format(latestCreate),
		User: user{h.Owner, h.Owner}, Organization: named{h.Organization, h.Organization}, Show: string(h.Visibility), Upstream: h.Upstream,
	}
	if english && m.English != "" {
		l.Description = m.English
	}
	return l
}

// List answers GET /v3/packages/releases: the packages that match, of those that
// the caller may see.
func (c *Catalog) List(w http.ResponseWriter, r *http.Request) {
	c.list(w, r, false, c.Authenticator.Viewer(r.Header))
}

// Own answers GET /v3/package/user: the same of the packages that the caller
// owns or maintains.
func (c *Catalog) Own(w http.ResponseWriter, r *http.Request) {
	user, err := c.Authenticator.Viewer(r.Header)(r.Context())
	if err == nil && user == "" {
		err = registry.Errorf(registry.Unauthenticated, "You are not logged in, or your token is not valid (any more). Run: s registry login --token TOKEN, with the token that the registry's administrator gave you.")
	}
	if err != nil {
		Error(w, r, err)
		return
	}
	c.list(w, r, true, func(context.Context) (string, error) { return user, nil })
}

func (c *Catalog) list(w http.ResponseWriter, r *http.Request, own bool, viewer registry.Viewer) {
	search, err := readSearch(r.URL.Query())
	if err != nil {
		Error(w, r, err)
		return
	}
	search.Own = own
	heads, err := c.find(r.Context(), viewer, search)
	if err == nil && r.URL.Query().Get("upstream") == "true" {
		var more []registry.Head
		more, err = c.Browsing.Elsewhere(r.Context(), search)
		heads = append(heads, more...)
	}
	if err != nil {
		Error(w, r, err)
		return
	}
	answer := make([]listed, len(heads))
	for i, h := range heads {
		answer[i] = listing(h, r.URL.Query().Get("lang") == "en")
	}
	respond.NoStore(w)
	ok(w, r, answer)
}

// find returns the page that was asked for, or, with Limit 0, all pages.
func (c *Catalog) find(ctx context.Context, viewer registry.Viewer, s registry.Search) ([]registry.Head, error) {
	if s.Limit > 0 {
		found, err := c.Browsing.Find(ctx, viewer, s)
		if err != nil {
			return nil, err
		}
		return found[0].Packages, nil
	}
	var all []registry.Head
	s.Limit = registry.MaxFound
	for {
		found, err := c.Browsing.Find(ctx, viewer, s)
		if err != nil {
			return nil, err
		}
		if found[0].Total > maxAll {
			return nil, registry.Errorf(registry.Malformed, "page=-1 asks for %d packages; at most %d are answered at once. Ask for page=1, page=2 and so on, or search for less.", found[0].Total, maxAll)
		}
		all = append(all, found[0].Packages...)
		if !found[0].More {
			return all, nil
		}
		s.Skip += s.Limit
	}
}

// Categories answers GET /v3/common/categories.
func (c *Catalog) Categories(w http.ResponseWriter, r *http.Request) {
	c.facet(w, r, registry.Categories)
}

// Providers answers GET /v3/common/providers.
func (c *Catalog) Providers(w http.ResponseWriter, r *http.Request) {
	c.facet(w, r, registry.Providers)
}

func (c *Catalog) facet(w http.ResponseWriter, r *http.Request, f registry.Facet) {
	counted, err := c.Browsing.Count(r.Context(), c.Authenticator.Viewer(r.Header), f)
	if err != nil {
		Error(w, r, err)
		return
	}
	answer := make([]named, len(counted))
	for i, value := range counted {
		answer[i] = named{value.Value, value.Value}
	}
	respond.NoStore(w)
	ok(w, r, answer)
}

// tab is a package on the website's front page.
type tab struct {
	Package struct {
		Name string `json:"name"`
	} `json:"package"`
	Version struct {
		TagName   string `json:"tag_name"`
		CreatedAt string `json:"created_at"`
	} `json:"version"`
	Download    int64  `json:"download"`
	Description string `json:"description"`
}

// Tab answers GET /v3/console/1/tabs/5: the public packages that are downloaded
// most.
func (c *Catalog) Tab(w http.ResponseWriter, r *http.Request) {
	found, err := c.Browsing.Find(r.Context(), registry.Anonymous, registry.Search{Sort: registry.ByDownloads, Limit: tabPage})
	if err != nil {
		Error(w, r, err)
		return
	}
	answer := make([]tab, len(found[0].Packages))
	for i, h := range found[0].Packages {
		t := &answer[i]
		t.Package.Name, t.Download, t.Description = h.Name, h.Downloads, h.Latest.Manifest.Description
		t.Version.TagName, t.Version.CreatedAt = h.Latest.Version.String(), createdAt(*h.Latest)
	}
	ok(w, r, answer)
}
