package registry

import (
	"context"
	"slices"
)

// Role is what a user may do in a package or organization; each includes those
// before it.
type Role int

// The roles.
const (
	NoRole         Role = iota
	Member              // reads
	MaintainerRole      // publishes, and deletes own releases
	OwnerRole           // everything, roles too
)

// ParseRole reads a role's name.
func ParseRole(text string) (Role, error) {
	i := slices.Index(roleNames(), text)
	if i <= 0 {
		return NoRole, Errorf(Invalid, "role %q is not known: use member, maintainer or owner", shorten(text))
	}
	return Role(i), nil
}

func (r Role) String() string { return roleNames()[r] }

func roleNames() []string { return []string{"none", "member", "maintainer", "owner"} }

// Access decides who may see and change what.
type Access struct {
	Organizations Organizations
}

// role returns a user's role in a package: as its owner or one of its
// maintainers, or by the organization, unless the package is private.
func (a *Access) role(ctx context.Context, user string, p Package) (Role, error) {
	byOrganization, err := a.Organizations.Role(ctx, p.Organization, user)
	if err != nil {
		return NoRole, err
	}
	switch {
	case user == "":
		return NoRole, nil
	case user == p.Owner:
		return OwnerRole, nil
	case p.Visibility == Private:
		byOrganization = NoRole
	}
	if slices.Contains(p.Maintainers, user) {
		return max(MaintainerRole, byOrganization), nil
	}
	return byOrganization, nil
}

// sees tells whether a viewer may see a package; nil stands for one that is
// missing. For a missing one it makes the same reads as for a hidden one, so
// that the time does not tell them apart.
func (a *Access) sees(ctx context.Context, viewer Viewer, p *Package) (bool, error) {
	if p != nil && p.Visibility == Public {
		return true, nil
	}
	user, err := viewer(ctx)
	if err != nil || user == "" {
		return false, err
	}
	if p == nil {
		_, err := a.role(ctx, user, Package{Organization: "-"})
		return false, err
	}
	role, err := a.role(ctx, user, *p)
	return role >= Member, err
}
