package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// stale is an index that knows nothing new: it finds the same packages for
// everybody, and remembers what it was asked.
type stale struct {
	names    []string
	total    int
	searches []registry.Search
	readers  [][]string
	f        *failure
}

func (x *stale) Find(_ context.Context, s registry.Search, readers []string) ([]string, int, error) {
	x.searches, x.readers = append(x.searches, s), append(x.readers, readers)
	return slices.Clone(x.names), max(x.total, len(x.names)), x.f.do("Index.Find", func() error { return nil })
}

func (x *stale) Count(_ context.Context, _ registry.Facet, readers []string) ([]registry.Counted, error) {
	x.readers = append(x.readers, readers)
	return []registry.Counted{{Value: "Web", Count: x.total}}, x.f.do("Index.Count", func() error { return nil })
}

// browsing reads s by way of an index; f counts the calls, and may fail one.
func (s store) browsing(x *stale, f *failure) *registry.Browsing {
	x.f = f
	s = s.failing(f)
	return &registry.Browsing{Index: x, Catalog: s.catalog, Organizations: s.organizations}
}

// shelf has packages of each visibility, made by newCompany's people.
func shelf(t *testing.T) (store, *stale) {
	t.Helper()
	s := newCompany(t)
	s.mustBring(t, "otto", of("Open", "1.0.0", company, registry.Public))
	s.mustBring(t, "otto", of("inner", "1.0.0", company, registry.Organization))
	s.mustBring(t, "alice", of("inner2", "1.0.0", company, registry.Organization))
	s.mustBring(t, "alice", of("closed", "1.0.0", "", registry.Private))
	s.publish(t, "empty", "1.0.0")
	s.delete(t, "empty", "1.0.0")
	return s, &stale{names: []string{"inner", "open", "gone", "closed", "empty", "inner2"}, total: 9}
}

func namesOf(found registry.Found) string {
	var names []string
	for _, h := range found.Packages {
		names = append(names, h.Name)
	}
	return strings.Join(names, " ")
}

// What was closed, deleted, or left since the index heard of it is neither shown
// nor counted, and what is shown is in the index's order.
func TestFindShowsNothingThatOneMayNotSeeAnyMore(t *testing.T) {
	for user, want := range map[string]string{
		"": "Open", "bob": "Open", "mimi": "inner Open inner2", "otto": "inner Open inner2", "alice": "inner Open closed inner2",
	} {
		s, x := shelf(t)
		found, err := s.browsing(x, &failure{}).Find(t.Context(), viewer(user), registry.Search{Limit: 6})
		if err != nil {
			t.Fatal(err)
		}
		got := found[0]
		if hidden := 6 - len(strings.Fields(want)); namesOf(got) != want || got.Total != 9-hidden || !got.More {
			t.Errorf("%q: found %s of %d, more %t; want %s", user, namesOf(got), got.Total, got.More, want)
		}
	}
}

func TestFindFollowsChangesOfRightsAtOnce(t *testing.T) {
	s, x := shelf(t)
	x.total = 0
	steps := []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, "inner Open inner2"},
		{func() error { return s.managing().SetVisibility(t.Context(), as("admin"), "inner", registry.Private) }, "Open inner2"},
		{func() error { return s.managing().SetVisibility(t.Context(), as("admin"), "closed", registry.Public) }, "Open closed inner2"},
		{func() error {
			return s.organizing().SetRole(t.Context(), as("admin"), company, "mimi", registry.NoRole)
		}, "Open closed"},
		{func() error { return s.managing().AddMaintainer(t.Context(), as("admin"), "inner2", "mimi") }, "Open closed inner2"},
		{func() error { return s.deleting().Delete(t.Context(), as("otto"), "open", "1.0.0") }, "closed inner2"},
	}
	for i, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		found, err := s.browsing(x, &failure{}).Find(t.Context(), viewer("mimi"), registry.Search{Limit: 100})
		if err != nil || namesOf(found[0]) != step.want || found[0].Total != len(found[0].Packages) || found[0].More {
			t.Errorf("step %d: %s of %d, %v; want %s", i, namesOf(found[0]), found[0].Total, err, step.want)
		}
	}
}

// The packages have what a list shows, not what only one page of one shows.
func TestFindDescribes(t *testing.T) {
	s, x := shelf(t)
	found, err := s.browsing(x, &failure{}).Find(t.Context(), registry.Anonymous, registry.Search{Limit: 6})
	if err != nil || len(found[0].Packages) != 1 {
		t.Fatal(found, err)
	}
	h := found[0].Packages[0]
	if h.Latest.Manifest.Description != "测试" || h.Latest.Texts.Readme != "" || h.Owner != "otto" {
		t.Errorf("found %+v, %+v", h.Package, h.Latest)
	}
}

func TestMoreTellsOfAnotherPage(t *testing.T) {
	s, _ := shelf(t)
	for _, test := range []struct {
		names       string
		skip, total int
		more        bool
	}{
		{"open", 0, 1, false}, {"open", 0, 2, true}, {"open", 8, 9, false}, {"gone", 8, 10, true}, {"gone closed", 0, 3, true}, {"", 30, 20, false},
	} {
		x := &stale{names: strings.Fields(test.names), total: test.total}
		found, err := s.browsing(x, &failure{}).Find(t.Context(), registry.Anonymous, registry.Search{Skip: test.skip, Limit: len(x.names)})
		if err != nil || found[0].More != test.more {
			t.Errorf("%+v: %+v, %v", test, found[0], err)
		}
	}
}

// Whatever is shown on one page is read together: who reads, the user's
// organizations, the packages, and each organization's role, once.
func TestSearchesOfOnePageAreReadTogether(t *testing.T) {
	s, x := shelf(t)
	f := &failure{}
	who := func(context.Context) (string, error) {
		return "mimi", f.do("viewer", func() error { return nil })
	}
	searches := []registry.Search{{Sort: registry.ByTime, Limit: 6}, {Sort: registry.ByDownloads, Limit: 6}, {Text: "inner", Limit: 6}}
	found, err := s.browsing(x, f).Find(t.Context(), who, searches...)
	if err != nil || len(found) != 3 {
		t.Fatal(found, err)
	}
	for i := range found {
		if namesOf(found[i]) != "inner Open inner2" {
			t.Errorf("search %d found %s", i, namesOf(found[i]))
		}
	}
	slices.Sort(f.names)
	// A role in the one organization, and in none, which the private package is in.
	want := "Catalog.Heads Index.Find Index.Find Index.Find Organizations.Of Organizations.Role Organizations.Role viewer"
	if got := strings.Join(f.names, " "); got != want {
		t.Errorf("calls %s\nwant  %s", got, want)
	}
	for i, s := range x.searches {
		if s != searches[i] {
			t.Errorf("search %d: the index was asked %+v", i, s)
		}
	}
}

func TestBrowsingReportsEachFailure(t *testing.T) {
	s, x := shelf(t)
	eachOf(t, []failure{{}}, func(t *testing.T, f *failure) {
		who := func(context.Context) (string, error) {
			return "mimi", f.do("viewer", func() error { return nil })
		}
		b := s.browsing(x, f)
		found, err := b.Find(t.Context(), who, registry.Search{Limit: 6}, registry.Search{Limit: 6})
		if err == nil {
			_, err = b.Count(t.Context(), who, registry.Categories)
		}
		if f.happened != (err != nil) {
			t.Errorf("%v after the calls %v: %v, %v", f, f.names, found, err)
		}
		if f.happened {
			wantError(t, err, registry.Internal, "crash")
		}
	})
}

// Whatever is typed into a search box, the index gets a short line of text.
func TestTheIndexIsAskedWithinBounds(t *testing.T) {
	s, x := shelf(t)
	for text, want := range map[string]string{
		"": "", "hello": "hello", "  a \t b\r\n\v c\u3000d ": "a b c d", "\xff": "", "he\xffllo": "he llo", "函数\xe5\x87": "函数",
		strings.Repeat("x", 200): strings.Repeat("x", 200), strings.Repeat("x", 10<<10): strings.Repeat("x", 200),
		strings.Repeat("函数", 2<<10): strings.Repeat("函数", 33), "a" + strings.Repeat(" ", 10<<10) + "b": "a b",
		strings.Repeat("🚀", 5<<10): strings.Repeat("🚀", 50), `" OR *`: `" OR *`, "' OR 1=1; --": "' OR 1=1; --",
	} {
		for limit, most := range map[int]int{10: 10, registry.MaxFound: registry.MaxFound, 1 << 40: registry.MaxFound} {
			x.searches = nil
			asked := registry.Search{Text: text, Tag: "t", Skip: 30, Limit: limit, Sort: registry.ByTime}
			if _, err := s.browsing(x, &failure{}).Find(t.Context(), registry.Anonymous, asked); err != nil {
				t.Fatal(err)
			}
			asked.Text, asked.Limit = want, most
			if x.searches[0] != asked {
				t.Errorf("%.40q: the index was asked %+v, want %+v", text, x.searches[0], asked)
			}
		}
	}
}
