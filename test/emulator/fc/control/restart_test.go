package control_test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

func TestStateSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir)
	p.call(t, "POST", "/functions", customFunction("one", inline(programs["custom"]))).want(t, "create", 200, "")
	url := p.call(t, "POST", "/functions/api/triggers", httpTrigger).body["httpTrigger"].(object)["urlInternet"].(string)
	p.call(t, "POST", "/functions/api/versions", object{"description": "first"}).want(t, "publish", 200, "")
	p.call(t, "POST", "/functions/api/aliases", object{"aliasName": "prod", "versionId": "1"}).want(t, "alias", 200, "")
	get(t, url+"/answer")
	before := describe(t, p)
	p.stop()
	wantClosed(t, url)

	again := start(t, dir)
	if got := get(t, url+"/answer"); got != "one" {
		t.Errorf("got %q", got)
	}
	if after := describe(t, again); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	again.call(t, "PUT", "/functions/api", object{"environmentVariables": object{"ANSWER": "two"}}).want(t, "update", 200, "")
	if got := get(t, url+"/answer"); got != "two" {
		t.Errorf("got %q", got)
	}
	again.stop()

	// Somebody else has the address now.
	other, err := net.Listen("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	moved := start(t, dir)
	trigger := moved.call(t, "GET", "/functions/api/triggers/http", nil)
	elsewhere := trigger.body["httpTrigger"].(object)["urlInternet"].(string)
	if elsewhere == url || get(t, elsewhere+"/answer") != "two" {
		t.Errorf("the function is at %s", elsewhere)
	}
	moved.stop()
	if got := start(t, dir).cloud.URL("api"); got != elsewhere {
		t.Errorf("moved again, from %s to %s", elsewhere, got)
	}
}

// describe is all that the API tells of the function, as text.
func describe(t *testing.T, p *plane) string {
	var b strings.Builder
	for _, path := range []string{"", "/triggers", "/versions", "/aliases"} {
		a := p.call(t, "GET", "/functions/api"+path, nil)
		a.want(t, path, 200, "")
		b.WriteString(jsonText(t, a.body))
	}
	return b.String()
}

func TestRemovedFunctionDoesNotComeBack(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir)
	p.call(t, "POST", "/functions", customFunction("one", inline(programs["small"])))
	p.call(t, "POST", "/functions/api/versions", object{})
	p.call(t, "PUT", "/functions/api", object{"code": inline(programs["smaller"])})
	p.call(t, "DELETE", "/functions/api", nil).want(t, "delete", 204, "")
	eventually(t, "no code is left", func() bool { return len(unpacked(t, filepath.Join(dir, "fc"))) == 0 })
	p.stop()
	bodies, err := os.ReadDir(filepath.Join(dir, "oss", "bodies"))
	if err != nil || len(bodies) != 0 {
		t.Errorf("packages are left: %v, %v", bodies, err)
	}
	start(t, dir).call(t, "GET", "/functions/api", nil).want(t, "get", 404, "FunctionNotFound")
}

func TestCallWhoseAnswerIsLostIsDone(t *testing.T) {
	p := start(t, "")
	p.faults.Add(fault.Rule{Operation: "CreateFunction", Nth: 1, Action: fault.Fail, Failure: fault.Failure{Status: 500, Code: "InternalServerError"}})
	p.faults.Add(fault.Rule{Operation: "CreateFunction", Nth: 2, Action: fault.Drop})
	f := customFunction("one", inline(programs["small"]))
	p.call(t, "POST", "/functions", f).want(t, "failed", 500, "InternalServerError")
	p.call(t, "GET", "/functions/api", nil).want(t, "failed", 404, "FunctionNotFound")
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	r := p.request(t, "POST", "/functions", text)
	signACS3(r, p.account.Root())
	if response, err := http.DefaultClient.Do(r); err == nil {
		response.Body.Close()
		t.Errorf("got %s", response.Status)
	}
	p.call(t, "POST", "/functions", f).want(t, "again", 409, "FunctionAlreadyExists")
}

func TestPackageOfTheCallerMayGoAway(t *testing.T) {
	dir := t.TempDir()
	p := start(t, dir)
	n := client(t, p, keySecret)
	code := n.upload(programs["custom"])
	n.call(200, "createFunction", customFunction("one", code))
	if err := p.remove(code["ossObjectName"].(string)); err != nil {
		t.Fatal(err)
	}
	p.stop()
	again := start(t, dir)
	url := again.call(t, "POST", "/functions/api/triggers", httpTrigger).body["httpTrigger"].(object)["urlInternet"].(string)
	if got := get(t, url+"/answer"); got != "one" {
		t.Errorf("got %q", got)
	}
}
