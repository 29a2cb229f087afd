package web_test

import (
	"context"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// calls counts the reads of the stores, by name.
type calls map[string]int

func (c calls) total() (n int) {
	for _, count := range c {
		n += count
	}
	return n
}

type countedCatalog struct {
	registry.Catalog
	calls calls
}

func (c countedCatalog) Head(ctx context.Context, name string, f registry.Fields) (registry.Head, error) {
	c.calls["head"]++
	return c.Catalog.Head(ctx, name, f)
}

func (c countedCatalog) Heads(ctx context.Context, names []string) ([]registry.Head, error) {
	c.calls["heads"]++
	return c.Catalog.Heads(ctx, names)
}

func (c countedCatalog) Release(ctx context.Context, name string, v registry.Version, f registry.Fields) (registry.Head, registry.Release, error) {
	c.calls["release"]++
	return c.Catalog.Release(ctx, name, v, f)
}

func (c countedCatalog) Releases(ctx context.Context, name string, skip, limit int) (registry.Head, []registry.Release, error) {
	c.calls["releases"]++
	return c.Catalog.Releases(ctx, name, skip, limit)
}

type countedIndex struct {
	registry.Index
	calls calls
}

func (c countedIndex) Find(ctx context.Context, s registry.Search, readers []string) ([]string, int, error) {
	c.calls["find"]++
	return c.Index.Find(ctx, s, readers)
}

func (c countedIndex) Count(ctx context.Context, f registry.Facet, readers []string) ([]registry.Counted, error) {
	c.calls["count"]++
	return c.Index.Count(ctx, f, readers)
}

type countedTally struct {
	registry.Tally
	calls calls
}

func (c countedTally) Downloads(ctx context.Context, name string) (registry.Downloaded, error) {
	c.calls["downloads"]++
	return c.Tally.Downloads(ctx, name)
}

type countedOrganizations struct {
	registry.Organizations
	calls calls
}

func (c countedOrganizations) Group(ctx context.Context, name string) (registry.Group, error) {
	c.calls["group"]++
	return c.Organizations.Group(ctx, name)
}

func (c countedOrganizations) Role(ctx context.Context, name, user string) (registry.Role, error) {
	c.calls["role"]++
	return c.Organizations.Role(ctx, name, user)
}

func (c countedOrganizations) Of(ctx context.Context, user string) ([]string, error) {
	c.calls["of"]++
	return c.Organizations.Of(ctx, user)
}

type countedIdentities struct {
	identity.Store
	calls calls
}

func (c countedIdentities) User(ctx context.Context, name string) (identity.User, error) {
	c.calls["user"]++
	return c.Store.User(ctx, name)
}

func (c countedIdentities) Token(ctx context.Context, md5 string) (identity.Token, error) {
	c.calls["token"]++
	return c.Store.Token(ctx, md5)
}

func TestPagesAskTheStoreSeldom(t *testing.T) {
	s := newSite(t)
	session := s.user("alice")
	s.many("hello", 40, nil)
	tests := map[string]struct {
		path string
		most int
	}{
		"front":                  {"/", 3},
		"package":                {"/packages/hello", 3},
		"package, second page":   {"/packages/hello?page=2", 3},
		"one version":            {"/packages/hello/versions/1.3.0", 3},
		"one that is missing":    {"/packages/missing", 1},
		"sign-in":                {"/login", 0},
		"a query that can't be":  {"/search?type=x", 0},
		"a page that is missing": {"/nothing", 0},
		"robots":                 {"/robots.txt", 0},
		"search":                 {"/search?q=hello", 4},
		"suggestions":            {"/search/suggest?q=hello", 2},
		"no suggestions":         {"/search/suggest?q=", 0},
		"user":                   {"/users/alice", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clear(s.calls)
			s.get(test.path, nil)
			if s.calls.total() > test.most {
				t.Errorf("%s asks the store %d times, want at most %d: %v", test.path, s.calls.total(), test.most, s.calls)
			}
		})
	}
	t.Run("a session costs the front page and public packages nothing", func(t *testing.T) {
		for _, path := range []string{"/", "/packages/hello"} {
			clear(s.calls)
			s.get(path, session).want(t, 200, "alice")
			if s.calls.total() != 3 || s.calls["user"] > 0 {
				t.Errorf("%s: %v", path, s.calls)
			}
		}
	})
	t.Run("the visitor is looked up once", func(t *testing.T) {
		clear(s.calls)
		s.get("/search?q=hello", session)
		if s.calls["user"] != 1 {
			t.Errorf("%v", s.calls)
		}
	})
}
