// Package rules holds the tests of how the code is put together.
package rules

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/fc-registry/fc-registry/"

// allowed says which packages of the project each of pkg may import, in order
// from the domain outwards. Imports run one way: adapters and dialects know the
// domain and never each other; app alone knows all.
func allowed() map[string][]string {
	return map[string][]string{
		"pkg/registry":    {},
		"pkg/credentials": {},
		"pkg/outbound":    {},
		"pkg/policy":      {},
		"pkg/trace":       {},
		"pkg/zipfile":     {},

		"pkg/archive":  {"pkg/registry"},
		"pkg/identity": {"pkg/registry", "pkg/trace"},
		"pkg/manifest": {"pkg/registry", "pkg/zipfile"},
		"pkg/form":     {"pkg/manifest", "pkg/registry"},
		"pkg/respond":  {"pkg/registry", "pkg/trace"},
		"pkg/route":    {"pkg/registry", "pkg/trace"},
		"pkg/shelf":    {"pkg/registry"},

		"pkg/upstream": {"pkg/outbound", "pkg/registry"},

		"pkg/memory":     {"pkg/identity", "pkg/registry"},
		"pkg/oss":        {"pkg/credentials", "pkg/registry", "pkg/trace"},
		"pkg/tablestore": {"pkg/credentials", "pkg/identity", "pkg/registry", "pkg/trace"},

		"pkg/devs":   {"pkg/form", "pkg/identity", "pkg/registry", "pkg/respond", "pkg/trace"},
		"pkg/ingest": {"pkg/registry", "pkg/respond", "pkg/trace"},
		"pkg/mirror": {"pkg/identity", "pkg/registry", "pkg/respond", "pkg/trace"},
		"pkg/simple": {"pkg/form", "pkg/identity", "pkg/registry", "pkg/respond", "pkg/trace"},
		"pkg/srm":    {"pkg/identity", "pkg/registry", "pkg/respond"},

		"pkg/zipball": {"pkg/identity", "pkg/registry", "pkg/respond"},

		"pkg/config":  {"pkg/credentials", "pkg/identity"},
		"pkg/fcrun":   {"pkg/credentials", "pkg/respond", "pkg/trace"},
		"pkg/doctor":  {"pkg/route"},
		"pkg/gateway": {"pkg/registry", "pkg/respond", "pkg/route"},

		"pkg/webhook": {"pkg/outbound", "pkg/registry"},

		"pkg/markdown": {},
		"pkg/web":      {"pkg/identity", "pkg/manifest", "pkg/markdown", "pkg/registry", "pkg/respond"},

		"pkg/registrytest": {"pkg/identity", "pkg/registry", "pkg/zipfile"},
	}
}

// imports returns each package of the project below a folder with those of the
// project that it imports: directly, or with -deps, all of them.
func imports(t *testing.T, folder string, field string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join ."+field+" \" \"}}", "./"+folder+"/...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", folder, err)
	}
	found := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], module)
		found[name] = []string{}
		for _, imported := range words[1:] {
			if own, ok := strings.CutPrefix(imported, module); ok {
				found[name] = append(found[name], own)
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("no packages below %s", folder)
	}
	return found
}

func TestImportsOfPkgRunOneWay(t *testing.T) {
	rules := allowed()
	for name, imported := range imports(t, "pkg", "Imports") {
		if name == "pkg/app" {
			continue
		}
		may, ok := rules[name]
		if !ok {
			t.Errorf("%s has no rule: say here what it may import", name)
		}
		for _, i := range imported {
			if !slices.Contains(may, i) {
				t.Errorf("%s imports %s; it may import %v", name, i, may)
			}
		}
	}
}

func TestFunctionsKnowTheAppOnly(t *testing.T) {
	for name, imported := range imports(t, "functions", "Imports") {
		if !slices.Equal(imported, []string{"pkg/app"}) {
			t.Errorf("%s imports %v, want pkg/app alone", name, imported)
		}
	}
}

func TestEmulatorsNeverDependOnPkg(t *testing.T) {
	for name, imported := range imports(t, "test/emulator", "Deps") {
		for _, i := range imported {
			if !strings.HasPrefix(i, "test/emulator/") {
				t.Errorf("%s depends on %s: one misunderstanding could hide in both", name, i)
			}
		}
	}
}

func TestDeployedCodeNeverDependsOnTests(t *testing.T) {
	for name, imported := range imports(t, "functions", "Deps") {
		for _, i := range imported {
			if strings.HasPrefix(i, "test/") || i == "pkg/registrytest" || i == "pkg/memory" {
				t.Errorf("%s links %s, which is for tests", name, i)
			}
		}
	}
}
