package registry_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// company is an organization as real publish.yaml files name them.
const company = "示例 Serverless (FC)"

// newCompany returns a store with an organization: olga owns it, otto and alice
// maintain it, mimi and maria are members.
func newCompany(t *testing.T) store {
	t.Helper()
	s := newStore(t)
	if err := s.organizing().Create(t.Context(), as("admin"), company, "olga"); err != nil {
		t.Fatal(err)
	}
	for user, role := range map[string]registry.Role{
		"otto": registry.MaintainerRole, "alice": registry.MaintainerRole, "mimi": registry.Member, "maria": registry.Member,
	} {
		if err := s.organizing().SetRole(t.Context(), as("admin"), company, user, role); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// of is a submission of an organization's package.
func of(name, version, organization string, v registry.Visibility) registry.Submission {
	s := submission(name, version)
	s.Manifest.Organization, s.Manifest.Visibility = organization, v
	return s
}

// bring brings a submission all the way and returns the notes and an error of
// either step.
func (s store) bring(t testing.TB, by registry.Caller, sub registry.Submission) ([]string, error) {
	t.Helper()
	a, err := s.publishing().Announce(t.Context(), by, sub)
	if err != nil {
		return nil, err
	}
	id := uploadID(t, a.URL)
	s.objects.Put(registry.UploadKey(id), pluginZIP(sub.Name, sub.Version))
	o, err := s.ingesting().Ingest(t.Context(), id)
	if err == nil && !o.Released {
		t.Fatalf("announced, but rejected: %s", o.Reason)
	}
	return a.Notes, err
}

func (s store) mustBring(t testing.TB, user string, sub registry.Submission) []string {
	t.Helper()
	notes, err := s.bring(t, as(user), sub)
	if err != nil {
		t.Fatal(err)
	}
	return notes
}

// hello returns a company's package hello: 1.0.0 is alice's, who owns it, 1.1.0
// is maria's, who maintains it.
func hello(t *testing.T, v registry.Visibility) store {
	t.Helper()
	s := newCompany(t)
	s.mustBring(t, "alice", of("hello", "1.0.0", company, v))
	if err := s.managing().AddMaintainer(t.Context(), as("admin"), "hello", "maria"); err != nil {
		t.Fatal(err)
	}
	s.mustBring(t, "maria", of("hello", "1.1.0", company, v))
	return s
}

// sees tells whether a user finds a package, the same in every way of asking.
func (s store) sees(t testing.TB, user, name, version string) bool {
	t.Helper()
	_, _, latest := s.queries().Latest(t.Context(), viewer(user), name, registry.Full)
	_, _, tag := s.queries().Tag(t.Context(), viewer(user), name, version, registry.Full)
	_, _, within := s.queries().Tag(t.Context(), viewer(user), name, "*", registry.Full)
	_, _, _, page := s.queries().Page(t.Context(), viewer(user), name, 1, 10)
	_, _, download := s.downloads().URL(t.Context(), viewer(user), name, version, "")
	for _, err := range []error{latest, within, page, download} {
		if (err == nil) != (tag == nil) || (err != nil && registry.CodeOf(err) != registry.NotFound) {
			t.Fatalf("to %q: latest %v, tag %v, range %v, page %v, download %v", user, latest, tag, within, page, download)
		}
	}
	return tag == nil
}

// Each row: a user, and for Public, Organization and Private what comes of
// seeing (s), publishing (p), deleting 1.1.0 of maria (m) and 1.0.0 of alice (a).
// Small letters: it works. F is Forbidden, N is NotFound: as if there were no
// such package.
func rightsTable() map[string][3]string {
	return map[string][3]string{
		"alice": {"s p m a", "s p m a", "s p m a"}, // the package's owner
		"maria": {"s p m F", "s p m F", "s p m F"}, // its maintainer
		"olga":  {"s p m a", "s p m a", "N F N N"}, // the organization's owner
		"otto":  {"s p F F", "s p F F", "N F N N"}, // its maintainer
		"mimi":  {"s F F F", "s F F F", "N F N N"}, // its member
		"bob":   {"s F F F", "N F N N", "N F N N"}, // an outsider
		"Alice": {"s F F F", "N F N N", "N F N N"}, // users are told apart by case
		"":      {"s F F F", "N F N N", "N F N N"}, // nobody known
	}
}

func TestRights(t *testing.T) {
	for user, rows := range rightsTable() {
		for i, v := range []registry.Visibility{registry.Public, registry.Organization, registry.Private} {
			t.Run(string(v)+" to "+user, func(t *testing.T) {
				want := strings.Fields(rows[i])
				if got := hello(t, v).sees(t, user, "hello", "1.1.0"); got != (want[0] == "s") {
					t.Errorf("sees it: %t", got)
				}
				s := hello(t, v)
				_, err := s.bring(t, as(user), of("hello", "2.0.0", company, v))
				s.wantRight(t, user, want[1], "p", err)
				if err == nil && s.latest(t, "hello") != "2.0.0" {
					t.Errorf("published, but latest is %q", s.latest(t, "hello"))
				}
				for j, version := range []string{"1.1.0", "1.0.0"} {
					s := hello(t, v)
					err := s.deleting().Delete(t.Context(), as(user), "hello", version)
					s.wantRight(t, user, want[2+j], "ma"[j:j+1], err)
					if gone := !strings.Contains(s.visible(t, "hello"), version); gone != (err == nil) {
						t.Errorf("after delete of %s visible are %q, %v", version, s.visible(t, "hello"), err)
					}
				}
			})
		}
	}
}

// wantRight requires what a letter of rightsTable says. Who may not see the
// package is told nothing of it, but that the name is taken.
func (s store) wantRight(t *testing.T, user, want, good string, err error) {
	t.Helper()
	switch want {
	case good:
		if err != nil {
			t.Error(err)
		}
		return
	case "F":
		wantError(t, err, registry.Forbidden, `"hello"`, `"`+user+`"`)
	case "N":
		wantError(t, err, registry.NotFound, `"hello"`, "has no release")
	default:
		t.Fatalf("the table says %q", want)
	}
	if told := strings.Contains(err.Error(), `"alice"`); told && !s.sees(t, user, "hello", "1.0.0") {
		t.Errorf("%q may not see the package, and is told its owner: %v", user, err)
	}
	s.checkSettled(t, "hello")
}

func TestScopes(t *testing.T) {
	for text, want := range map[string]bool{
		"all": true, "publish:hello": true, "publish:other,HELLO": true,
		"read": false, "publish:other": false, "publish:hello2": false,
	} {
		scope, err := registry.ParseScope(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []registry.Visibility{registry.Public, registry.Organization, registry.Private} {
			t.Run(text+" of "+string(v), func(t *testing.T) {
				s := hello(t, v)
				by := as("alice")
				by.Token, by.Scope = "ci", scope
				_, published := s.bring(t, by, of("hello", "2.0.0", company, v))
				deleted := s.deleting().Delete(t.Context(), by, "hello", "1.0.0")
				for _, err := range []error{published, deleted} {
					if want && err != nil {
						t.Error(err)
					}
					if !want {
						wantError(t, err, registry.Forbidden, `token "ci"`, scope.String(), "publish:hello")
					}
				}
				s.checkSettled(t, "hello")
			})
		}
	}
}

// A token for publishing a package decides at first, and only then, who may see
// it.
func TestALimitedTokenDoesNotMoveAPackage(t *testing.T) {
	transitions(t, settings(), func(t *testing.T, from, to setting) {
		s := twoCompanies(t)
		by := as("alice")
		by.Token, by.Scope = "ci", registry.Scope{Limited: true, Packages: []string{"hello"}}
		if _, err := s.bring(t, by, of("hello", "1.0.0", from.organization, from.visibility)); err != nil {
			t.Fatal(err)
		}
		_, err := s.bring(t, by, of("hello", "2.0.0", to.organization, to.visibility))
		if from == to {
			if err != nil {
				t.Error(err)
			}
			return
		}
		wantError(t, err, registry.Forbidden, `token "ci"`, "publish:hello", "scope all")
		if got := s.shown(t, "1.0.0"); !slices.Equal(got, from.viewers()) {
			t.Errorf("1.0.0 is shown to %q", got)
		}
	})
}

// A token's scope gives no right that its user has not.
func TestAScopeIsNoRight(t *testing.T) {
	s := hello(t, registry.Private)
	by := as("bob")
	by.Scope = registry.Scope{Limited: true, Packages: []string{"hello"}}
	_, err := s.bring(t, by, of("hello", "2.0.0", company, registry.Private))
	wantError(t, err, registry.Forbidden, `"bob"`, "not among its maintainers")
	wantError(t, s.deleting().Delete(t.Context(), by, "hello", "1.0.0"), registry.NotFound)
}

func TestParseScope(t *testing.T) {
	for text, want := range map[string]string{
		"": "all", "all": "all", "read": "read", "publish:hello": "publish:hello", "publish:A,b.c": "publish:a,b.c",
	} {
		s, err := registry.ParseScope(text)
		if err != nil || s.String() != want {
			t.Errorf("%q is %q, %v; want %q", text, s, err, want)
		}
	}
	for _, text := range []string{"publish", "publish:", "publish:a,", "publish:a b", "publish:v3", "write", "All", " read", "publish:../a"} {
		_, err := registry.ParseScope(text)
		wantError(t, err, registry.Invalid)
	}
}

func TestRoles(t *testing.T) {
	for _, role := range []registry.Role{registry.Member, registry.MaintainerRole, registry.OwnerRole} {
		if got, err := registry.ParseRole(role.String()); err != nil || got != role {
			t.Errorf("%s is read as %s, %v", role, got, err)
		}
	}
	for _, text := range []string{"", "none", "Owner", "admin"} {
		_, err := registry.ParseRole(text)
		wantError(t, err, registry.Invalid, "member, maintainer or owner")
	}
}
