package registry_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// prune prunes packages of s, whose own stores may fail, and returns what was
// reported, in order.
func (s store) prune(t testing.TB, below store, keep registry.Retention, dry bool, names ...string) (string, error) {
	t.Helper()
	var reported []string
	p := registry.Pruning{Contents: memory.Contents{Catalog: below.catalog.(*memory.Catalog)}, Deleting: s.deleting()}
	err := p.Prune(t.Context(), as("admin"), each(names), keep, dry, func(r registry.Release) {
		reported = append(reported, r.Version.String())
	})
	return strings.Join(reported, " "), err
}

func each(names []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	}
}

// TestWhatIsPruned fills a package with releases, published one day after the
// other in the order in which they stand, the last one today.
func TestWhatIsPruned(t *testing.T) {
	days := func(n int) time.Time { return now().AddDate(0, 0, -n) }
	for name, test := range map[string]struct {
		releases string
		keep     registry.Retention
		pruned   string
	}{
		"the last two":                          {"1.0.0 1.1.0 1.2.0 1.3.0", registry.Retention{Last: 2}, "1.1.0 1.0.0"},
		"more than there are":                   {"1.0.0 1.1.0", registry.Retention{Last: 9}, ""},
		"a correction of an old line is new":    {"1.0.0 2.0.0 2.1.0 1.0.1", registry.Retention{Last: 1}, "2.0.0 1.0.0"},
		"latest, however old":                   {"2.0.0 1.0.0 1.0.1 1.0.2", registry.Retention{Last: 1}, "1.0.1 1.0.0"},
		"latest is no pre-release":              {"1.0.0 2.0.0-rc.1 2.0.0-rc.2", registry.Retention{Last: 1}, "2.0.0-rc.1"},
		"since a day":                           {"1.0.0 1.1.0 1.2.0 1.3.0", registry.Retention{Since: days(1)}, "1.1.0 1.0.0"},
		"since a day, or the last three":        {"1.0.0 1.1.0 1.2.0 1.3.0", registry.Retention{Since: days(1), Last: 3}, "1.0.0"},
		"since tomorrow":                        {"1.0.0 1.1.0", registry.Retention{Since: days(-1)}, "1.0.0"},
		"development builds are counted apart":  {"1.0.0 1.1.0 dev.0.1 dev.0.2 dev.0.3", registry.Retention{Last: 1}, "1.0.0 dev.0.2 dev.0.1"},
		"the newest development build stays":    {"dev.0.1 dev.0.2 1.0.0 1.1.0", registry.Retention{Since: days(-1)}, "1.0.0 dev.0.1"},
		"development builds alone":              {"1.0.0 1.1.0 dev.0.1 dev.0.2", registry.Retention{Last: 1, DevOnly: true}, "dev.0.1"},
		"of nothing but builds the latest stay": {"dev.0.1 dev.0.2", registry.Retention{Since: days(-1)}, "dev.0.1"},
		"nothing of nothing":                    {"", registry.Retention{Last: 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			releases := strings.Fields(test.releases)
			for i, version := range releases {
				r := registrytest.Release(t, "hello", version)
				r.PublishTime = days(len(releases) - 1 - i).Truncate(time.Second).Add(time.Second)
				if _, err := s.catalog.PutRelease(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := s.prune(t, s, test.keep, true, "hello"); got != test.pruned || err != nil {
				t.Errorf("would delete %q, %v; want %q", got, err, test.pruned)
			}
		})
	}
}

func TestPruneDeletesAsTheAdministrator(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.1.0", "2.0.0")
	keep := registry.Retention{Last: 1}
	if got, err := s.prune(t, s, keep, true, "hello"); got != "1.1.0 1.0.0" || err != nil || s.visible(t, "hello") != "2.0.0 1.1.0 1.0.0" {
		t.Errorf("a dry run: %q, %v; visible are %s", got, err, s.visible(t, "hello"))
	}
	if got, err := s.prune(t, s, keep, false, "hello"); got != "1.1.0 1.0.0" || err != nil {
		t.Errorf("deleted %q, %v", got, err)
	}
	if got := s.visible(t, "hello"); got != "2.0.0" {
		t.Errorf("visible are %s", got)
	}
	s.checkSettled(t, "hello")
	if got := s.recorded(t, "package/hello"); !strings.HasSuffix(got, "; admin: delete 1.1.0; admin: delete 1.0.0") {
		t.Errorf("recorded is %s", got)
	}
	if _, r, err := s.catalog.Release(t.Context(), "hello", registrytest.Version(t, "1.0.0"), registry.Full); err != nil || !r.Deleted {
		t.Errorf("the number is free again: %+v, %v", r, err)
	}
	if got, err := s.prune(t, s, keep, false, "hello"); got != "" || err != nil {
		t.Errorf("a second time: %q, %v", got, err)
	}
	_, err := s.prune(t, s, registry.Retention{DevOnly: true}, true, "hello")
	wantError(t, err, registry.Invalid, "what is to stay")
}

func TestPruneGoesOnAfterEachFailure(t *testing.T) {
	eachFailure(t, func(t *testing.T, f *failure) {
		s := newStore(t)
		s.publish(t, "hello", "dev", "dev", "1.0.0", "2.0.0")
		keep := registry.Retention{Last: 1}
		if _, err := s.failing(f).prune(t, s, keep, false, "hello"); f.happened != (err != nil) {
			t.Fatal(err)
		}
		s.checkServed(t, "hello")
		if _, err := s.prune(t, s, keep, false, "hello"); err != nil {
			t.Fatal(err)
		}
		if got := s.visible(t, "hello"); got != "2.0.0 dev.0.2" {
			t.Errorf("visible are %s", got)
		}
		s.checkSettled(t, "hello")
	})
}

// latestDeleted is a catalog in which a package's latest release is deleted
// while it is pruned.
type latestDeleted struct {
	registry.Catalog
	once func()
}

func (c *latestDeleted) Head(ctx context.Context, name string, f registry.Fields) (registry.Head, error) {
	if once := c.once; once != nil {
		c.once = nil
		once()
	}
	return c.Catalog.Head(ctx, name, f)
}

func TestWhatBecomesLatestMeanwhileStays(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.1.0", "2.0.0")
	racing := s
	racing.catalog = &latestDeleted{s.catalog, func() { s.delete(t, "hello", "2.0.0") }}
	if got, err := racing.prune(t, s, registry.Retention{Last: 1}, false, "hello"); got != "1.0.0" || err != nil {
		t.Errorf("deleted %q, %v", got, err)
	}
	if got := s.visible(t, "hello"); got != "1.1.0" {
		t.Errorf("visible are %s", got)
	}
	s.checkSettled(t, "hello")
}

func TestManyPackagesArePrunedAtOnce(t *testing.T) {
	s := newStore(t)
	var names, want []string
	for i := range 30 {
		name := fmt.Sprintf("hello-%02d", i)
		s.publish(t, name, "1.0.0", fmt.Sprintf("1.1.%d", i), "2.0.0")
		names, want = append(names, name), append(want, "1.0.0", fmt.Sprintf("1.1.%d", i))
	}
	got, err := s.prune(t, s, registry.Retention{Last: 1}, false, names...)
	if reported := strings.Fields(got); err != nil || !slices.Equal(slices.Sorted(slices.Values(reported)), slices.Sorted(slices.Values(want))) {
		t.Errorf("deleted %q, %v", got, err)
	}
	for _, name := range names {
		if got := s.visible(t, name); got != "2.0.0" {
			t.Errorf("%s: visible are %s", name, got)
		}
	}
}

func TestPruneEndsAtTheFirstError(t *testing.T) {
	s := newStore(t)
	p := registry.Pruning{Contents: memory.Contents{Catalog: s.catalog.(*memory.Catalog)}, Deleting: s.deleting()}
	broken := func(yield func(string, error) bool) {
		if yield("", errCrash) {
			t.Error("it goes on after an error")
		}
	}
	if err := p.Prune(t.Context(), as("admin"), broken, registry.Retention{Last: 1}, false, nil); !errors.Is(err, errCrash) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Prune(ctx, as("admin"), each([]string{"hello"}), registry.Retention{Last: 1}, false, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
