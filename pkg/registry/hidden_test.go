package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// questions are all ways to ask for a package, and its deletion, with what
// stands for a version where there is one.
func questions() map[string]func(ctx context.Context, s store, user string, v registry.Viewer) error {
	type ask = func(ctx context.Context, s store, user string, v registry.Viewer) error
	all := map[string]ask{
		"latest": func(ctx context.Context, s store, _ string, v registry.Viewer) error {
			_, _, err := s.queries().Latest(ctx, v, "hello", registry.Full)
			return err
		},
		"page 1": func(ctx context.Context, s store, _ string, v registry.Viewer) error {
			_, _, _, err := s.queries().Page(ctx, v, "hello", 1, 2)
			return err
		},
		"page 2": func(ctx context.Context, s store, _ string, v registry.Viewer) error {
			_, _, _, err := s.queries().Page(ctx, v, "hello", 2, 2)
			return err
		},
	}
	wrong := map[string]string{"no": "", "a wrong": "1999999999.x", "another version's": tickets().Ticket("hello", "7.7.7")}
	// There are 1.0.0, 1.1.0, 2.0.0 (deleted) and dev.0.1.
	for _, tag := range []string{"1.0.0", "1.0.0+b", "2.0.0", "9.9.9", "dev.0.1", "dev.0.9", "^1", "^9", "*", "dev", "latest", "garbage"} {
		all["tag "+tag] = func(ctx context.Context, s store, _ string, v registry.Viewer) error {
			_, _, err := s.queries().Tag(ctx, v, "hello", tag, registry.Summary)
			return err
		}
		for name, ticket := range wrong {
			all["download "+tag+" with "+name+" ticket"] = func(ctx context.Context, s store, _ string, v registry.Viewer) error {
				_, _, err := s.downloads().URL(ctx, v, "hello", tag, ticket)
				return err
			}
			all["describe "+tag+" with "+name+" ticket"] = func(ctx context.Context, s store, _ string, v registry.Viewer) error {
				_, err := s.downloads().Describe(ctx, v, "hello", tag, ticket)
				return err
			}
			all["describe "+tag+" below simple with "+name+" ticket"] = func(ctx context.Context, s store, _ string, v registry.Viewer) error {
				_, err := s.wrapping().Describe(ctx, v, "hello", tag, ticket)
				return err
			}
			all["download "+tag+" below simple with "+name+" ticket"] = func(ctx context.Context, s store, _ string, v registry.Viewer) error {
				_, _, err := s.wrapping().URL(ctx, v, "hello", tag, ticket)
				return err
			}
		}
		if _, err := registry.ParseVersion(tag); err == nil {
			all["delete "+tag] = func(ctx context.Context, s store, user string, _ registry.Viewer) error {
				return s.deleting().Delete(ctx, as(user), "hello", tag)
			}
		}
	}
	return all
}

// A package that somebody may not see is answered like one that is not there:
// with the same words, after the same calls of the ports.
func TestAHiddenPackageIsLikeNone(t *testing.T) {
	none := newCompany(t)
	for _, visibility := range []registry.Visibility{registry.Organization, registry.Private} {
		hidden := hello(t, visibility)
		hidden.mustBring(t, "alice", of("hello", "2.0.0", company, visibility))
		hidden.mustBring(t, "alice", of("hello", "dev", company, visibility))
		hidden.delete(t, "hello", "2.0.0")
		strangers := []string{"", "bob"}
		if visibility == registry.Private {
			strangers = append(strangers, "mimi", "otto", "olga")
		}
		for name, question := range questions() {
			for _, user := range strangers {
				t.Run(strings.Join([]string{string(visibility), name, "by", user}, " "), func(t *testing.T) {
					answer, calls := asked(t, hidden, user, question)
					wantAnswer, wantCalls := asked(t, none, user, question)
					if answer != wantAnswer {
						t.Errorf("hidden:  %s\nmissing: %s", answer, wantAnswer)
					}
					if !slices.Equal(calls, wantCalls) {
						t.Errorf("calls when hidden  %v\ncalls when missing %v", calls, wantCalls)
					}
				})
			}
		}
		hidden.checkSettled(t, "hello")
	}
}

// asked returns the answer to a question and the calls that it took.
func asked(t *testing.T, s store, user string, question func(context.Context, store, string, registry.Viewer) error) (string, []string) {
	t.Helper()
	f := &failure{}
	viewer := func(context.Context) (name string, err error) {
		err = f.do("viewer", func() error { name = user; return nil })
		return name, err
	}
	err := question(t.Context(), s.failing(f), user, viewer)
	wantError(t, err, registry.NotFound)
	return err.Error(), f.names
}

// The other way round: with the right to see it, every question about what is
// there has an answer.
func TestWhatIsHiddenFromOthersIsShownToItsOwner(t *testing.T) {
	s := hello(t, registry.Private)
	for name, question := range questions() {
		there := name == "latest" || name == "page 1" || strings.HasPrefix(name, "tag 1.0.0") || strings.HasPrefix(name, "tag ^1")
		if !there || strings.Contains(name, "+b") {
			continue
		}
		if err := question(t.Context(), s, "alice", viewer("alice")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFailingStoreHidesNothingAndShowsNothing(t *testing.T) {
	for name, question := range questions() {
		if name == "tag garbage" || strings.HasPrefix(name, "download garbage") || strings.HasPrefix(name, "describe garbage") || strings.HasPrefix(name, "delete") {
			continue // no call is made, or only by who may
		}
		t.Run(name, func(t *testing.T) {
			s := hello(t, registry.Organization)
			for at := 1; ; at++ {
				f := &failure{at: at}
				who := func(context.Context) (string, error) { return "bob", f.do("viewer", func() error { return nil }) }
				err := question(t.Context(), s.failing(f), "bob", who)
				if !f.happened {
					wantError(t, err, registry.NotFound)
					return
				}
				wantError(t, err, registry.Internal, "crash")
			}
		})
	}
}
