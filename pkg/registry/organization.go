package registry

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxOrganization is the longest name of an organization, in bytes.
const MaxOrganization = 128

// Group is an organization and who is in it.
type Group struct {
	Name    string
	Members map[string]Role // by user
	Removed bool            // the name can be taken again
	Journal
}

// Organizations keeps organizations. Names are looked up by Key.
type Organizations interface {
	// Group returns an organization, removed ones too. NotFound when there
	// never was one.
	Group(ctx context.Context, name string) (Group, error)
	// Role returns a user's role, NoRole for everybody else and everywhere
	// else: one read, always.
	Role(ctx context.Context, name, user string) (Role, error)
	// Of returns the names of the organizations that a user is in.
	Of(ctx context.Context, user string) ([]string, error)
	// PutGroup writes g when the stored revision is still g.Revision, and
	// gives it the next one. Conflict otherwise.
	PutGroup(ctx context.Context, g Group) error
}

// Organizing changes organizations.
type Organizing struct {
	Organizations Organizations
	Recorder      *Recorder
}

// CheckOrganization tells whether an organization may have this name. Real ones
// have Chinese names, with spaces and brackets.
func CheckOrganization(name string) error {
	ok := name != "" && len(name) <= MaxOrganization && utf8.ValidString(name) && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, unicode.IsControl)
	if !ok {
		return Errorf(Invalid, "Organization %q is not allowed: use 1 to %d bytes of text in one line.", shorten(name), MaxOrganization)
	}
	return nil
}

// Create makes an organization; owner owns it. Conflict when there is one.
func (o *Organizing) Create(ctx context.Context, by Caller, name, owner string) error {
	if err := CheckOrganization(name); err != nil {
		return err
	}
	if err := CheckUser(owner); err != nil {
		return err
	}
	return o.change(ctx, by, name, func(g *Group) (string, string, error) {
		if g.Revision > 0 && !g.Removed {
			return "", "", Errorf(Conflict, "organization %q exists", g.Name)
		}
		g.Name, g.Removed, g.Members = name, false, map[string]Role{owner: OwnerRole}
		return "organization create", "owner " + owner, nil
	})
}

// Remove takes an organization away. Its packages stay with their owners.
func (o *Organizing) Remove(ctx context.Context, by Caller, name string) error {
	return o.change(ctx, by, name, func(g *Group) (string, string, error) {
		if err := g.exists(name); err != nil {
			return "", "", err
		}
		g.Removed, g.Members = true, nil
		return "organization remove", "", nil
	})
}

// SetRole gives a user a role, or with NoRole takes it away.
func (o *Organizing) SetRole(ctx context.Context, by Caller, name, user string, role Role) error {
	if err := CheckUser(user); err != nil {
		return err
	}
	return o.change(ctx, by, name, func(g *Group) (string, string, error) {
		if err := g.exists(name); err != nil {
			return "", "", err
		}
		if role == NoRole {
			delete(g.Members, user)
			return "member remove", user, nil
		}
		if g.Members == nil {
			g.Members = make(map[string]Role)
		}
		g.Members[user] = role
		return "member add", fmt.Sprintf("%s as %s", user, role), nil
	})
}

func (g *Group) exists(name string) error {
	if g.Revision == 0 || g.Removed {
		return Errorf(NotFound, "there is no organization %q; create it by: org add %q OWNER", name, name)
	}
	return nil
}

func (o *Organizing) change(ctx context.Context, by Caller, name string, alter func(*Group) (string, string, error)) error {
	return Apply(ctx, o.Recorder, Change[*Group]{
		Subject: GroupSubject(name),
		By:      by,
		Read: func(ctx context.Context) (*Group, error) {
			g, err := o.Organizations.Group(ctx, name)
			if CodeOf(err) == NotFound {
				return &Group{Name: name}, nil
			}
			return &g, err
		},
		Alter: alter,
		Write: func(ctx context.Context, g *Group) error { return o.Organizations.PutGroup(ctx, *g) },
	})
}

// owners lists who can add somebody.
func (g Group) owners() string {
	var owners []string
	for _, user := range slices.Sorted(maps.Keys(g.Members)) {
		if g.Members[user] == OwnerRole {
			owners = append(owners, user)
		}
	}
	if len(owners) == 0 {
		return "the registry's administrator"
	}
	return strings.Join(owners, ", ")
}
