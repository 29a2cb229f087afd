package fc

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Spec is what an s.yaml says about functions (component fc3); its variables
// are resolved by Start, when the addresses are known.
type Spec struct {
	path      string
	vars      map[string]any
	resources map[string]map[string]any // props by resource name
}

// ReadSpec reads an s.yaml. Resources of other components than fc3 are left
// out.
func ReadSpec(path string) (*Spec, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	var file struct {
		Edition   string         `yaml:"edition"`
		Vars      map[string]any `yaml:"vars"`
		Resources map[string]struct {
			Component string         `yaml:"component"`
			Props     map[string]any `yaml:"props"`
		} `yaml:"resources"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read spec %s: %w", path, err)
	}
	if file.Edition != "3.0.0" {
		return nil, fmt.Errorf("read spec %s: edition is %q, must be 3.0.0", path, file.Edition)
	}
	spec := &Spec{path: path, vars: file.Vars, resources: make(map[string]map[string]any)}
	for name, resource := range file.Resources {
		component, _, _ := strings.Cut(resource.Component, "@")
		switch {
		case component == "":
			return nil, fmt.Errorf("read spec %s: resource %s: component is missing", path, name)
		case component != "fc3":
		case resource.Props == nil:
			return nil, fmt.Errorf("read spec %s: resource %s: props is missing", path, name)
		default:
			spec.resources[name] = resource.Props
		}
	}
	if len(spec.resources) == 0 {
		return nil, fmt.Errorf("read spec %s: no resource of component fc3", path)
	}
	return spec, nil
}

// withHTTP names the resources that have an HTTP trigger, sorted.
func (s *Spec) withHTTP() []string {
	var names []string
	for name, values := range s.resources {
		triggers, _ := values["triggers"].([]any)
		if slices.ContainsFunc(triggers, func(t any) bool {
			trigger, _ := t.(map[string]any)
			return trigger["triggerType"] == "http"
		}) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// functions resolves the variables and returns the functions by resource name.
// The error tells everything that is wrong.
func (s *Spec) functions(codeDir string, env func(string) (string, bool), urls map[string]string) (map[string]*Function, error) {
	codeDir, err := filepath.Abs(codeDir)
	if err != nil {
		return nil, fmt.Errorf("code folder %s: %w", codeDir, err)
	}
	from := &resolver{vars: s.vars, env: env, urls: urls}
	functions := make(map[string]*Function)
	names := make(map[string]string)
	var errs []error
	for _, resource := range slices.Sorted(maps.Keys(s.resources)) {
		f, err := readFunction(resource, s.resources[resource], from, codeDir)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other, taken := names[f.Name]; taken {
			errs = append(errs, fmt.Errorf("resource %s: functionName: %s is taken by resource %s", resource, f.Name, other))
		}
		names[f.Name] = resource
		functions[resource] = f
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%s:\n%w", s.path, err)
	}
	return functions, nil
}
