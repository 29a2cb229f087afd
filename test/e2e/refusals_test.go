package e2e

import (
	"strings"
	"testing"
)

// testRefusals shows what a person reads who is refused.
func testRefusals(t *testing.T, r *registry, s cli) {
	const noLogin = "You are not logged in. Run: s registry login --token TOKEN, with the token that the registry's administrator gave you."
	publish := func(files map[string]string, words string, who cli) func(*testing.T) {
		return func(t *testing.T) { who.refused(t, words, folder(t, files), "registry", "publish") }
	}
	nobody, eve := r.cli(t, ""), r.cli(t, r.addUser(t, "eve"))

	t.Run("publish without a token", publish(component("mine", "1.0.0"), noLogin, nobody))
	t.Run("delete without a token", func(t *testing.T) {
		nobody.refused(t, noLogin, nobody.home, "registry", "delete", "--name", "hello", "--version-id", "1.0.0")
	})
	t.Run("publish a foreign package", publish(component("hello", "3.0.0"),
		`Package name "hello" is taken, and you, "eve", are not among its maintainers. It belongs to user "dev". Publish under another name, or ask its owner to add you: admin package maintainer add hello eve`, eve))
	t.Run("delete a foreign release", func(t *testing.T) {
		eve.refused(t, `You, "eve", can't delete 1.0.0 of package "hello": its owner, "dev", can, and the maintainer who published it.`,
			eve.home, "registry", "delete", "--name", "hello", "--version-id", "1.0.0")
	})
	t.Run("publish a used version", publish(component("hello", "1.0.0"),
		`Version 1.0.0 of "hello" is published already and can't be changed. Raise Version in publish.yaml.`, s))
	unnamed := component("secret", "1.0.0")
	unnamed["publish.yaml"] = strings.Replace(unnamed["publish.yaml"], "Effective: Public", "Effective: Organization", 1)
	t.Run("publish for an organization without naming it", publish(unnamed,
		`Effective is Organization, but no Organization is named in publish.yaml. Name one, or set Effective to Public or Private.`, s))
	t.Run("publish under a reserved name", publish(component("v3", "1.0.0"),
		`Name "v3" is reserved: the registry uses this path itself. Choose another name.`, s))
	t.Run("publish a version out of rule", publish(component("hello", "v-one"), `Version "v-one"`, s))
	t.Run("detail of an unknown package", func(t *testing.T) {
		s.refused(t, `Package "stranger" is not in this registry. Check the name.`, s.home, "registry", "detail", "--package-name", "stranger")
	})
}

func testDelete(t *testing.T, s cli) {
	text := s.ok(t, s.home, "registry", "delete", "--name", "hello", "--version-id", "2.0.0")
	says(t, text, "Delete package hello@2.0.0 success.")

	t.Run("is in no list any more", func(t *testing.T) {
		text := s.ok(t, s.home, "registry", "detail", "--package-name", "hello")
		if got := field(text, "tag_name"); strings.Join(got, " ") != "1.2.0 1.0.0 dev.0.2 dev.0.1" {
			t.Errorf("tag_name: %v", got)
		}
	})
	t.Run("is not the latest any more", func(t *testing.T) {
		says(t, s.fresh(t).ok(t, folder(t, deployment("hello", "")), "deploy", "-y"), "said: hello 1.2.0 to you")
	})
	t.Run("can't be deployed by its number", func(t *testing.T) {
		s.fresh(t).refused(t, "Component or plugin hello@2.0.0 is not found", folder(t, deployment("hello@2.0.0", "")), "deploy", "-y")
	})
	t.Run("its number is never used again", func(t *testing.T) {
		s.refused(t, `Version 2.0.0 of "hello" was published and deleted; its number can't be used again. Raise Version in publish.yaml.`,
			folder(t, component("hello", "2.0.0")), "registry", "publish")
	})
	t.Run("can't be deleted twice", func(t *testing.T) {
		s.refused(t, `Package "hello" has no release "2.0.0" in this registry.`, s.home, "registry", "delete", "--name", "hello", "--version-id", "2.0.0")
	})
}

func testRetoken(t *testing.T, s cli) {
	old := s.fresh(t)
	s.ok(t, s.home, "registry", "login", "--retoken")
	if s.token(t) == old.token(t) {
		t.Fatal("the token is the same as before")
	}
	t.Run("the old token is dead", func(t *testing.T) {
		old.refused(t, "The token is not valid (any more). Run: s registry login --token TOKEN, with the token that the registry's administrator gave you.",
			folder(t, component("hello", "2.1.0")), "registry", "publish")
	})
	t.Run("the new token works", func(t *testing.T) {
		says(t, s.ok(t, folder(t, component("hello", "2.1.0")), "registry", "publish"), "Publish package hello@2.1.0 success.")
	})
}
