package fc

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

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

func readFunction(resource string, values map[string]any, from *resolver, codeDir string) (*Function, error) {
	p := &props{where: "resource " + resource, values: values, from: from, errs: new([]error)}
	f := &Function{
		Name:        p.text("functionName", true),
		Runtime:     p.text("runtime", true),
		Env:         p.stringMap("environmentVariables"),
		Timeout:     time.Duration(p.number("timeout", 3, 1, 86400)) * time.Second,
		MemorySize:  p.number("memorySize", 512, 128, 32768),
		Concurrency: p.number("instanceConcurrency", 1, 1, 200),
		CodeDir:     readCode(p, codeDir),
	}
	switch f.Runtime {
	case "":
	case "go1":
		readGo1(p, f)
	case "custom", "custom.debian10", "custom.debian11", "custom.debian12":
		f.Handler = p.text("handler", false)
		readCommand(p, f)
	default:
		p.fail("runtime", "%s can't run here, only go1 and custom runtimes", f.Runtime)
	}
	if hooks := p.group("instanceLifecycleConfig"); hooks != nil {
		f.Initializer, f.PreStop = readHook(hooks, "initializer"), readHook(hooks, "preStop")
	}
	for _, trigger := range p.groups("triggers") {
		readTrigger(trigger, f)
	}
	return f, p.err()
}

// readCode returns the folder with the function's code.
func readCode(p *props, codeDir string) string {
	from, name := p, "code"
	if _, detailed := p.values["code"].(map[string]any); detailed {
		from, name = p.group("code"), "src"
	}
	path := from.text(name, true)
	if path == "" {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(codeDir, path)
	}
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		from.fail(name, "%s is not a folder; build the function first", path)
	}
	return path
}

func readGo1(p *props, f *Function) {
	f.Handler = p.text("handler", true)
	if f.Concurrency != 1 {
		p.fail("instanceConcurrency", "is %d, but go1 serves one request at a time", f.Concurrency)
	}
	if f.Handler == "" || f.CodeDir == "" {
		return
	}
	binary := filepath.Join(f.CodeDir, f.Handler)
	if info, err := os.Stat(binary); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		p.fail("handler", "%s is not a program; build the function first", binary)
	}
}

// readCommand finds out what starts a custom runtime: by default the code's
// bootstrap. On the service the code is in /code.
func readCommand(p *props, f *Function) {
	f.Command = []string{"./bootstrap"}
	if config := p.group("customRuntimeConfig"); config != nil {
		if command := config.texts("command"); len(command) > 0 {
			f.Command = command
		}
		f.Command = append(f.Command, config.texts("args")...)
	}
	if inside, ok := strings.CutPrefix(f.Command[0], "/code/"); ok {
		f.Command[0] = "./" + inside
	}
	program := f.Command[0]
	if !strings.Contains(program, "/") || f.CodeDir == "" {
		return // looked up in PATH
	}
	if !filepath.IsAbs(program) {
		program = filepath.Join(f.CodeDir, program)
	}
	if info, err := os.Stat(program); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		p.fail("customRuntimeConfig", "command: %s is not a program; build the function first", program)
	}
}

func readHook(p *props, name string) *Hook {
	hook := p.group(name)
	if hook == nil {
		return nil
	}
	return &Hook{Timeout: time.Duration(hook.number("timeout", 3, 1, 300)) * time.Second}
}

func readTrigger(p *props, f *Function) {
	config := p.group("triggerConfig")
	if config == nil {
		if _, ok := p.values["triggerConfig"]; !ok {
			p.fail("triggerConfig", "is missing")
		}
		return
	}
	switch kind := p.text("triggerType", true); kind {
	case "":
	case "http":
		readHTTPTrigger(p, config, f)
	case "oss":
		f.OSS = append(f.OSS, readOSSTrigger(p, config))
	default:
		p.fail("triggerType", "%s can't run here, only http and oss", kind)
	}
}

func readHTTPTrigger(p, config *props, f *Function) {
	if f.HTTP != nil {
		p.fail("triggerType", "the function has another HTTP trigger")
	}
	if auth := config.text("authType", true); auth != "" && auth != "anonymous" {
		config.fail("authType", "%s can't be checked here, only anonymous", auth)
	}
	f.HTTP = &HTTPTrigger{Methods: config.texts("methods")}
	if len(f.HTTP.Methods) == 0 {
		config.fail("methods", "is missing or empty")
	}
}

// readOSSTrigger takes the bucket from the end of sourceArn,
// acs:oss:REGION:ACCOUNT:BUCKET.
func readOSSTrigger(p, config *props) OSSTrigger {
	var t OSSTrigger
	arn := p.text("sourceArn", true)
	if parts := strings.Split(arn, ":"); len(parts) == 5 && strings.HasPrefix(arn, "acs:oss:") && parts[4] != "" {
		t.Bucket = parts[4]
	} else if arn != "" {
		p.fail("sourceArn", "%s is not acs:oss:REGION:ACCOUNT:BUCKET", arn)
	}
	for _, event := range config.texts("events") {
		t.Events = append(t.Events, strings.TrimPrefix(event, "oss:"))
	}
	if len(t.Events) == 0 {
		config.fail("events", "is missing or empty")
	}
	if filter := config.group("filter"); filter != nil {
		if key := filter.group("key"); key != nil {
			t.Prefix, t.Suffix = key.text("prefix", false), key.text("suffix", false)
		}
	}
	return t
}
