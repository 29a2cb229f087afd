package fc

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// read reads a spec's text and resolves it with these variables.
func read(t *testing.T, text string, env map[string]string) (map[string]*Function, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	spec, err := ReadSpec(path)
	if err != nil {
		return nil, err
	}
	urls := make(map[string]string)
	for _, name := range spec.withHTTP() {
		urls[name] = "http://" + name
	}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	return spec.functions(programs, lookup, urls)
}

func TestSpecBecomesFunctions(t *testing.T) {
	got, err := read(t, `
edition: 3.0.0
name: registry
access: default
vars:
  region: cn-hangzhou
  memory: 256
  bucket: ${env('BUCKET', 'packages')}
  network: {port: 9000}
resources:
  domain:
    component: fc3-domain
    props: {domainName: auto}
  query:
    component: fc3
    props: &function
      region: ${vars.region}
      functionName: query-${env(STAGE, dev)}
      runtime: go1
      handler: go1
      code: ./.
      timeout: ${env('TIMEOUT', '10')}
      memorySize: ${vars.memory}
      environmentVariables:
        PLAIN: text
        NONE: ""
        BRACE: '${env(''NOT_SET'', ''{"a": "b}"}'')}'
        SELF: ${resources.query.info.url.system_url}/x
        INNER: ${resources.gateway.output.url.system_intranet_url}
        MIXED: a-${vars.bucket}-${vars.network.port}-${ env("STAGE") }
      instanceLifecycleConfig: {initializer: {handler: x, timeout: 5}}
      triggers:
        - {triggerName: http, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}
        - triggerName: oss
          triggerType: oss
          sourceArn: acs:oss:${vars.region}:123:${vars.bucket}
          triggerConfig: {events: ["oss:ObjectCreated:*"], filter: {key: {prefix: uploads/, suffix: .zip}}}
  gateway:
    component: fc3@0.1.22
    props:
      region: ${vars.region}
      functionName: gateway
      runtime: custom.debian10
      code: {src: .}
      instanceConcurrency: 100
      customRuntimeConfig: {command: [/code/custom], args: [-x], port: 9000}
      triggers: [{triggerName: http, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET, PUT]}}]
`, map[string]string{"STAGE": "test"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*Function{
		"query": {
			Name: "query-test", Runtime: "go1", Handler: "go1", CodeDir: programs,
			Timeout: 10 * time.Second, MemorySize: 256, Concurrency: 1,
			Env: map[string]string{
				"PLAIN": "text", "NONE": "", "BRACE": `{"a": "b}"}`, "SELF": "http://query/x", "INNER": "http://gateway",
				"MIXED": "a-packages-9000-test",
			},
			Initializer: &Hook{Timeout: 5 * time.Second},
			Triggers: Triggers{
				HTTP: &HTTPTrigger{Methods: []string{"GET"}},
				OSS:  []OSSTrigger{{Bucket: "packages", Events: []string{"ObjectCreated:*"}, Prefix: "uploads/", Suffix: ".zip"}},
			},
		},
		"gateway": {
			Name: "gateway", Runtime: "custom.debian10", CodeDir: programs, Command: []string{"./custom", "-x"},
			Timeout: 3 * time.Second, MemorySize: 512, Concurrency: 100,
			Triggers: Triggers{HTTP: &HTTPTrigger{Methods: []string{"GET", "PUT"}}},
		},
	}
	if !reflect.DeepEqual(got, want) {
		for name := range want {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got[name], want[name])
		}
	}
}

func TestSpecErrorsNameTheResourceAndTheProperty(t *testing.T) {
	const http = "triggers: [{triggerName: t, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}]"
	for name, test := range map[string]struct{ text, want string }{
		"not YAML":             {"edition: [", "read spec"},
		"edition":              {"edition: 1.0.0", `edition is "1.0.0"`},
		"nothing to run":       {"edition: 3.0.0\nresources: {d: {component: fc3-domain, props: {}}}", "no resource of component fc3"},
		"no component":         {"edition: 3.0.0\nresources: {f: {props: {}}}", "resource f: component is missing"},
		"no props":             {"edition: 3.0.0\nresources: {f: {component: fc3}}", "resource f: props is missing"},
		"no function name":     {strings.Replace(go1Spec(http), "functionName: function-f", "", 1), "resource f: functionName: is missing"},
		"no code":              {strings.Replace(go1Spec(http), "code: .", "", 1), "resource f: code: is missing"},
		"no code folder":       {strings.Replace(go1Spec(http), "code: .", "code: ./nowhere", 1), "nowhere is not a folder; build"},
		"no program":           {strings.Replace(go1Spec(http), "handler: go1", "handler: main", 1), "main is not a program; build"},
		"no custom program":    {strings.Replace(customSpec(http), "./custom", "./server", 1), "server is not a program; build"},
		"unknown runtime":      {strings.Replace(go1Spec(http), "runtime: go1", "runtime: php7.2", 1), "resource f: runtime: php7.2 can't run here"},
		"timeout":              {go1Spec("timeout: 0"), "resource f: timeout: must be a whole number from 1 to 86400, not 0"},
		"memory":               {go1Spec("memorySize: much"), "resource f: memorySize: must be a whole number"},
		"go1 concurrency":      {go1Spec("instanceConcurrency: 2"), "go1 serves one request at a time"},
		"number as variable":   {go1Spec("environmentVariables: {PORT: 80}"), "resource f: environmentVariables: PORT: must be a text, not 80"},
		"empty variable":       {go1Spec("environmentVariables: {PORT: }"), "resource f: environmentVariables: PORT: is empty"},
		"environment not set":  {go1Spec("environmentVariables: {A: \"${env('NOT_SET')}\"}"), "environmentVariables: A: ${env('NOT_SET')}: environment variable NOT_SET is not set"},
		"unknown var":          {go1Spec("environmentVariables: {A: '${vars.x}'}"), "A: ${vars.x}: vars has no x"},
		"unknown resource":     {go1Spec("environmentVariables: {A: '${resources.g.output.url.system_url}'}"), "resource g has no HTTP trigger"},
		"unknown expression":   {go1Spec("environmentVariables: {A: '${config(x)}'}"), "${config(x)}: not understood"},
		"open expression":      {go1Spec("environmentVariables: {A: '${vars.x'}"), "${ without }"},
		"circle":               {"vars: {x: '${vars.x}'}\n" + go1Spec("environmentVariables: {A: '${vars.x}'}"), "is there a circle?"},
		"group in a text":      {"vars: {x: {y: 1}}\n" + go1Spec("environmentVariables: {A: 'a${vars.x}'}"), "is not a text or a number"},
		"unknown trigger":      {go1Spec("triggers: [{triggerName: t, triggerType: log, triggerConfig: {}}]"), "resource f: triggers 0: triggerType: log can't run here"},
		"trigger config":       {go1Spec("triggers: [{triggerName: t, triggerType: http}]"), "triggers 0: triggerConfig: is missing"},
		"authentication":       {go1Spec(strings.Replace(http, "anonymous", "function", 1)), "authType: function can't be checked here"},
		"no methods":           {go1Spec(strings.Replace(http, "[GET]", "[]", 1)), "methods: is missing or empty"},
		"two HTTP triggers":    {go1Spec(strings.Replace(http, "]}}]", "]}}, {triggerName: u, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET]}}]", 1)), "has another HTTP trigger"},
		"no bucket":            {go1Spec("triggers: [{triggerName: t, triggerType: oss, sourceArn: 'acs:oss:r:1:', triggerConfig: {events: [x]}}]"), "is not acs:oss:REGION:ACCOUNT:BUCKET"},
		"no events":            {go1Spec("triggers: [{triggerName: t, triggerType: oss, sourceArn: 'acs:oss:r:1:b', triggerConfig: {}}]"), "events: is missing or empty"},
		"same function twice":  {strings.Replace(go1Spec(), "resources:", "resources:\n  e: {component: fc3, props: {functionName: function-f, runtime: go1, handler: go1, code: .}}", 1), "functionName: function-f is taken by resource e"},
		"list where one value": {strings.Replace(go1Spec(), "runtime: go1", "runtime: [go1]", 1), "runtime: must be a text"},
	} {
		if _, err := read(t, test.text, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, test.want)
		}
	}
}

func TestOneFunctionReachesAnotherByItsAddress(t *testing.T) {
	spec := strings.Replace(go1Spec("environmentVariables: {OTHER: '${resources.g.output.url.system_url}'}", httpTriggers), "resources:", `resources:
  g: {component: fc3, props: {functionName: g, runtime: go1, handler: go1, code: ., `+httpTriggers+`}}`, 1)
	c := start(t, spec)
	if env := get(t, c.URL("f")+"/env").body; !strings.Contains(env, "OTHER="+c.URL("g")+"\n") {
		t.Errorf("g is at %s, f got %s", c.URL("g"), env)
	}
	if c.URL("f") == c.URL("g") || c.URL("h") != "" {
		t.Errorf("addresses: %q %q %q", c.URL("f"), c.URL("g"), c.URL("h"))
	}
}

func TestHTTPTriggerListensWhereItIsTold(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + port
	c := start(t, go1Spec(httpTriggers), func(o *Options) { o.Listen = map[string]string{"f": address} })
	if c.URL("f") != "http://"+address || get(t, c.URL("f")+"/echo").status != 200 {
		t.Errorf("is at %s", c.URL("f"))
	}
}
