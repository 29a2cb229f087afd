package fc

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// programs is the folder with the test functions' binaries, built once.
var programs string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	var err error
	if programs, err = os.MkdirTemp("", "fc-test-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(programs)
	for _, name := range []string{"go1", "custom", "parent"} {
		build := exec.Command("go", "build", "-o", programs, "./testdata/"+name)
		if text, err := build.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("build %s: %w\n%s", name, err, text)
		}
	}
	return m.Run(), nil
}

// go1Spec is a function "f" of runtime go1 with more lines under its props.
func go1Spec(more ...string) string { return functionSpec("go1", "handler: go1", more) }

// customSpec is a function "f" of a custom runtime with more lines under its
// props.
func customSpec(more ...string) string {
	return functionSpec("custom.debian10", "customRuntimeConfig: {command: [./custom]}", more)
}

func functionSpec(runtime, program string, more []string) string {
	return fmt.Sprintf(`edition: 3.0.0
name: test
resources:
  f:
    component: fc3
    props:
      functionName: function-f
      region: cn-hangzhou
      runtime: %s
      %s
      code: .
      %s
`, runtime, program, strings.Join(more, "\n      "))
}

const httpTriggers = `triggers: [{triggerName: http, triggerType: http, triggerConfig: {authType: anonymous, methods: [GET, POST, PUT, HEAD, DELETE]}}]`

// syncBuffer gathers output from several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// start runs a spec's text; the cloud is closed at the test's end, and then
// none of its processes may be left.
func start(t testing.TB, text string, change ...func(*Options)) *Cloud {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	spec, err := ReadSpec(path)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Account: sts.NewAccount("id", "secret", time.Now), CodeDir: programs,
		Region: "cn-hangzhou", AccountID: "1234567890",
		Patience: patience,
	}
	for _, c := range change {
		c(&o)
	}
	cloud, err := Start(t.Context(), spec, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeCloud(t, cloud) })
	return cloud
}

// patience lets the functions' limits of time bite only where a test wants it.
const patience = 30

func closeCloud(t testing.TB, c *Cloud) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.Close(ctx); err != nil {
		t.Error(err)
	}
	if ctx.Err() != nil {
		t.Error("Close did not end within its context")
	}
}

// reply is a response, read to its end.
type httpReply struct {
	status int
	header http.Header
	body   string
}

func do(t testing.TB, method, address, body string, header ...string) httpReply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return httpReply{response.StatusCode, response.Header, string(text)}
}

func get(t testing.TB, address string) httpReply {
	t.Helper()
	return do(t, "GET", address, "")
}

// hold is a path of the test functions that answers once it is released.
func hold(t testing.TB) (path string, release func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "released")
	return "/hold?until=" + url.QueryEscape(file), func() {
		t.Helper()
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// busy counts the requests at work.
func (c *Cloud) busy() int {
	n := 0
	for _, p := range c.allPools() {
		p.mu.Lock()
		for _, i := range p.all {
			n += i.active
		}
		p.mu.Unlock()
	}
	return n
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 2 minutes in vain until %s", what)
		}
	}
}
