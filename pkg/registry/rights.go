package registry

import (
	"context"
	"fmt"
)

// mayPublish tells whether a caller may publish wanted, where stored is there
// already (nil when the name is free). Its refusals are *Error.
func (a *Access) mayPublish(ctx context.Context, by Caller, stored *Package, wanted Package) error {
	if err := by.mayChange(wanted.Name); err != nil {
		return err
	}
	if wanted.Visibility == Organization && wanted.Organization == "" {
		return Errorf(Invalid, "Effective is Organization, but no Organization is named in publish.yaml. Name one, or set Effective to Public or Private.")
	}
	need := MaintainerRole
	if stored != nil {
		if err := a.mayChange(ctx, by, *stored, wanted); err != nil {
			return err
		}
		if Key(wanted.Organization) == Key(stored.Organization) {
			need = Member // the right to publish comes from the package itself
		}
	}
	return a.inOrganization(ctx, by.User, wanted.Organization, need)
}

// mayChange tells whether a caller may publish the next release of a package.
func (a *Access) mayChange(ctx context.Context, by Caller, stored, wanted Package) error {
	role, err := a.role(ctx, by.User, stored)
	if err != nil {
		return err
	}
	if role < MaintainerRole {
		owner := ""
		if stored.Visibility == Public || role >= Member {
			owner = fmt.Sprintf(" It belongs to user %q.", stored.Owner)
		}
		return Errorf(Forbidden, "Package name %q is taken, and you, %q, are not among its maintainers.%s Publish under another name, or ask its owner to add you: admin package maintainer add %s %s", wanted.Name, by.User, owner, wanted.Name, by.User)
	}
	if stored.Name != wanted.Name {
		return Errorf(Invalid, "Name %q is spelled %q in this registry, and names are unique without regard to case. Use that spelling.", wanted.Name, stored.Name)
	}
	if role < OwnerRole && wanted.Visibility != stored.Visibility {
		return Errorf(Forbidden, "Package %q is %s; only its owner, %q, can publish it as %s. Set \"Effective: %s\" in publish.yaml, or ask the owner to publish.", stored.Name, stored.Visibility, stored.Owner, wanted.Visibility, stored.Visibility)
	}
	if role < OwnerRole && Key(wanted.Organization) != Key(stored.Organization) {
		return Errorf(Forbidden, "Package %q belongs to organization %q; only its owner, %q, can publish it for %q. Set \"Organization: %s\" in publish.yaml, or ask the owner to publish.", stored.Name, stored.Organization, stored.Owner, wanted.Organization, stored.Organization)
	}
	moved := wanted.Visibility != stored.Visibility || Key(wanted.Organization) != Key(stored.Organization)
	if moved && by.Scope.Limited {
		return Errorf(Forbidden, "Package %q is %s of organization %q, and your token %q, of scope %s, can't change that. Correct Effective and Organization in publish.yaml, or use a token of scope all.", stored.Name, stored.Visibility, stored.Organization, by.Token, by.Scope)
	}
	return nil
}

// inOrganization tells whether a user has at least the needed role in an
// organization. One that nobody has named yet is NotFound.
func (a *Access) inOrganization(ctx context.Context, user, name string, need Role) error {
	if name == "" {
		return nil
	}
	if err := CheckOrganization(name); err != nil {
		return err
	}
	g, err := a.Organizations.Group(ctx, name)
	if err != nil {
		return err
	}
	if g.Removed {
		return Errorf(Forbidden, "Organization %q was removed. The registry's administrator can create it again: admin org add %q OWNER. Or remove the line Organization from publish.yaml.", name, name)
	}
	if g.Members[user] < need {
		return Errorf(Forbidden, "Organization %q exists, and you, %q, are not a %s of it. Ask %s for: admin org member add %q %s -role %s. Or change the line Organization in publish.yaml.", g.Name, user, need, g.owners(), g.Name, user, need)
	}
	return nil
}

// hides tells whether somebody who may see a package now may not see it as it
// is to be.
func (p Package) hides(wanted Package) bool {
	moves := wanted.Visibility == Organization && p.Visibility == Organization && Key(wanted.Organization) != Key(p.Organization)
	return moves || wanted.Visibility.openness() < p.Visibility.openness()
}

// openness orders visibilities by how many see a package.
func (v Visibility) openness() int {
	return map[Visibility]int{Private: 0, Organization: 1, Public: 2}[v]
}
