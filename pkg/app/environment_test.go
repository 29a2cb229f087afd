package app

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// deployed returns the variables that s.yaml gives to each function.
func deployed(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Resources map[string]struct {
			Props struct {
				EnvironmentVariables map[string]string `yaml:"environmentVariables"`
			} `yaml:"props"`
		} `yaml:"resources"`
	}
	if err := yaml.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	variables := make(map[string][]string)
	for name, r := range s.Resources {
		variables[name] = slices.Sorted(maps.Keys(r.Props.EnvironmentVariables))
	}
	return variables
}

func TestEachFunctionIsDeployedWithTheVariablesItReads(t *testing.T) {
	given := deployed(t)
	for name, f := range functions() {
		asked := make(map[string]bool)
		complete := unreachable(t)
		if _, err := f(func(name string) string { asked[name] = true; return complete(name) }); err != nil {
			t.Fatal(err)
		}
		if want := slices.Sorted(maps.Keys(asked)); !slices.Equal(given[name], want) {
			t.Errorf("%s reads %v, s.yaml gives it %v", name, want, given[name])
		}
	}
	if len(given) != len(functions()) {
		t.Errorf("s.yaml has %v, there are %d functions", slices.Sorted(maps.Keys(given)), len(functions()))
	}
}

func TestAnEmptyEnvironmentIsToldAtOnce(t *testing.T) {
	for name, variables := range deployed(t) {
		_, err := functions()[name](func(string) string { return "" })
		if err == nil {
			t.Errorf("%s starts without variables", name)
			continue
		}
		for _, variable := range variables {
			named := strings.Contains(err.Error(), "environment variable "+variable+" is missing")
			optional := variable == "ORGANIZATIONS" || variable == "WEBHOOK_HOSTS" || strings.HasPrefix(variable, "UPSTREAM")
			if want := !optional; named != want {
				t.Errorf("%s: is %s named: %v, want %v: %v", name, variable, named, want, err)
			}
		}
	}
}

func TestTheAdministratorNeedsAnAccessKeyToo(t *testing.T) {
	_, err := NewAdmin(func(string) string { return "" })
	for _, variable := range []string{
		"TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "OSS_ENDPOINT", "OSS_PUBLIC_ENDPOINT", "OSS_REGION", "OSS_BUCKET",
		"MASTER_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	} {
		if err == nil || !strings.Contains(err.Error(), variable+" is missing") {
			t.Errorf("%s is not named: %v", variable, err)
		}
	}
	if admin, err := NewAdmin(unreachable(t)); err != nil || admin.Users == nil || admin.Organizing == nil || admin.Managing == nil || admin.Audit == nil || admin.Verifying == nil {
		t.Errorf("got %v, %v", admin, err)
	}
}

func TestAWrongEnvironmentFailsEveryRequest(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	service := broken()
	for _, target := range []string{"/", "/hello/releases", "/v3/user/check", "//"} {
		message := send(t, service.HTTP, "GET", target, http.StatusInternalServerError)
		if !strings.Contains(message, requestID) || strings.Contains(message, "TABLESTORE") {
			t.Errorf("%s: message %q", target, message)
		}
	}
	// The platform asks again, when the environment may be right.
	if err := service.Object(t.Context(), "uploads/x.zip"); err == nil {
		t.Error("the event succeeded")
	}
	if err := service.Timer(t.Context()); err == nil {
		t.Error("the tick succeeded")
	}
	if log.Len() > 0 { // it was said at the start
		t.Errorf("logged %s", &log)
	}
	if service.Role == nil {
		t.Error("the service has no role")
	}
}
