package registry

import (
	"context"
	"slices"
)

// MaxMaintainers is how many maintainers a package may have: the index of
// Tablestore takes 256 values of a column, and they stand among the readers.
const MaxMaintainers = 250

// Managing changes what holds for all releases of a package. It is for the
// administrator: nobody's role is checked.
type Managing struct {
	Heads *Heads
}

// SetVisibility decides who may see a package.
func (m *Managing) SetVisibility(ctx context.Context, by Caller, name string, v Visibility) error {
	return m.change(ctx, by, name, func(h *Head) (string, string, error) {
		if v == Organization && h.Organization == "" {
			return "", "", Errorf(Invalid, "package %q has no organization; it can be Public or Private", h.Name)
		}
		p := h.Package
		p.Visibility = v
		return "visibility", h.set(p), nil
	})
}

// SetOwner gives a package to another user.
func (m *Managing) SetOwner(ctx context.Context, by Caller, name, user string) error {
	if err := CheckUser(user); err != nil {
		return err
	}
	return m.change(ctx, by, name, func(h *Head) (string, string, error) {
		detail := h.Owner + " -> " + user
		h.Owner = user
		return "owner", detail, nil
	})
}

// AddMaintainer lets a user publish a package.
func (m *Managing) AddMaintainer(ctx context.Context, by Caller, name, user string) error {
	if err := CheckUser(user); err != nil {
		return err
	}
	return m.change(ctx, by, name, func(h *Head) (string, string, error) {
		if !slices.Contains(h.Maintainers, user) {
			h.Maintainers = append(h.Maintainers, user)
			slices.Sort(h.Maintainers)
		}
		if len(h.Maintainers) > MaxMaintainers {
			return "", "", Errorf(Invalid, "package %q has %d maintainers, and can't have more; let an organization own it", h.Name, MaxMaintainers)
		}
		return "maintainer add", user, nil
	})
}

// RemoveMaintainer takes that right away.
func (m *Managing) RemoveMaintainer(ctx context.Context, by Caller, name, user string) error {
	return m.change(ctx, by, name, func(h *Head) (string, string, error) {
		h.Maintainers = slices.DeleteFunc(h.Maintainers, func(u string) bool { return u == user })
		return "maintainer remove", user, nil
	})
}

func (m *Managing) change(ctx context.Context, by Caller, name string, alter func(*Head) (string, string, error)) error {
	return m.Heads.change(ctx, by, "", name, func(h *Head) (string, string, error) {
		if h.Revision == 0 {
			return "", "", noPackage(name)
		}
		return alter(h)
	})
}
