package registry

import (
	"context"
	"slices"
	"strings"
)

// Caller is who asks for a change, and how: what the audit records of it.
type Caller struct {
	User      string `json:"user"`
	Token     string `json:"token,omitempty"` // the token's name
	Scope     Scope  `json:"scope,omitzero"`
	From      string `json:"from,omitempty"` // address
	RequestID string `json:"requestId,omitempty"`
}

// Viewer tells which user asks for something that not everybody may see; ""
// when nobody known. It reads the store, so it is called only when the answer
// depends on it. Its errors are those of the store.
type Viewer func(ctx context.Context) (string, error)

// Once asks v at most once, for one request.
func (v Viewer) Once() Viewer {
	asked, user, err := false, "", error(nil)
	return func(ctx context.Context) (string, error) {
		if !asked {
			asked = true
			user, err = v(ctx)
		}
		return user, err
	}
}

// Anonymous is nobody.
func Anonymous(context.Context) (string, error) { return "", nil }

// Scope is what a token may do in its user's name. The zero Scope allows
// everything.
type Scope struct {
	// Limited tokens publish and delete in Packages only, and change nothing
	// else; with no Packages they only read.
	Limited  bool     `json:"limited,omitempty"`
	Packages []string `json:"packages,omitempty"` // names, by Key
}

// ParseScope reads "all", "read", or "publish:NAME[,NAME...]".
func ParseScope(text string) (Scope, error) {
	switch text {
	case "", "all":
		return Scope{}, nil
	case "read":
		return Scope{Limited: true}, nil
	}
	names, ok := strings.CutPrefix(text, "publish:")
	if !ok {
		return Scope{}, Errorf(Invalid, "scope %q is not known: use all, read, or publish:NAME[,NAME...]", shorten(text))
	}
	s := Scope{Limited: true}
	for name := range strings.SplitSeq(names, ",") {
		if err := CheckName(name); err != nil {
			return Scope{}, err
		}
		s.Packages = append(s.Packages, Key(name))
	}
	return s, nil
}

// String is what ParseScope reads.
func (s Scope) String() string {
	switch {
	case !s.Limited:
		return "all"
	case len(s.Packages) == 0:
		return "read"
	}
	return "publish:" + strings.Join(s.Packages, ",")
}

// mayChange tells whether the caller's token reaches a package.
func (c Caller) mayChange(name string) error {
	if !c.Scope.Limited || slices.Contains(c.Scope.Packages, Key(name)) {
		return nil
	}
	return Errorf(Forbidden, "Your token %q may not change package %q; its scope is %s. Use another token, or have one made with scope publish:%s.", c.Token, shorten(name), c.Scope, shorten(name))
}

// Unlimited tells whether the caller's token may do all that the user may.
func (c Caller) Unlimited() error {
	if !c.Scope.Limited {
		return nil
	}
	return Errorf(Forbidden, "Your token %q has scope %s, which does not allow this. Use one with scope all.", c.Token, c.Scope)
}
