package policy_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/fc-registry/fc-registry/pkg/policy"
)

func roles() map[string]policy.Role {
	all := make(map[string]policy.Role)
	for _, r := range (policy.Place{Account: "1234", Instance: "i", Bucket: "b"}).Roles() {
		all[strings.TrimPrefix(r.Name, "fc-registry-")] = r
	}
	return all
}

// may lists what a role may do, as "action what".
func may(r policy.Role) []string {
	var all []string
	for _, s := range r.Policy.Statement {
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				all = append(all, action+" "+resource[strings.LastIndexAny(resource, ":")+1:])
			}
		}
	}
	slices.Sort(all)
	return all
}

// Queries keep what upstreams said and which of them a name belongs to, report
// what changed there, and write nothing else.
func TestQueriesCanNotWrite(t *testing.T) {
	kept := []string{
		"ots:PutRow instance/i/table/upstream", "ots:PutRow instance/i/table/origins",
		"ots:PutRow instance/i/table/audit", "ots:UpdateRow instance/i/table/outbox",
	}
	for name, writes := range map[string][]string{"query-latest": kept, "query-all": kept, "catalog": nil} {
		for _, right := range may(roles()[name]) {
			action, _, _ := strings.Cut(right, " ")
			reads := slices.Contains([]string{"ots:GetRow", "ots:BatchGetRow", "ots:GetRange", "ots:Search"}, action)
			if !reads && !slices.Contains(writes, right) {
				t.Errorf("%s may %s", name, right)
			}
		}
	}
}

func TestFunctionsReachTheirObjectsOnly(t *testing.T) {
	want := map[string][]string{
		"download": {"oss:GetObject b/packages/*", "oss:GetObject b/upstream/*"},
		"mirror":   {"oss:DeleteObject b/upstream/*", "oss:PutObject b/upstream/*"},
		"simple":   {"oss:DeleteObject b/simple/*", "oss:GetObject b/packages/*", "oss:GetObject b/simple/*", "oss:GetObject b/upstream/*", "oss:ListObjects b", "oss:PutObject b/simple/*"},
		"publish":  {"oss:DeleteObject b/packages/*", "oss:DeleteObject b/simple/*", "oss:ListObjects b", "oss:PutObject b/uploads/*"},
		"ingest":   {"oss:DeleteObject b/packages/*", "oss:DeleteObject b/simple/*", "oss:DeleteObject b/uploads/*", "oss:GetObject b/uploads/*", "oss:PutObject b/packages/*"},
	}
	for name, r := range roles() {
		got := slices.DeleteFunc(may(r), func(right string) bool { return !strings.HasPrefix(right, "oss:") })
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s may %v, want %v", name, got, want[name])
		}
	}
}

func TestNoRoleMayMoreThanItsService(t *testing.T) {
	for name, r := range roles() {
		for _, right := range may(r) {
			if strings.Contains(strings.TrimSuffix(right, "*"), "*") && !strings.HasPrefix(right, "fc:InvokeFunction functions/fc-registry-ingest") {
				t.Errorf("%s may %s", name, right)
			}
		}
		service := map[bool]string{true: "oss.aliyuncs.com", false: "fc.aliyuncs.com"}[name == "trigger"]
		if got := r.Trust.Statement[0].Principal["Service"]; !slices.Equal(got, []string{service}) || len(r.Trust.Statement) != 1 {
			t.Errorf("%s trusts %v", name, r.Trust)
		}
	}
}

func TestSpecGivesEachFunctionItsRole(t *testing.T) {
	text, err := os.ReadFile("../../s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Resources map[string]struct{ Props struct{ Role string } }
	}
	if err := yaml.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	known := roles()
	for name, r := range spec.Resources {
		want := policy.ARN("${env('ACCOUNT_ID')}", "fc-registry-"+name)
		if name == "gateway" {
			want = "" // it calls functions by their addresses alone
		}
		if _, ok := known[name]; r.Props.Role != want || ok != (want != "") {
			t.Errorf("%s has role %q, want %q", name, r.Props.Role, want)
		}
		delete(known, name)
	}
	if left := slices.Collect(maps.Keys(known)); !slices.Equal(left, []string{"trigger"}) {
		t.Errorf("no function has %v", left)
	}
}

func TestPoliciesAreInRAMsForm(t *testing.T) {
	text, err := json.Marshal(roles()["download"].Policy.Statement[0])
	const want = `{"Effect":"Allow","Action":["ots:GetRow","ots:BatchGetRow","ots:GetRange"],"Resource":["acs:ots:*:1234:instance/i/table/packages"]}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
}
