package web

import (
	"maps"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// ownerPage is what the templates "user" and "organization" show.
type ownerPage struct {
	Name     string
	Packages []card
	Total    int64
	Paging   paging
	Self     bool     // the visitor's own page
	Members  []member // told to members only
	Owned    bool     // an organization that the visitor owns
}

type member struct {
	User string
	Role registry.Role
}

// user answers GET /users/{name}. Whoever owns nothing that the visitor may see
// is as unknown as one who does not exist.
func (p *Pages) user(v *visit) (answer, error) {
	name := v.PathValue("name")
	viewer, err := v.viewer(v.Context())
	if err != nil {
		return answer{}, err
	}
	show, err := p.owned(v, userPath(name), registry.Search{Owner: name})
	if err != nil {
		return answer{}, err
	}
	show.Name = name
	if len(show.Packages) > 0 {
		show.Name = show.Packages[0].Owner // as it is spelled
	}
	show.Self = viewer == show.Name
	if show.Total == 0 && !show.Self {
		return answer{}, missing()
	}
	return answer{page: "user", data: show, head: head{Path: numbered(userPath(show.Name), show.Paging.Page), Title: show.Name, Message: "user.kind"}}, nil
}

// organization answers GET /orgs/{name}.
func (p *Pages) organization(v *visit) (answer, error) {
	name := v.PathValue("name")
	members, err := p.members(v, name)
	if err != nil {
		return answer{}, err
	}
	show, err := p.owned(v, organizationPath(name), registry.Search{Organization: name})
	if err != nil {
		return answer{}, err
	}
	show.Name, show.Members, show.Owned = name, members, owns(members, v.user)
	if show.Total == 0 && members == nil {
		return answer{}, missing()
	}
	if len(show.Packages) > 0 {
		show.Name = show.Packages[0].Organization // as it is spelled
	}
	return answer{page: "organization", data: show, head: head{Path: numbered(organizationPath(show.Name), show.Paging.Page), Title: show.Name, Message: "organization.kind"}}, nil
}

func missing() error { return registry.Errorf(registry.NotFound, "nothing to see") }

// owned finds the packages of an owner, newest first.
func (p *Pages) owned(v *visit, path string, s registry.Search) (ownerPage, error) {
	page, err := v.page(registry.MaxDepth / perPage)
	if err != nil {
		return ownerPage{}, err
	}
	s.Sort, s.Skip, s.Limit = registry.ByTime, (page-1)*perPage, perPage
	found, err := p.Browsing.Find(v.Context(), v.viewer, s)
	if err != nil {
		return ownerPage{}, err
	}
	show := ownerPage{Packages: cards(v, found[0].Packages), Total: int64(found[0].Total)}
	if show.Total == 0 {
		return show, nil
	}
	show.Paging, err = pages(path, page, found[0].Total)
	return show, err
}

func owns(members []member, user string) bool {
	return slices.Contains(members, member{user, registry.OwnerRole})
}

// members are those of an organization, if the visitor is one of them.
func (p *Pages) members(v *visit, name string) ([]member, error) {
	viewer, err := v.viewer(v.Context())
	if err != nil || viewer == "" {
		return nil, err
	}
	g, err := p.Organizations.Group(v.Context(), name)
	if registry.CodeOf(err) == registry.NotFound {
		return nil, nil
	}
	if err != nil || g.Removed || g.Members[viewer] < registry.Member {
		return nil, err
	}
	var list []member
	for _, user := range slices.Sorted(maps.Keys(g.Members)) {
		list = append(list, member{user, g.Members[user]})
	}
	return list, nil
}
