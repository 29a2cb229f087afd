package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestPrune deletes old releases by scripts/admin: first dry, then for good.
func TestPrune(t *testing.T) {
	t.Parallel()
	r := start(t)
	for _, version := range []string{"1.0.0", "1.1.0", "2.0.0", "dev", "dev"} {
		r.publish(t, component("hello", version))
	}
	r.publish(t, component("other", "1.0.0"))
	r.publish(t, component("other", "1.1.0"))
	program, file := build(t, "admin"), filepath.Join(t.TempDir(), "ready.json")
	if err := r.Write(file); err != nil {
		t.Fatal(err)
	}
	prune := func(args ...string) (string, string, int) {
		return command(t, nil, program, append([]string{"-ready", file, "prune"}, args...)...)
	}
	releases := func(name string) string {
		var versions []string
		for _, one := range decode[[]release](t, r.get(t, "/"+name+"/releases")) {
			versions = append(versions, one.TagName)
		}
		return strings.Join(versions, " ")
	}
	const all = "2.0.0 1.1.0 1.0.0 dev.0.2 dev.0.1"

	stdout, stderr, code := prune("-keep-last", "1")
	if code != 0 || strings.Count(stdout, ": would be deleted\n") != 4 || releases("hello") != all {
		t.Errorf("a dry run: exit code %d, %s%s, releases %s", code, stdout, stderr, releases("hello"))
	}
	says(t, stdout, "4 releases would be deleted Run it again with -yes")
	if stdout, stderr, code := prune("-keep-last", "1", "-package", "hello", "-dev-only", "-yes"); code != 0 || releases("hello") != "2.0.0 1.1.0 1.0.0 dev.0.2" {
		t.Errorf("exit code %d, %s%s, releases %s", code, stdout, stderr, releases("hello"))
	}
	objects := len(r.objects(t))
	if stdout, stderr, code := prune("-keep-last", "1", "-yes"); code != 0 || releases("hello") != "2.0.0 dev.0.2" || releases("other") != "1.1.0" {
		t.Errorf("exit code %d, %s%s, releases %s and %s", code, stdout, stderr, releases("hello"), releases("other"))
	}
	if got := len(r.objects(t)); got != objects-3 {
		t.Errorf("%d objects were left of %d, want 3 fewer", got, objects)
	}
	if stdout, _, _ := prune("-newer-than", "90d", "-yes"); stdout != "0 releases deleted\n" {
		t.Errorf("all are newer than 90 days: %s", stdout)
	}
	events, _, _ := command(t, nil, program, "-ready", file, "audit", "-package", "hello", "-user", "admin")
	for _, version := range []string{"dev.0.1", "1.0.0", "1.1.0"} {
		says(t, events, "package/hello delete "+version)
	}
	fails(t, announcing, r.announce(t, r.Token, form(component("hello", "1.0.0"))), 409, "1.0.0")

	for _, c := range []struct{ args, words string }{
		{"", "say what is to stay: -keep-last 10, or -newer-than 90d"},
		{"-yes -dev-only", "say what is to stay"},
		{"-newer-than long", `-newer-than "long" is neither a date`},
		{"-keep-last 1 -package none", `package "none": There is no such package.`},
		{"-keep-last 1 -user ann", "prune takes no -user"},
	} {
		_, stderr, code := prune(strings.Fields(c.args)...)
		if code != 1 {
			t.Errorf("%s: exit code %d", c.args, code)
		}
		says(t, stderr, c.words)
	}
}
