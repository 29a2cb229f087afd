package registry

import (
	"context"
	"slices"
	"strings"
)

// Sort is an order of packages. Equal ones are ordered by downloads, then name.
type Sort string

// The orders: by how well a package fits the search's text, the newest release
// first, or the most downloaded first.
const (
	ByRelevance Sort = ""
	ByTime      Sort = "time"
	ByDownloads Sort = "download"
)

// Search says which packages to find. Empty fields leave them open.
type Search struct {
	Text         string // words of name, description, tags, readme
	Type         Type
	Category     string
	Tag          string
	Provider     string
	Owner        string // a user
	Organization string
	// Own leaves only what the viewer owns or maintains.
	Own  bool
	Sort Sort
	// Skip and Limit cut a page out of what is found.
	Skip, Limit int
}

// Facet is a property by which packages can be counted.
type Facet int

// The facets.
const (
	Categories Facet = iota
	Providers
)

// Counted is one value of a facet and how many packages have it.
type Counted struct {
	Value string
	Count int
}

// Index finds packages that have a latest release, by their head. It may lag
// behind the catalog by some seconds.
type Index interface {
	// Find returns the names of packages that match and that one of the readers
	// may see, one page of them, and how many there are in all.
	Find(ctx context.Context, s Search, readers []string) (names []string, total int, err error)
	// Count returns the values of a facet, most used first, at most 200 of them.
	Count(ctx context.Context, f Facet, readers []string) ([]Counted, error)
}

// Limits of a search, set by the index of Tablestore: a page, how deep pages
// reach, and the text, in bytes.
const (
	MaxFound = 1000
	MaxDepth = 100_000
	maxText  = 200
)

// everybody stands among the readers of a public package.
const everybody = "*"

// Readers names who may see a package, as the index keeps it: everybody, an
// organization, users. Owner and maintainers are always among them.
func (p Package) Readers() []string {
	var readers []string // the index may keep the first ones only
	switch {
	case p.Visibility == Public:
		readers = append(readers, everybody)
	case p.Visibility == Organization && p.Organization != "":
		readers = append(readers, organizationReader(p.Organization))
	}
	readers = append(readers, userReader(p.Owner))
	for _, m := range p.Maintainers {
		readers = append(readers, userReader(m))
	}
	return readers
}

func userReader(name string) string { return "user/" + name }

func organizationReader(name string) string { return "organization/" + Key(name) }

// Browsing finds packages by what they are.
type Browsing struct {
	Index         Index
	Catalog       Catalog
	Organizations Organizations
	// Upstreams finds what is elsewhere; it may be nil.
	Upstreams *Upstreams
}

// Found is one page of what a search found.
type Found struct {
	Packages []Head // with Described releases
	Total    int    // of all pages
	More     bool   // whether there are packages after this page
}

// Find answers searches, each with a page. The index may not know yet what was
// changed some seconds ago; so each package is read from the catalog, and those
// that the viewer may not see (any more) are left out and not counted.
func (b *Browsing) Find(ctx context.Context, viewer Viewer, searches ...Search) ([]Found, error) {
	user, err := viewer(ctx)
	if err != nil {
		return nil, err
	}
	readers, err := b.readers(ctx, user)
	if err != nil {
		return nil, err
	}
	pages := make([][]string, len(searches))
	found := make([]Found, len(searches))
	for i, s := range searches {
		if pages[i], found[i].Total, err = b.Index.Find(ctx, s.bounded(), own(s, readers, user)); err != nil {
			return nil, err
		}
	}
	heads, err := b.visible(ctx, user, slices.Concat(pages...))
	if err != nil {
		return nil, err
	}
	for i, names := range pages {
		found[i].More = searches[i].Skip+len(names) < found[i].Total
		for _, name := range names {
			if h, ok := heads[Key(name)]; ok {
				found[i].Packages = append(found[i].Packages, h)
			} else {
				found[i].Total--
			}
		}
	}
	return found, nil
}

// Count returns the values of a facet among the packages that a viewer may see.
func (b *Browsing) Count(ctx context.Context, viewer Viewer, f Facet) ([]Counted, error) {
	user, err := viewer(ctx)
	if err != nil {
		return nil, err
	}
	readers, err := b.readers(ctx, user)
	if err != nil {
		return nil, err
	}
	return b.Index.Count(ctx, f, readers)
}

// own narrows the readers to the user alone, or to nobody, for a search of the
// user's own packages.
func own(s Search, readers []string, user string) []string {
	switch {
	case !s.Own:
		return readers
	case user == "":
		return nil
	}
	return []string{userReader(user)}
}

// readers returns as whom a user may read: as everybody, and, who is known, as
// himself and by his organizations.
func (b *Browsing) readers(ctx context.Context, user string) ([]string, error) {
	readers := []string{everybody}
	if user == "" {
		return readers, nil
	}
	organizations, err := b.Organizations.Of(ctx, user)
	if err != nil {
		return nil, err
	}
	readers = append(readers, userReader(user))
	for _, name := range organizations {
		readers = append(readers, organizationReader(name))
	}
	return readers, nil
}

// visible reads packages, without those that the user may not see, by Key.
func (b *Browsing) visible(ctx context.Context, user string, names []string) (map[string]Head, error) {
	slices.Sort(names)
	heads, err := b.Catalog.Heads(ctx, slices.Compact(names))
	if err != nil {
		return nil, err
	}
	as := func(context.Context) (string, error) { return user, nil }
	access := &Access{Organizations: remembering{b.Organizations, make(map[string]Role)}}
	visible := make(map[string]Head)
	for _, h := range heads {
		if h.Latest == nil {
			continue
		}
		seen, err := access.sees(ctx, as, &h.Package)
		if err != nil {
			return nil, err
		}
		if seen {
			visible[Key(h.Name)] = h
		}
	}
	return visible, nil
}

// remembering asks for each organization once; it serves one user's request.
type remembering struct {
	Organizations
	roles map[string]Role
}

func (r remembering) Role(ctx context.Context, name, user string) (Role, error) {
	if role, ok := r.roles[Key(name)]; ok {
		return role, nil
	}
	role, err := r.Organizations.Role(ctx, name, user)
	if err == nil {
		r.roles[Key(name)] = role
	}
	return role, err
}

// bounded makes a search that the index takes, whatever was asked.
func (s Search) bounded() Search {
	s.Text = strings.Join(strings.Fields(strings.ToValidUTF8(s.Text, " ")), " ")
	if len(s.Text) > maxText {
		s.Text = strings.ToValidUTF8(s.Text[:maxText], "")
	}
	s.Limit = min(s.Limit, MaxFound)
	return s
}
