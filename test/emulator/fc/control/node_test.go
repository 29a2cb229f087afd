package control_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// sdkProcess makes calls with the vendor's SDKs for Node.js, which take seconds to
// load: one for all tests.
type sdkProcess struct {
	cmd    *exec.Cmd
	mu     sync.Mutex
	input  io.WriteCloser
	output *bufio.Reader
}

func startSDKs() (*sdkProcess, error) {
	cmd := exec.Command("node", "calls.js")
	cmd.Dir = sdks
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "ACCOUNT_ID="+accountID)
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &sdkProcess{cmd: cmd, input: input, output: bufio.NewReader(output)}, cmd.Start()
}

func (p *sdkProcess) stop() error { return errors.Join(p.input.Close(), p.cmd.Wait()) }

func (p *sdkProcess) exchange(line []byte) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := p.input.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	return p.output.ReadBytes('\n')
}

// node is a client of one control plane.
type node struct {
	t  testing.TB
	to map[string]string
}

// result is what came of a call.
type result struct {
	Status  int
	Code    string
	Message string
	Body    map[string]any
}

func client(t testing.TB, p *plane, secret string) *node {
	t.Helper()
	return &node{t, map[string]string{"endpoint": p.url, "storage": p.ossURL, "id": keyID, "secret": secret}}
}

// call makes one call and fails the test unless it ends with the status.
func (n *node) call(status int, name string, args ...any) result {
	n.t.Helper()
	line, err := json.Marshal(map[string]any{"to": n.to, "call": name, "args": append([]any{}, args...)})
	if err != nil {
		n.t.Fatal(err)
	}
	answer, err := sdk.exchange(line)
	var r result
	if err == nil {
		err = json.Unmarshal(answer, &r)
	}
	if err != nil {
		n.t.Fatalf("%s: %v in %s", name, err, answer)
	}
	if r.Status != status {
		n.t.Fatalf("%s: got %s", name, answer)
	}
	return r
}

// refused is a call that must fail with a code.
func (n *node) refused(status int, code, name string, args ...any) {
	n.t.Helper()
	if r := n.call(status, name, args...); r.Code != code {
		n.t.Errorf("%s: got %+v, want code %s", name, r, code)
	}
}

type object = map[string]any

// upload puts a ZIP into the temporary bucket and returns a function's code.
func (n *node) upload(zip []byte) object {
	n.t.Helper()
	path := filepath.Join(n.t.TempDir(), "code.zip")
	if err := os.WriteFile(path, zip, 0o600); err != nil {
		n.t.Fatal(err)
	}
	return n.call(200, "upload", path).Body
}

func get(t testing.TB, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Errorf("GET %s: %s %s", url, response.Status, text)
	}
	return string(text)
}

func customFunction(answer string, code object) object {
	return object{
		"functionName": "api", "runtime": "custom.debian10", "handler": "main", "memorySize": 128, "cpu": 0.1, "diskSize": 512,
		"timeout": 15, "instanceConcurrency": 20, "role": "acs:ram::" + accountID + ":role/functions",
		"customRuntimeConfig":  object{"command": []string{"./main"}, "port": 9000},
		"environmentVariables": object{"ANSWER": answer}, "code": code,
	}
}

var httpTrigger = object{
	"triggerName": "http", "triggerType": "http", "qualifier": "LATEST",
	"triggerConfig": `{"methods": ["GET", "POST"], "authType": "anonymous"}`,
}

// url returns the address that a trigger's answer tells.
func (r result) url(t testing.TB) string {
	t.Helper()
	address, _ := r.Body["httpTrigger"].(map[string]any)
	url, _ := address["urlInternet"].(string)
	if url == "" || url != address["urlIntranet"] {
		t.Fatalf("no address in %v", r.Body)
	}
	return url
}
