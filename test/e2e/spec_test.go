package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// spec is the part of an s.yaml that is checked.
type spec struct {
	Edition   string
	Access    string
	Resources map[string]struct {
		Component string
		Props     map[string]any
	}
}

func readSpec(t *testing.T, text []byte) spec {
	t.Helper()
	var s spec
	if err := yaml.Unmarshal(text, &s); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return s
}

// TestSpec checks s.yaml as it is written, and as the CLI resolves it.
// FC3_SCHEMA may name the JSON schema of component fc3's props.
func TestSpec(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "s.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(s spec) func(*testing.T) {
		return func(t *testing.T) {
			checkSpec(t, s)
			if path := os.Getenv("FC3_SCHEMA"); path != "" {
				for name, r := range s.Resources {
					validate(t, path, name, r.Props)
				}
			}
		}
	}
	t.Run("as written", check(readSpec(t, text)))
	t.Run("as the CLI resolves it", check(readSpec(t, preview(t))))
}

// preview is what the CLI makes of s.yaml. Addresses of functions are known
// only when these are deployed, and stay variables.
func preview(t *testing.T) []byte {
	t.Helper()
	s := newCLI(t)
	for _, name := range []string{
		"ACCOUNT_ID", "REGISTRY_URL", "MASTER_KEY", "TABLESTORE_ENDPOINT",
		"TABLESTORE_INSTANCE", "OSS_ENDPOINT", "OSS_PUBLIC_ENDPOINT", "OSS_BUCKET",
	} {
		s.env = append(s.env, name+"=value-of-"+name)
	}
	text := s.ok(t, root, "preview")
	for _, variable := range []string{"${env", "${vars"} {
		if strings.Contains(text, variable) {
			t.Errorf("not resolved: %s", variable)
		}
	}
	return []byte(text[strings.Index(text, "edition:"):])
}

// checkSpec checks what holds without the schema.
func checkSpec(t *testing.T, s spec) {
	t.Helper()
	if s.Edition != "3.0.0" {
		t.Errorf("edition %q", s.Edition)
	}
	if s.Access == "" || strings.Contains(s.Access, "$") {
		t.Errorf("access %q: the CLI resolves no variables there", s.Access)
	}
	folders, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if _, ok := s.Resources[f.Name()]; !ok {
			t.Errorf("functions/%s is not deployed", f.Name())
		}
	}
	for name, r := range s.Resources {
		if r.Component != "fc3" {
			t.Errorf("%s: component %q, want fc3", name, r.Component)
		}
		for _, err := range wrong(r.Props) {
			t.Errorf("%s: %s", name, err)
		}
	}
}

// wrong lists the properties that are missing or have the wrong type.
func wrong(props map[string]any) []string {
	var list []string
	for _, property := range []string{"functionName", "region", "runtime", "handler", "code"} {
		if value, ok := props[property].(string); !ok || value == "" {
			list = append(list, fmt.Sprintf("%s is %v, want a text", property, props[property]))
		}
	}
	if runtime := props["runtime"]; !slices.Contains([]any{"go1", "custom.debian10"}, runtime) {
		list = append(list, fmt.Sprintf("runtime %v is not known", runtime))
	}
	for _, property := range []string{"memorySize", "diskSize", "timeout", "instanceConcurrency"} {
		if _, ok := props[property].(int); !ok {
			list = append(list, fmt.Sprintf("%s is %v, want a whole number", property, props[property]))
		}
	}
	variables, _ := props["environmentVariables"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		if value, ok := variables[name].(string); !ok || value == "" {
			list = append(list, fmt.Sprintf("environment variable %s is %v, want a text", name, variables[name]))
		}
	}
	if triggers, ok := props["triggers"].([]any); !ok || len(triggers) == 0 {
		list = append(list, "triggers are missing: nothing calls the function")
	}
	return list
}

// validate checks a resource's properties by the JSON schema of its component.
func validate(t *testing.T, path, name string, props map[string]any) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(props); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
