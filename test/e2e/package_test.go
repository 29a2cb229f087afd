package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// publishYAML is the least that the CLI takes.
func publishYAML(kind, name, version string) string {
	text := fmt.Sprintf(`Edition: 3.0.0
Type: %s
Name: %s
Provider: [Others]
Version: %s
Description: Made by a test
Category: Test
Service: {}
Effective: Public
Parameters: {}
`, kind, name, version)
	if kind == "Component" {
		text += "Commands: {deploy: Says hello}\n"
	}
	return text
}

// component says its name and version when it is deployed.
func component(name, version string) map[string]string {
	return componentSaying(name+" "+version, name, version)
}

func componentSaying(words, name, version string) map[string]string {
	return map[string]string{
		"publish.yaml": publishYAML("Component", name, version),
		"version.md":   "Notes of " + version,
		"readme.md":    "# " + name,
		"package.json": `{"name": "` + name + `", "main": "src/index.js"}`,
		"src/index.js": `module.exports = class {
  async deploy(inputs) { return { said: "` + words + ` to " + inputs.props.who }; }
};
`,
	}
}

// plugin adds its argument to a deployment's input.
func plugin(name, version string) map[string]string {
	return map[string]string{
		"publish.yaml": publishYAML("Plugin", name, version),
		"src/.keep":    "",
		"index.js": `module.exports = async (inputs, args) => {
  inputs.props.who += " and " + args.guest;
  return inputs;
};
`,
	}
}

func project(name, version string) map[string]string {
	return map[string]string{
		"publish.yaml":  publishYAML("Project", name, version),
		"src/s.yaml":    "edition: 3.0.0\nname: started\nresources:\n  hello:\n    component: hello\n    props: {who: starters}\n",
		"src/readme.md": "Begin here.\n",
	}
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// folder writes a package's files into a folder of their own.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, files)
	return dir
}

// pack makes a ZIP.
func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	zip, err := packed(files)
	if err != nil {
		t.Fatal(err)
	}
	return zip
}

func packed(files map[string]string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return registrytest.Canonical(b.Bytes()), err
}
