package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/shelf"
)

// Mirror takes ahead what is wished of upstreams, of the one with the URL from
// when it is not "".
func (a *Admin) Mirror(ctx context.Context, wishes []registry.Wish, from string, p *registry.Progress) error {
	m, err := a.mirroring(from)
	if err != nil {
		return err
	}
	return m.Ahead(ctx, wishes, p)
}

// LoadMirror brings in the folder that CarryMirror has written.
func (a *Admin) LoadMirror(ctx context.Context, dir string, p *registry.Progress) (err error) {
	m, err := a.mirroring("")
	if err != nil {
		return err
	}
	r, err := shelf.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return m.Load(ctx, r, p)
}

func (a *Admin) mirroring(from string) (*registry.Mirroring, error) {
	c := a.config
	var err error
	if c.Upstreams, err = chosen(a.getenv, from); err != nil {
		return nil, err
	}
	return mirroring(c, a.tables, a.bucket)
}

// CarryMirror writes what is wished of upstreams into a folder, without a
// registry, and returns how many releases the folder holds then.
func CarryMirror(ctx context.Context, getenv func(string) string, wishes []registry.Wish, from, dir string, p *registry.Progress) (releases int, err error) {
	u, err := chosen(getenv, from)
	if err != nil {
		return 0, err
	}
	list, err := suppliers(u)
	if err != nil {
		return 0, err
	}
	w, err := shelf.Create(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	carrying := &registry.Carrying{Taking: taking(config.Config{Upstreams: u}), Suppliers: list}
	if err := carrying.Carry(ctx, wishes, w, p); err != nil {
		return 0, err
	}
	return w.Finish()
}

// chosen reads the upstreams, and leaves only the one with the URL from when
// that is not "".
func chosen(getenv func(string) string, from string) (config.Upstreams, error) {
	c, err := config.Read(getenv, config.FromUpstreams)
	u := c.Upstreams
	if err == nil && len(u.List) == 0 && from != "" {
		c, err = config.Read(func(name string) string {
			if name == "UPSTREAMS" {
				return from
			}
			return getenv(name)
		}, config.FromUpstreams)
		u = c.Upstreams
	}
	if err != nil {
		return u, err
	}
	if len(u.List) == 0 {
		return u, errors.New("no upstream is known: set UPSTREAMS as for s deploy, or name one by -from URL")
	}
	if from == "" {
		return u, nil
	}
	i := slices.IndexFunc(u.List, func(one config.Upstream) bool { return one.URL == from })
	if i < 0 {
		return u, fmt.Errorf("-from %s is not among UPSTREAMS: the registry would not ask it for what was taken there", from)
	}
	u.List = u.List[i : i+1]
	return u, nil
}
