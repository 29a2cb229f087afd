package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCLI is a day with the registry. Its steps follow from one another.
func TestCLI(t *testing.T) {
	t.Parallel()
	testDay(t, start(t))
}

// testDay takes a registry that is new; its token is that of user dev.
func testDay(t *testing.T, r *registry) {
	s := newCLI(t)
	t.Run("set registry", func(t *testing.T) {
		says(t, s.ok(t, s.home, "set", "registry", r.V3), "Set registry to "+r.V3+" successfully.")
	})
	t.Run("login by token", func(t *testing.T) {
		s.ok(t, s.home, "registry", "login", "--token", r.Token)
		if got := s.token(t); got != r.Token {
			t.Errorf("the CLI keeps %q, want the token", got)
		}
	})
	t.Run("publish", func(t *testing.T) { testPublish(t, s) })
	t.Run("detail", func(t *testing.T) { testDetail(t, s, r.Registry) })
	t.Run("deploy", func(t *testing.T) { testDeploy(t, s) })
	t.Run("init", func(t *testing.T) { testInit(t, s, r.Registry) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, r, s) })
	t.Run("delete", func(t *testing.T) { testDelete(t, s) })
	t.Run("retoken", func(t *testing.T) { testRetoken(t, s) })
}

func testPublish(t *testing.T, s cli) {
	for _, p := range []struct {
		test, success string
		files         map[string]string
	}{
		{"a component", "hello@1.0.0", component("hello", "1.0.0")},
		{"a higher version", "hello@2.0.0", component("hello", "2.0.0")},
		{"a version between", "hello@1.2.0", component("hello", "1.2.0")},
		{"a plugin", "guests@0.3.0", plugin("guests", "0.3.0")},
		{"a project", "starter@0.1.0", project("starter", "0.1.0")},
		{"dev", "hello@dev", componentSaying("first try", "hello", "dev")},
		{"dev again", "hello@dev", componentSaying("second try", "hello", "dev")},
	} {
		t.Run(p.test, func(t *testing.T) {
			text := s.ok(t, folder(t, p.files), "registry", "publish")
			says(t, text, "Publish package "+p.success+" success.")
		})
	}
}

// testDetail looks for the releases, highest first, as the CLI prints them.
func testDetail(t *testing.T, s cli, registry string) {
	text := s.ok(t, s.home, "registry", "detail", "--package-name", "hello")
	if got := field(text, "tag_name"); strings.Join(got, " ") != "2.0.0 1.2.0 1.0.0 dev.0.2 dev.0.1" {
		t.Errorf("tag_name: %v", got)
	}
	says(t, text, "zipball_url: "+registry+"/hello/zipball/1.2.0")
	says(t, text, "body: Notes of 1.2.0")
	for name, form := range map[string]string{"created_at": `^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, "size": `^\d{3}$`, "sha256": `^[0-9a-f]{64}$`} {
		values := field(text, name)
		if len(values) != 5 {
			t.Errorf("%s: %d values, want 5\n%s", name, len(values), text)
		}
		for _, v := range values {
			matches(t, name, v, form)
		}
	}
}

func testDeploy(t *testing.T, s cli) {
	for _, d := range []struct{ component, said, version string }{
		{"hello", "hello 2.0.0", "2.0.0"},
		{"hello@1.0.0", "hello 1.0.0", "1.0.0"},
		{"hello@^1", "hello 1.2.0", "1.2.0"},
		{"hello@dev", "second try", "dev.0.2"},
		{"hello@latest", "hello 2.0.0", "2.0.0"},
	} {
		t.Run(d.component, func(t *testing.T) {
			text := s.fresh(t).ok(t, folder(t, deployment(d.component, "")), "deploy", "-y")
			says(t, text, "Downloading[/hello/zipball/"+d.version+"]...")
			says(t, text, "Download "+d.component+" successfully")
			says(t, text, "said: "+d.said+" to you")
		})
	}
	t.Run("with a plugin", func(t *testing.T) {
		text := s.fresh(t).ok(t, folder(t, deployment("hello", `
    actions:
      pre-deploy:
        - plugin: guests
          args: {guest: her}`)), "deploy", "-y")
		says(t, text, "Download guests successfully")
		says(t, text, "said: hello 2.0.0 to you and her")
	})
	t.Run("an unknown component", func(t *testing.T) {
		s.refused(t, "Component or plugin stranger is not found", folder(t, deployment("stranger", "")), "deploy", "-y")
	})
	t.Run("a range that nothing is in", func(t *testing.T) {
		s.refused(t, "Component or plugin hello@^7 is not found", folder(t, deployment("hello@^7", "")), "deploy", "-y")
	})
}

// deployment is an s.yaml that deploys with a component.
func deployment(component, more string) map[string]string {
	return map[string]string{"s.yaml": `edition: 3.0.0
name: party
resources:
  host:
    component: ` + component + more + `
    props: {who: you}
`}
}

func testInit(t *testing.T, s cli, registry string) {
	dir := t.TempDir()
	text := s.ok(t, dir, "init", "--uri", registry+"/starter/zipball/0.1.0", "-y", "-d", "begun")
	says(t, text, "Downloading[/starter/zipball/0.1.0]...")
	says(t, text, "You could [cd "+filepath.Join(dir, "begun")+"] and enjoy your serverless journey!")
	got, err := os.ReadFile(filepath.Join(dir, "begun", "readme.md"))
	if err != nil || string(got) != project("starter", "0.1.0")["src/readme.md"] {
		t.Errorf("begun/readme.md: %q, %v", got, err)
	}
	// The project that was begun deploys, with a component of this registry.
	says(t, s.fresh(t).ok(t, filepath.Join(dir, "begun"), "deploy", "-y"), "said: hello 2.0.0 to starters")
}
