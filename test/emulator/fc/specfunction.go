package fc

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

func readFunction(resource string, values map[string]any, from *resolver, codeDir string) (*Function, error) {
	p := &props{where: "resource " + resource, values: values, from: from, errs: new([]error)}
	f := &Function{
		Name:        p.text("functionName", true),
		Runtime:     p.text("runtime", true),
		Env:         p.stringMap("environmentVariables"),
		Role:        p.text("role", false),
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
	case "timer":
		f.Timers = append(f.Timers, readTimerTrigger(p, config))
	default:
		p.fail("triggerType", "%s can't run here, only http, oss and timer", kind)
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

func readTimerTrigger(p, config *props) TimerTrigger {
	t := TimerTrigger{Name: p.text("triggerName", true), Payload: config.text("payload", false)}
	enabled, ok := config.value("enable").(bool)
	if t.Enabled = enabled; !ok {
		config.fail("enable", "must be true or false")
	}
	var err error
	if t.Schedule, err = ParseSchedule(config.text("cronExpression", true)); err != nil {
		config.fail("cronExpression", "%w", err)
	}
	return t
}
