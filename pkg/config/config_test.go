package config_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/config"
	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/identity"
)

// key is a master key of n bytes, as the environment has it.
func key(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }

// complete is an environment that lacks nothing.
func complete() map[string]string {
	return map[string]string{
		"REGISTRY_URL":                    "https://registry.example.com/",
		"TABLESTORE_ENDPOINT":             "https://i.cn-hangzhou.vpc.tablestore.aliyuncs.com",
		"TABLESTORE_INSTANCE":             "i",
		"OSS_ENDPOINT":                    "https://oss-cn-hangzhou-internal.aliyuncs.com",
		"OSS_PUBLIC_ENDPOINT":             "http://127.0.0.1:9001/oss",
		"OSS_REGION":                      "cn-hangzhou",
		"OSS_BUCKET":                      "b",
		"MASTER_KEY":                      key(identity.MinKey),
		"INGEST_URL":                      "https://ingest.example.com/callback?x=1",
		"ALIBABA_CLOUD_ACCESS_KEY_ID":     "LTAI",
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET": "s",
		"QUERY_LATEST_URL":                "https://a.fcapp.run",
		"DOWNLOAD_URL":                    "http://127.0.0.1:9002",
	}
}

func read(env map[string]string) (config.Config, error) {
	return config.Read(func(name string) string { return env[name] },
		config.Address, config.Tables, config.Bucket, config.Key, config.Callback, config.AccessKey,
		config.Functions([]string{"query-latest", "download"}))
}

func TestACompleteEnvironment(t *testing.T) {
	env := complete()
	env["ALIBABA_CLOUD_SECURITY_TOKEN"] = "t"
	got, err := read(env)
	want := config.Config{
		RegistryURL: "https://registry.example.com",
		MasterKey:   make(identity.Key, identity.MinKey),
		IngestURL:   "https://ingest.example.com/callback?x=1",
		Tablestore:  config.Tablestore{Endpoint: "https://i.cn-hangzhou.vpc.tablestore.aliyuncs.com", Instance: "i"},
		OSS: config.OSS{
			Endpoint: "https://oss-cn-hangzhou-internal.aliyuncs.com", PublicEndpoint: "http://127.0.0.1:9001/oss",
			Region: "cn-hangzhou", Bucket: "b",
		},
		AccessKey: credentials.Credentials{AccessKeyID: "LTAI", AccessKeySecret: "s", SecurityToken: "t"},
		Functions: map[string]string{"query-latest": "https://a.fcapp.run", "download": "http://127.0.0.1:9002"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestEachMissingVariableIsNamed(t *testing.T) {
	for name := range complete() {
		t.Run(name, func(t *testing.T) {
			env := complete()
			delete(env, name)
			_, err := read(env)
			if want := "environment variable " + name + " is missing"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestEverythingThatIsWrongIsNamedAtOnce(t *testing.T) {
	_, err := read(map[string]string{"MASTER_KEY": "short", "OSS_ENDPOINT": "oss"})
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	for _, name := range slices.Sorted(maps.Keys(complete())) {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.Contains(line, name) })); n != 1 {
			t.Errorf("%s is named %d times in:\n%v", name, n, err)
		}
	}
	if len(lines) != len(complete()) {
		t.Errorf("%d lines, want %d:\n%v", len(lines), len(complete()), err)
	}
}

func TestVariablesThatAreNotAskedForMayBeWrong(t *testing.T) {
	env := map[string]string{"TABLESTORE_ENDPOINT": "http://127.0.0.1:1", "TABLESTORE_INSTANCE": "i", "MASTER_KEY": "short"}
	if _, err := config.Read(func(name string) string { return env[name] }, config.Tables); err != nil {
		t.Error(err)
	}
}

func TestMalformedVariablesAreNamed(t *testing.T) {
	const alone, noURL = "must be a scheme and a host alone", "is not a URL like https://host"
	tests := map[string]struct{ variable, value, words string }{
		"no scheme":               {"TABLESTORE_ENDPOINT", "i.cn-hangzhou.tablestore.aliyuncs.com", noURL},
		"another scheme":          {"OSS_ENDPOINT", "ftp://oss", noURL},
		"no host":                 {"OSS_PUBLIC_ENDPOINT", "https://", noURL},
		"a path only":             {"INGEST_URL", "/ingest", noURL},
		"a broken escape":         {"INGEST_URL", "https://h/%zz", noURL},
		"a blank in the host":     {"REGISTRY_URL", "https://a b", noURL},
		"an origin with path":     {"REGISTRY_URL", "https://h/v3", alone},
		"an origin with slashes":  {"REGISTRY_URL", "https://h//", alone},
		"an origin with query":    {"QUERY_LATEST_URL", "https://h?x=1", alone},
		"an origin with fragment": {"REGISTRY_URL", "https://h#x", alone},
		"an origin with user":     {"DOWNLOAD_URL", "https://u:p@h", alone},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			env := complete()
			env[test.variable] = test.value
			_, err := read(env)
			if err == nil || !strings.Contains(err.Error(), test.variable+`="`) || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v, want %s to be named, and %q", err, test.variable, test.words)
			}
		})
	}
}

func TestOrganizationsAreOpenUnlessClosed(t *testing.T) {
	for value, want := range map[string]string{
		"": "false, <nil>", "open": "false, <nil>", "closed": "true, <nil>",
		"Closed": `false, environment variable ORGANIZATIONS="Closed" must be open or closed`,
	} {
		c, err := config.Read(func(string) string { return value }, config.Organizations)
		if got := fmt.Sprintf("%v, %v", c.ClosedOrganizations, err); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}

func TestTheMasterKeyIsLongEnough(t *testing.T) {
	tests := map[string]struct {
		value string
		ok    bool
	}{
		"just long enough":    {key(identity.MinKey), true},
		"longer":              {key(2 * identity.MinKey), true},
		"with a line break":   {key(identity.MinKey) + "\n", true},
		"too short":           {key(identity.MinKey - 1), false},
		"without padding":     {strings.TrimRight(key(identity.MinKey), "="), false},
		"no base64":           {strings.Repeat("*", 64), false},
		"of another alphabet": {strings.Repeat("_", 64), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			env := complete()
			env["MASTER_KEY"] = test.value
			c, err := read(env)
			if test.ok {
				if err != nil || len(c.MasterKey) < identity.MinKey {
					t.Errorf("a key of %d bytes, %v", len(c.MasterKey), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "MASTER_KEY must be the base64 of at least 32 random bytes; make one with: openssl rand -base64 32") {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), test.value) || len(c.MasterKey) > 0 {
				t.Errorf("the value is told, or used: %v, %d bytes", err, len(c.MasterKey))
			}
		})
	}
}

func TestWebhookHosts(t *testing.T) {
	for text, want := range map[string][]string{
		"": {}, "none": {}, "localhost": {"localhost"}, "a.example, 10.0.0.1:8080 [::1]:1,": {"a.example", "10.0.0.1:8080", "[::1]:1"},
		"https://a.example": nil, "a.example/path": nil, "a@b": nil, "a:b": nil,
	} {
		env := map[string]string{"WEBHOOK_HOSTS": text}
		c, err := config.Read(func(name string) string { return env[name] }, config.Webhooks)
		if want == nil {
			if err == nil || !strings.Contains(err.Error(), "WEBHOOK_HOSTS") {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		if err != nil || !slices.Equal(c.WebhookHosts, want) {
			t.Errorf("%q: %q, %v", text, c.WebhookHosts, err)
		}
	}
}
