package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
)

// TestCLIRights is how a team shares packages that are nobody else's business.
// Its steps follow from one another.
func TestCLIRights(t *testing.T) {
	t.Parallel()
	r := start(t)
	s := newTeam(t, r)
	for user, cli := range map[string]*cli{"bob": &s.bob, "mia": &s.mia, "max": &s.max} {
		*cli = r.cli(t, r.addUser(t, user))
	}
	t.Run("publish", func(t *testing.T) { testPublishToSome(t, s) })
	t.Run("an outsider", func(t *testing.T) { testOutsider(t, s) })
	t.Run("a member", func(t *testing.T) { testMember(t, s) })
	t.Run("a maintainer", func(t *testing.T) { testMaintainer(t, s) })
	t.Run("the owner", func(t *testing.T) { testOwner(t, s) })
	t.Run("tokens", func(t *testing.T) { testTokens(t, s) })
}

// team is dev, who owns the organization "the team", and people with the CLI.
type team struct {
	*registry
	admin, ready       string // the program, and its file
	dev, bob, mia, max cli
}

func newTeam(t *testing.T, r *registry) team {
	t.Helper()
	s := team{registry: r, admin: build(t, "admin"), ready: filepath.Join(t.TempDir(), "ready.json"), dev: r.cli(t, r.Token)}
	if err := r.Write(s.ready); err != nil {
		t.Fatal(err)
	}
	return s
}

const theTeam = "the team"

// shared is seen by the team, secret by its maintainers.
func shared(version string) map[string]string {
	return effective(component("shared", version), "Organization", theTeam)
}

func secret(version string) map[string]string {
	return effective(component("secret", version), "Private", theTeam)
}

// command runs scripts/admin, which must succeed, and returns what it prints.
func (s team) command(t *testing.T, args ...string) string {
	t.Helper()
	stdout, stderr, code := s.try(t, args...)
	if code != 0 || stderr != "" {
		t.Fatalf("admin %v: exit code %d\n%s%s", args, code, stdout, stderr)
	}
	return stdout
}

func (s team) try(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return command(t, nil, s.admin, append([]string{"-ready", s.ready}, args...)...)
}

// publishes runs s registry publish, which must succeed.
func (c cli) publishes(t *testing.T, what string, files map[string]string) {
	t.Helper()
	says(t, c.ok(t, folder(t, files), "registry", "publish"), "Publish package "+what+" success.")
}

func (c cli) cannotPublish(t *testing.T, words string, files map[string]string) {
	t.Helper()
	c.refused(t, words, folder(t, files), "registry", "publish")
}

// deploys runs s deploy with nothing cached; the component must say the words.
func (c cli) deploys(t *testing.T, component, words string) {
	t.Helper()
	says(t, c.fresh(t).ok(t, folder(t, deployment(component, "")), "deploy", "-y"), "said: "+words+" to you")
}

// cannotSee runs what shows a package.
func (c cli) cannotSee(t *testing.T, name string) {
	t.Helper()
	c.refused(t, `Package "`+name+`" is not in this registry. Check the name.`, c.home, "registry", "detail", "--package-name", name)
	c.fresh(t).refused(t, "Component or plugin "+name+" is not found", folder(t, deployment(name, "")), "deploy", "-y")
}

func testPublishToSome(t *testing.T, s team) {
	if notes := s.notes(t, s.Token, shared("1.0.0")); notes != `Organization "the team" is new; you own it.` {
		t.Errorf("notes %q", notes)
	}
	s.dev.publishes(t, "shared@1.0.0", shared("1.0.0"))
	s.dev.publishes(t, "secret@1.0.0", secret("1.0.0"))
	says(t, s.dev.ok(t, s.dev.home, "registry", "detail", "--package-name", "secret"), "tag_name: 1.0.0")
	s.dev.deploys(t, "secret", "secret 1.0.0")
}

// notes announces a release and returns what the answer says beside the address.
func (r *registry) notes(t *testing.T, token string, files map[string]string) string {
	t.Helper()
	return strings.Join(decode[envelope[struct{ Notes []string }]](t, r.announce(t, token, form(files))).Body.Notes, "|")
}

func testOutsider(t *testing.T, s team) {
	const taken = ` is taken, and you, "bob", are not among its maintainers. Publish under another name, or ask its owner to add you: admin package maintainer add `
	s.bob.cannotPublish(t, `Package name "shared"`+taken+"shared bob", shared("9.0.0"))
	s.bob.cannotPublish(t, `Package name "secret"`+taken+"secret bob", secret("9.0.0"))
	s.bob.cannotPublish(t, `Organization "the team" exists, and you, "bob", are not a maintainer of it. Ask dev for: admin org member add "the team" bob -role maintainer. Or change the line Organization in publish.yaml.`,
		effective(component("bobs", "1.0.0"), "Public", theTeam))
	s.bob.cannotSee(t, "shared")
	s.bob.cannotSee(t, "secret")
	s.bob.refused(t, `Package "secret" has no release "1.0.0" in this registry.`, s.bob.home, "registry", "delete", "--name", "secret", "--version-id", "1.0.0")
}

func testMember(t *testing.T, s team) {
	s.command(t, "org", "member", "add", theTeam, "mia")
	says(t, s.mia.ok(t, s.mia.home, "registry", "detail", "--package-name", "shared"), "tag_name: 1.0.0")
	s.mia.deploys(t, "shared", "shared 1.0.0")
	s.mia.deploys(t, "shared@^1", "shared 1.0.0")
	s.mia.cannotSee(t, "secret") // the organization is that of secret too
	s.mia.cannotPublish(t, `Package name "shared" is taken, and you, "mia", are not among its maintainers. It belongs to user "dev".`, shared("1.1.0"))

	t.Run("who maintains a private package", func(t *testing.T) {
		s.command(t, "package", "maintainer", "add", "secret", "mia")
		s.mia.deploys(t, "secret@1.0.0", "secret 1.0.0")
		s.mia.publishes(t, "secret@1.1.0", secret("1.1.0"))
	})
	t.Run("and does no more", func(t *testing.T) {
		s.command(t, "package", "maintainer", "remove", "secret", "mia")
		s.mia.cannotSee(t, "secret")
	})
}

func testMaintainer(t *testing.T, s team) {
	s.command(t, "org", "member", "add", "-role", "maintainer", theTeam, "max")
	s.max.publishes(t, "shared@1.1.0", shared("1.1.0"))
	s.max.publishes(t, "shared@1.1.1", shared("1.1.1"))
	s.mia.deploys(t, "shared", "shared 1.1.1")
	s.max.cannotPublish(t, `Package "shared" is Organization; only its owner, "dev", can publish it as Public. Set "Effective: Organization" in publish.yaml, or ask the owner to publish.`,
		effective(component("shared", "1.2.0"), "Public", theTeam))
	s.max.cannotPublish(t, `Package "shared" belongs to organization "the team"; only its owner, "dev", can publish it for "others".`,
		effective(component("shared", "1.2.0"), "Organization", "others"))
	says(t, s.max.ok(t, s.max.home, "registry", "delete", "--name", "shared", "--version-id", "1.1.1"), "Delete package shared@1.1.1 success.")
	s.max.refused(t, `You, "max", can't delete 1.0.0 of package "shared": its owner, "dev", can, and the maintainer who published it.`,
		s.max.home, "registry", "delete", "--name", "shared", "--version-id", "1.0.0")
}

func testOwner(t *testing.T, s team) {
	open := effective(component("shared", "2.0.0"), "Public", theTeam)
	if notes := s.notes(t, s.Token, open); notes != `Package "shared" becomes Public with this release; it was Organization.` {
		t.Errorf("notes %q", notes)
	}
	s.bob.cannotSee(t, "shared") // announced only
	s.dev.publishes(t, "shared@2.0.0", open)
	s.bob.deploys(t, "shared", "shared 2.0.0")
	s.dev.publishes(t, "shared@2.0.1", shared("2.0.1"))
	s.bob.cannotSee(t, "shared")
	s.mia.deploys(t, "shared", "shared 2.0.1")
}

func testTokens(t *testing.T, s team) {
	ci := s.cli(t, s.issue(t, "dev", "ci", "publish:shared", time.Time{}))
	t.Run("for one package", func(t *testing.T) {
		ci.publishes(t, "shared@3.0.0", shared("3.0.0"))
		ci.cannotPublish(t, `Your token "ci" may not change package "secret"; its scope is publish:shared. Use another token, or have one made with scope publish:secret.`, secret("3.0.0"))
		ci.cannotPublish(t, `Your token "ci" may not change package "fresh"; its scope is publish:shared.`, component("fresh", "1.0.0"))
		ci.refused(t, `Your token "ci" may not change package "secret"; its scope is publish:shared.`, ci.home, "registry", "delete", "--name", "secret", "--version-id", "1.0.0")
	})
	t.Run("that reads", func(t *testing.T) {
		reader := s.cli(t, s.issue(t, "dev", "reader", "read", time.Time{}))
		reader.deploys(t, "secret", "secret 1.1.0")
		reader.cannotPublish(t, `Your token "reader" may not change package "shared"; its scope is read.`, shared("4.0.0"))
	})
	t.Run("renewed, others stay", func(t *testing.T) {
		old := ci.fresh(t)
		ci.ok(t, ci.home, "registry", "login", "--retoken")
		s.knows(t, old.token(t), false)
		s.knows(t, ci.token(t), true)
		s.knows(t, s.Token, true)
		ci.publishes(t, "shared@3.1.0", shared("3.1.0"))
		ci.cannotPublish(t, `Your token "ci" may not change package "secret"`, secret("3.0.0")) // the scope goes on
	})
	t.Run("revoked", func(t *testing.T) {
		s.command(t, "user", "revoke", "dev", "ci")
		ci.cannotPublish(t, "The token is not valid (any more). Run: s registry login --token TOKEN", shared("3.2.0"))
		ci.cannotSee(t, "shared")
		s.knows(t, s.Token, true)
	})
	t.Run("expired", func(t *testing.T) {
		expired := s.cli(t, s.issue(t, "dev", "short", "all", time.Date(2020, 1, 31, 12, 0, 0, 0, time.UTC)))
		expired.cannotPublish(t, `Your token "short" ended on 2020-01-31T12:00:00Z. Ask the registry's administrator for a new one.`, shared("3.2.0"))
		expired.cannotSee(t, "shared")
	})
}

// TestClosedOrganizations runs a registry in which only the administrator
// creates organizations.
func TestClosedOrganizations(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const open = "ORGANIZATIONS: ${env('ORGANIZATIONS', 'open')}"
	if strings.Count(string(text), open) != 1 {
		t.Fatalf("s.yaml does not say %s", open)
	}
	dir := folder(t, map[string]string{"s.yaml": strings.Replace(string(text), open, "ORGANIZATIONS: closed", 1)})
	r, stop := startWith(t, local.Options{Addr: freeAddress(t), Spec: filepath.Join(dir, "s.yaml")})
	t.Cleanup(stop)
	s := newTeam(t, r)
	s.dev.cannotPublish(t, `There is no organization "the team", and in this registry only the administrator creates one: admin org add "the team" dev. Or change the line Organization in publish.yaml.`, shared("1.0.0"))
	s.command(t, "org", "add", theTeam, "dev")
	if notes := s.notes(t, s.Token, shared("1.0.0")); notes != "" {
		t.Errorf("notes %q", notes)
	}
	s.dev.publishes(t, "shared@1.0.0", shared("1.0.0"))
}
