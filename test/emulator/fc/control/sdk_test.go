package control_test

import (
	"hash/crc64"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestFunctionIsDeployedChangedAndRemovedBySDK(t *testing.T) {
	p := start(t, "")
	n := client(t, p, keySecret)
	n.refused(404, "FunctionNotFound", "getFunction", "api")
	n.refused(404, "FunctionNotFound", "getTrigger", "api", "http")

	zip := programs["custom"]
	created := n.call(200, "createFunction", customFunction("one", n.upload(zip)))
	checksum := strconv.FormatUint(crc64.Checksum(zip, crc64.MakeTable(crc64.ECMA)), 10)
	if b := created.Body; b["codeChecksum"] != checksum || b["codeSize"] != float64(len(zip)) || b["state"] != "Active" ||
		b["functionArn"] != "acs:fc:cn-hangzhou:"+accountID+":functions/api" || b["memorySize"] != 128.0 || b["code"] != nil {
		t.Errorf("created: %v", b)
	}
	n.refused(409, "FunctionAlreadyExists", "createFunction", customFunction("one", n.upload(zip)))

	trigger := n.call(200, "createTrigger", "api", httpTrigger)
	url := trigger.url(t)
	if trigger.Body["triggerConfig"] != httpTrigger["triggerConfig"] {
		t.Errorf("created trigger: %v", trigger.Body)
	}
	n.refused(409, "TriggerAlreadyExists", "createTrigger", "api", httpTrigger)
	if got := get(t, url+"/answer"); got != "one" {
		t.Errorf("got %q", got)
	}

	n.call(200, "updateFunction", "api", object{"environmentVariables": object{"ANSWER": "two"}})
	if got := get(t, url+"/answer"); got != "two" {
		t.Errorf("after a change of configuration: got %q", got)
	}
	n.call(200, "updateFunction", "api", object{"code": n.upload(programs["go1"]), "runtime": "go1", "instanceConcurrency": 1})
	if got := get(t, url+"/answer"); got != "two" || p.cloud.Instances()[0].Function != "api" {
		t.Errorf("after a change of code: got %q", got)
	}
	changed := n.call(200, "getFunction", "api").Body
	if changed["codeChecksum"] == checksum || changed["runtime"] != "go1" || changed["memorySize"] != 128.0 {
		t.Errorf("changed: %v", changed)
	}
	code := n.call(200, "getFunctionCode", "api").Body
	if got := get(t, code["url"].(string)); got != string(programs["go1"]) || code["checksum"] != changed["codeChecksum"] {
		t.Errorf("code: %v, %d bytes", code, len(got))
	}

	n.refused(409, "FunctionNotEmpty", "deleteFunction", "api")
	n.call(204, "deleteTrigger", "api", "http")
	n.refused(404, "TriggerNotFound", "getTrigger", "api", "http")
	wantClosed(t, url)
	n.call(204, "deleteFunction", "api")
	n.refused(404, "FunctionNotFound", "deleteFunction", "api")
	wantNothingLeft(t, p)
}

func TestTriggersBySDK(t *testing.T) {
	p := start(t, "")
	n := client(t, p, keySecret)
	n.call(200, "createFunction", customFunction("x", n.upload(programs["custom"])))
	url := n.call(200, "createTrigger", "api", httpTrigger).url(t)
	record := filepath.Join(t.TempDir(), "record")
	n.call(200, "updateFunction", "api", object{"environmentVariables": object{"RECORD": record}})
	n.call(200, "createTrigger", "api", object{
		"triggerName": "uploaded", "triggerType": "oss", "invocationRole": "acs:ram::" + accountID + ":role/trigger",
		"sourceArn":     "acs:oss:cn-hangzhou:" + accountID + ":" + codeBucket,
		"triggerConfig": `{"events": ["oss:ObjectCreated:*"], "filter": {"key": {"prefix": "` + accountID + `/", "suffix": ""}}}`,
	})
	n.upload([]byte("something")) // into the bucket that the trigger watches
	eventually(t, "the OSS trigger has called", func() bool {
		text, err := os.ReadFile(record)
		return err == nil && strings.HasPrefix(string(text), "POST /invoke 0 ")
	})
	n.call(200, "createTrigger", "api", object{
		"triggerName": "tick", "triggerType": "timer", "triggerConfig": `{"cronExpression": "@every 1s", "enable": true, "payload": "p"}`,
	})
	eventually(t, "the timer trigger has called", func() bool {
		text, err := os.ReadFile(record)
		return err == nil && strings.Contains(string(text), `"triggerName":"tick","payload":"p"}`)
	})
	n.call(200, "updateTrigger", "api", "tick", object{"triggerConfig": `{"cronExpression": "0 0 0 1 1 *", "enable": false}`})
	updated := n.call(200, "updateTrigger", "api", "http", object{"triggerConfig": `{"methods":["POST"],"authType":"anonymous"}`})
	if updated.url(t) != url {
		t.Errorf("the address changed from %s to %s", url, updated.url(t))
	}
	if response, err := http.Get(url + "/answer"); err != nil || response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("got %v, %v", response, err)
	}
	list := n.call(200, "listTriggers", "api").Body["triggers"].([]any)
	if len(list) != 3 || list[1].(object)["triggerName"] != "uploaded" || list[2].(object)["triggerName"] != "tick" {
		t.Errorf("triggers: %v", list)
	}
	for _, wrong := range []object{
		{"triggerType": "mns_topic", "triggerConfig": "{}"},
		{"triggerType": "timer", "triggerConfig": "{}"},
		{"triggerType": "timer", "triggerConfig": `{"cronExpression":"@every 1m"}`},
		{"triggerType": "timer", "triggerConfig": `{"cronExpression":"* * *","enable":true}`},
		{"triggerType": "http", "triggerConfig": "{"},
		{"triggerType": "http", "triggerConfig": `{"methods":["GET"],"authType":"function"}`},
		{"triggerType": "http", "triggerConfig": `{"methods":["GET"],"authType":"anonymous"}`}, // the second
		{"triggerType": "oss", "triggerConfig": `{"events":["x"]}`, "sourceArn": "b"},
		{"triggerType": "oss", "triggerConfig": `{"events":["x"]}`, "sourceArn": "acs:oss:r:1:b"},
	} {
		wrong["triggerName"] = "wrong"
		n.refused(400, "InvalidArgument", "createTrigger", "api", wrong)
	}
	n.refused(404, "TriggerNotFound", "getTrigger", "api", "wrong")
}

func TestVersionsAndAliasesBySDK(t *testing.T) {
	n := client(t, start(t, ""), keySecret)
	n.call(200, "createFunction", customFunction("one", n.upload(programs["small"])))
	if v := n.call(200, "publishVersion", "api", "first").Body; v["versionId"] != "1" || v["description"] != "first" {
		t.Errorf("version: %v", v)
	}
	n.call(200, "updateFunction", "api", object{"memorySize": 256, "cpu": 0.2, "code": n.upload(programs["smaller"])})
	n.call(200, "publishVersion", "api", "")
	versions := n.call(200, "listVersions", "api", object{"limit": 1}).Body
	if list := versions["versions"].([]any); len(list) != 1 || list[0].(object)["versionId"] != "2" || versions["nextToken"] == nil {
		t.Errorf("versions: %v", versions)
	}
	more := n.call(200, "listVersions", "api", object{"limit": 1, "nextToken": versions["nextToken"]}).Body
	if list := more["versions"].([]any); len(list) != 1 || list[0].(object)["versionId"] != "1" || more["nextToken"] != nil {
		t.Errorf("versions: %v", more)
	}
	n.call(200, "createAlias", "api", object{"aliasName": "prod", "versionId": "1"})
	n.refused(409, "AliasAlreadyExists", "createAlias", "api", object{"aliasName": "prod", "versionId": "1"})
	n.refused(404, "VersionNotFound", "createAlias", "api", object{"aliasName": "next", "versionId": "7"})
	if old := n.call(200, "getFunction", "api", "prod").Body; old["memorySize"] != 128.0 {
		t.Errorf("by alias: %v", old)
	}
	n.refused(409, "VersionInUse", "deleteVersion", "api", "1")
	n.call(200, "updateAlias", "api", "prod", object{"versionId": "2", "description": "now"})
	if a := n.call(200, "getAlias", "api", "prod").Body; a["versionId"] != "2" || a["description"] != "now" {
		t.Errorf("alias: %v", a)
	}
	if list := n.call(200, "listAliases", "api").Body["aliases"].([]any); len(list) != 1 {
		t.Errorf("aliases: %v", list)
	}
	n.call(204, "deleteVersion", "api", "1")
	n.refused(404, "VersionNotFound", "getFunction", "api", "1")
	n.call(204, "deleteAlias", "api", "prod")
	n.refused(404, "AliasNotFound", "getAlias", "api", "prod")
	n.call(204, "deleteFunction", "api")
}

func TestWhatFunctionsDoNotHaveHere(t *testing.T) {
	n := client(t, start(t, ""), keySecret)
	n.refused(404, "FunctionNotFound", "listVpcBindings", "api")
	n.call(200, "createFunction", customFunction("one", n.upload(programs["small"])))
	n.refused(404, "AsyncConfigNotExists", "getAsyncInvokeConfig", "api")
	n.refused(404, "ScalingConfigNotFound", "getScalingConfig", "api")
	n.refused(404, "ConcurrencyConfigNotFound", "getConcurrencyConfig", "api")
	for call, list := range map[string]string{
		"listVpcBindings": "vpcIds", "listAsyncInvokeConfigs": "configs", "listScalingConfigs": "scalingConfigs", "listProvisionConfigs": "provisionConfigs",
	} {
		if got, ok := n.call(200, call, "api").Body[list].([]any); !ok || len(got) != 0 {
			t.Errorf("%s: %v", call, got)
		}
	}
	n.refused(400, "PathNotSupported", "putConcurrencyConfig", "api")
}

func TestListOfFunctionsBySDK(t *testing.T) {
	n := client(t, start(t, ""), keySecret)
	code := n.upload(programs["small"])
	for _, name := range []string{"b", "ab", "aa", "ac"} {
		f := customFunction(name, code)
		f["functionName"] = name
		n.call(200, "createFunction", f)
	}
	var names []any
	query := object{"prefix": "a", "limit": 2}
	for range 2 {
		body := n.call(200, "listFunctions", query).Body
		for _, f := range body["functions"].([]any) {
			names = append(names, f.(object)["functionName"])
		}
		query["nextToken"] = body["nextToken"]
	}
	if len(names) != 3 || names[0] != "aa" || names[2] != "ac" || query["nextToken"] != nil {
		t.Errorf("got %v, then %v", names, query)
	}
	n.call(400, "listFunctions", object{"limit": 1000})
}

func TestWrongKeyIsRefused(t *testing.T) {
	n := client(t, start(t, ""), "wrong")
	n.refused(403, "SignatureNotMatch", "getFunction", "api")
	n.refused(403, "SignatureNotMatch", "createFunction", object{"functionName": "api"})
	if r := n.call(-1, "upload", "/dev/null"); r.Code != "SignatureNotMatch" {
		t.Errorf("tempBucketToken: got %+v", r)
	}
}
