package faults

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// scenario is something that a client does, whose storage calls meet faults.
type scenario struct {
	name     string
	function string // that does it
	setup    func(*point)
	// act does it; nil when it is acknowledged, or refused for good.
	act func(*point) error
	// again is what the client does when it was not: the same, by default.
	again func(*point) error
	// done completes it and says what must be there then.
	done func(*point)
}

// groups of scenarios are tried at the same time.
func groups() map[string][]scenario {
	return map[string][]scenario{"forms": forms(), "uploads": uploads(), "changes": changes(), "old": old()}
}

func forms() []scenario {
	send := func(k func(*point) pack) func(*point) error {
		return func(p *point) error {
			url, a, err := p.owner.announce(p.t.Context(), k(p))
			if err == nil && url == "" {
				err = errors.New(a.String())
			}
			p.url = url
			return err
		}
	}
	first := func(p *point) pack { return p.pack("1.0.0") }
	second := func(p *point) pack { return p.pack("1.1.0") }
	organized := func(p *point) pack { return pack{name: p.name, version: "1.0.0", organization: "org-" + p.name} }
	complete := func(k func(*point) pack) func(*point) {
		return func(p *point) {
			p.upload(p.url, k(p))
			p.released(k(p), k(p).version)
		}
	}
	return []scenario{
		{name: "form of a new package", function: "publish", setup: created, act: send(first), done: complete(first)},
		{name: "form of another version", function: "publish", setup: one, act: send(second), done: complete(second)},
		{name: "form that makes an organization", function: "publish", setup: created, act: send(organized), done: func(p *point) {
			complete(organized)(p)
			p.organizationIsRecorded()
		}},
	}
}

// created expects the package to be new and public.
func created(p *point) { p.state.audit = []string{"create Public"} }

// one has one release.
func one(p *point) {
	created(p)
	p.publish(p.pack("1.0.0"))
	p.released(p.pack("1.0.0"), "1.0.0")
}

func two(p *point) {
	one(p)
	p.publish(p.pack("1.1.0"))
	p.released(p.pack("1.1.0"), "1.1.0")
}

// organizationIsRecorded changes the organization: its creation is in the audit
// with the next change at the latest. (Whoever repeats the form finds the
// organization there, and so does not write down what was cut short.)
func (p *point) organizationIsRecorded() {
	name := "org-" + p.name
	must(p.t, p.admin.Organizing.SetRole(p.t.Context(), registry.Caller{User: "admin"}, name, "guest", registry.Member))
	p.events("organization/"+name, []string{"organization create owner", "member add guest"})
}

// putZIP uploads to the point's address.
func putZIP(k func(*point) pack, released bool) func(*point) error {
	return func(p *point) error {
		o, err := put(p.t.Context(), p.url, k(p).zip())
		if err == nil && o.Released != released {
			p.t.Errorf("outcome %+v", o)
		}
		return err
	}
}

// changes are deletions, new tokens, and visibility.
func changes() []scenario {
	remove := func(version string) func(*point) error {
		return func(p *point) error {
			repeated := p.deleted[version]
			p.deleted[version] = true
			a, err := p.owner.remove(p.t.Context(), p.name, version)
			if err != nil || a.status == http.StatusOK || (repeated && a.status == http.StatusNotFound) {
				return err
			}
			return errors.New(a.String())
		}
	}
	gone := func(version, latest string, order ...string) func(*point) {
		return func(p *point) {
			p.state.order, p.state.latest = order, latest
			p.state.audit = append(p.state.audit, "delete "+version)
		}
	}
	return []scenario{
		{name: "deletion of the latest", function: "publish", setup: two, act: remove("1.1.0"), done: gone("1.1.0", "1.0.0", "1.0.0")},
		{name: "deletion of an older one", function: "publish", setup: two, act: remove("1.0.0"), done: gone("1.0.0", "1.1.0", "1.1.0")},
		{name: "deletion of the only one", function: "publish", setup: one, act: remove("1.0.0"), done: gone("1.0.0", "")},
		{name: "retoken", function: "publish", setup: one, act: retoken, again: retokenAgain, done: newToken},
		{name: "visibility", function: "admin", setup: one, act: hide, again: hideAgain, done: func(p *point) { p.state.private = true }},
	}
}

func retoken(p *point) error {
	token, a, err := p.owner.retoken(p.t.Context())
	if err == nil && token == "" {
		err = errors.New(a.String())
	}
	if err == nil {
		p.tokens = append(p.tokens, p.owner.token)
		p.owner.token = token
	}
	return err
}

// retokenAgain uses the old token while it works, or else asks the
// administrator for the one that came in its place.
func retokenAgain(p *point) error {
	if err := retoken(p); err == nil {
		return nil
	}
	current, err := p.admin.Users.Current(p.t.Context(), p.user, "default")
	must(p.t, err)
	if current == p.owner.token {
		return errors.New("the token is valid, but no new one is given")
	}
	p.tokens = append(p.tokens, p.owner.token)
	p.owner.token = current
	return retoken(p)
}

// newToken checks that old tokens are dead, and that no change is lost.
func newToken(p *point) {
	for _, old := range p.tokens {
		a, err := client{base: p.Registry, token: old}.remove(p.t.Context(), p.name, "9.9.9")
		if err != nil || a.status != http.StatusUnauthorized {
			p.t.Errorf("the old token: %v, %v", a, err)
		}
	}
	if a, err := p.owner.remove(p.t.Context(), p.name, "9.9.9"); err != nil || a.status != http.StatusNotFound {
		p.t.Errorf("the new token: %v, %v", a, err)
	}
	want := []string{"token default,"}
	for range p.tokens {
		want = append(want, "token default,")
	}
	p.events("user/"+p.user, want)
}

// hide makes the package private, by the administrator.
func hide(p *point) error {
	err := p.setVisibility(registry.Private)
	if err == nil {
		p.state.audit = append(p.state.audit, "visibility Public")
	}
	return err
}

// hideAgain gives the command again. Each that takes effect is written down,
// also one whose success was not told.
func hideAgain(p *point) error {
	if len(p.nobodys()) > 0 {
		return hide(p)
	}
	p.state.audit = append(p.state.audit, "visibility Public", "visibility Private")
	return p.setVisibility(registry.Private)
}

func (p *point) setVisibility(v registry.Visibility) error {
	if p.command != nil {
		return p.command("package", "visibility", p.name, string(v))
	}
	if err := p.admin.Managing.SetVisibility(p.t.Context(), registry.Caller{User: "admin"}, p.name, v); err != nil {
		return fmt.Errorf("admin: %w", err)
	}
	return nil
}
