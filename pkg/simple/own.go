package simple

import (
	"context"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/form"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
)

// Catalog answers what packages there are.
type Catalog struct {
	Browsing      *registry.Browsing
	Addresses     *registry.Addresses
	Authenticator *identity.Authenticator
}

// listed is a package in a list.
type listed struct {
	Package     string  `json:"package"`
	Description string  `json:"description"`
	Version     release `json:"version"`
}

// Own answers POST /center/package/publish: the packages that the caller owns or
// maintains. There are no pages: it is the first thousand, the most downloaded.
func (c *Catalog) Own(w http.ResponseWriter, r *http.Request) {
	found, err := c.own(w, r)
	if err != nil {
		refuse(w, r, err)
		return
	}
	list := make([]listed, len(found))
	for i, h := range found {
		list[i] = listed{h.Name, h.Latest.Manifest.Description, describe(c.Addresses, h.Package, *h.Latest)}
	}
	respond.NoStore(w)
	ok(w, list)
}

func (c *Catalog) own(w http.ResponseWriter, r *http.Request) ([]registry.Head, error) {
	fields, err := form.Read(w, r)
	if err != nil {
		return nil, err
	}
	user, err := c.Authenticator.Viewer(login(fields))(r.Context())
	if err == nil && user == "" {
		err = unauthenticated()
	}
	if err != nil {
		return nil, err
	}
	viewer := func(context.Context) (string, error) { return user, nil }
	found, err := c.Browsing.Find(r.Context(), viewer, registry.Search{Own: true, Sort: registry.ByDownloads, Limit: registry.MaxFound})
	if err != nil {
		return nil, err
	}
	return found[0].Packages, nil
}
