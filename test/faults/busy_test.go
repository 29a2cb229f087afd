package faults

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// TestBusyStorage has Tablestore refuse all calls, for longer than the SDK goes
// on trying: clients of both
// dialects are told to come back, and nothing is lost.
func TestBusyStorage(t *testing.T) {
	t.Parallel()
	p := newPoint(t, inProcess(t), "busy")
	two(p)
	next := p.pack("1.2.0")
	p.url = p.announce(next)
	for _, operation := range []string{"GetRow", "PutRow", "UpdateRow", "DeleteRow", "GetRange", "BatchGetRow"} {
		p.plan.Add(fault.Rule{Operation: operation, Action: fault.Fail, Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "by the test"}})
	}
	whileBusy(p)
	p.plan.Clear()
	p.state.order, p.state.latest = []string{"1.1.0", "1.0.0"}, "1.1.0"
	p.check()
	p.upload(p.url, next)
	p.released(next, "1.2.0")
	p.check()
}

// paths are asked while the storage is busy; "" stands for an upload.
func paths(p *point) []string {
	return []string{
		"/" + p.name + "/releases", "/" + p.name + "/releases/latest", "/" + p.name + "/zipball/1.0.0",
		"/v3/packages/" + p.name + "/release", "/v3/packages/" + p.name + "/release/latest", "/v3/packages/releases",
	}
}

// whileBusy asks each path again and again, all at the same time.
func whileBusy(p *point) {
	var all sync.WaitGroup
	for _, path := range paths(p) {
		all.Go(func() {
			for range 2 {
				a, err := p.ask(p.t.Context(), path)
				if err != nil {
					p.t.Errorf("%s: %v", path, err)
					return
				}
				p.unavailable(path, a)
			}
		})
	}
	all.Wait()
}

func (p *point) ask(ctx context.Context, path string) (answer, error) {
	if path == "/v3/packages/releases" {
		_, a, err := p.owner.announce(ctx, p.pack("1.3.0"))
		return a, err
	}
	return p.owner.get(ctx, path)
}

// unavailable requires an answer that says when to come back, in the form of
// the path's dialect.
func (p *point) unavailable(path string, a answer) {
	p.t.Helper()
	field := "message"
	if strings.HasPrefix(path, "/v3/") {
		field = "body"
	}
	var body map[string]any
	err := json.Unmarshal(a.body, &body)
	words, _ := body[field].(string)
	if err != nil || a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || !strings.Contains(words, "Try again") {
		p.t.Errorf("%s: %v, Retry-After %q; want 503 and when to try again", path, a, a.header.Get("Retry-After"))
	}
}

// TestUploadWhileStorageIsBusy has the notification complete what the callback
// could not.
func TestUploadWhileStorageIsBusy(t *testing.T) {
	t.Parallel()
	p := newPoint(t, inProcess(t), "patient")
	first := p.pack("1.0.0")
	announced(func(*point) pack { return first })(p)
	p.plan.Add(fault.Rule{Operation: "GetRow", Action: fault.Fail, Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "by the test"}})
	if _, err := put(t.Context(), p.url, first.zip()); err == nil || !strings.Contains(err.Error(), "CallbackFailed") {
		t.Errorf("PUT: %v, want a failed callback", err)
	}
	p.plan.Clear()
	p.notify()
	p.released(first, "1.0.0")
	p.check()
}
