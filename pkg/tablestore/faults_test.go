package tablestore_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// The SDK sends a write again when its answer was lost; the second one finds
// the first one's row.

func TestReleaseWhoseAnswerWasLostIsTheWritersOwn(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	r := registrytest.Release(t, "hello", "1.0.0")
	faults.Add(fault.Rule{Operation: "PutRow", Nth: 1, Action: fault.Drop})
	stored, err := c.PutRelease(t.Context(), r)
	if err != nil || stored.Upload != r.Upload {
		t.Errorf("stored upload %q: %v; want %q", stored.Upload, err, r.Upload)
	}
}

func TestNonceWhoseAnswerWasLostIsNotAReplay(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "PutRow", Resource: "nonces", Nth: 1, Action: fault.Drop})
	if err := c.UseNonce(t.Context(), "n"); err != nil {
		t.Errorf("first use: %v", err)
	}
	if err := c.UseNonce(t.Context(), "n"); registry.CodeOf(err) != registry.Conflict {
		t.Errorf("second use: %v, want a conflict", err)
	}
}

func TestAnAttemptWhoseAnswerWasLostIsTheWritersOwn(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	a := registry.Attempt{User: "alice", Name: "hello", Version: "1.0.0", Upload: "ID", State: registry.AttemptRefused}
	for _, told := range []bool{false, true} { // over none, and over one
		a.Told = told
		faults.Add(fault.Rule{Operation: "PutRow", Resource: "attempts", Nth: 1, Action: fault.Drop})
		if err := c.PutAttempt(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		faults.Clear()
		if err := c.PutAttempt(t.Context(), a); registry.CodeOf(err) != registry.Conflict {
			t.Errorf("the same once more: %v, want a conflict", err)
		}
		stored, err := c.Attempt(t.Context(), "alice", "hello", "1.0.0")
		if err != nil || stored.Told != told {
			t.Errorf("stored %+v: %v", stored, err)
		}
		a = stored
	}
}

func TestBusyStorageIsUnavailable(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "GetRow", Action: fault.Fail, Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "busy"}})
	if _, err := c.Head(t.Context(), "hello", registry.Summary); registry.CodeOf(err) != registry.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}

// The second try of a change finds another revision, and its own operation in
// the record: it is made, and written down, once.
func TestChangeWhoseAnswerWasLostIsMadeOnce(t *testing.T) {
	for _, table := range []string{"organizations", "audit"} {
		var faults fault.Plan
		c := client(t, &faults)
		recorder := &registry.Recorder{Audit: c, Clock: time.Now}
		organizing := &registry.Organizing{Organizations: c, Recorder: recorder}
		admin := registry.Caller{User: "admin"}
		faults.Add(fault.Rule{Operation: "PutRow", Resource: table, Nth: 1, Action: fault.Drop})
		if err := organizing.Create(t.Context(), admin, "示例", "alice"); err != nil {
			t.Errorf("answer of %s lost: %v", table, err)
		}
		if err := organizing.SetRole(t.Context(), admin, "示例", "bob", registry.Member); err != nil {
			t.Error(err)
		}
		var actions []string
		for _, e := range registrytest.Events(t, c, "") {
			actions = append(actions, e.Action)
		}
		if got := strings.Join(actions, ", "); got != "organization create, member add" {
			t.Errorf("answer of %s lost: the audit has %s", table, got)
		}
	}
}

func TestStorageOutOfReachIsUnavailable(t *testing.T) {
	t.Parallel() // the SDK goes on trying for seconds
	server := httptest.NewServer(nil)
	server.Close()
	c := tablestore.New(tablestore.Config{
		Endpoint: server.URL, Instance: "test",
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: "id", AccessKeySecret: "secret"}),
	})
	if _, err := c.Head(t.Context(), "hello", registry.Summary); registry.CodeOf(err) != registry.Unavailable {
		t.Errorf("got %v, want Unavailable", err)
	}
}

// An increment whose answer was lost can't be told from one that never came:
// downloads are counted at least once.
func TestDownloadsWhoseAnswerWasLostAreCountedAgain(t *testing.T) {
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "UpdateRow", Resource: "downloads", Nth: 1, Action: fault.Drop})
	err := c.Add(t.Context(), "hello", "2025-03-01", 5, 0)
	for err != nil { // by the client, if the SDK has not
		err = c.Add(t.Context(), "hello", "2025-03-01", 5, 0)
	}
	d, err := c.Downloads(t.Context(), "hello")
	if err != nil || d.Total != 10 || d.Days["2025-03-01"] != 10 {
		t.Errorf("counted %+v, %v; want 10", d, err)
	}
}

func TestABusyIndexIsUnavailable(t *testing.T) {
	t.Parallel() // the SDK goes on trying for seconds
	var faults fault.Plan
	c := client(t, &faults)
	faults.Add(fault.Rule{Operation: "Search", Action: fault.Fail, Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "busy"}})
	_, _, err := c.Find(t.Context(), registry.Search{Limit: 10}, []string{"*"})
	_, countErr := c.Count(t.Context(), registry.Categories, []string{"*"})
	for _, err := range []error{err, countErr} {
		if registry.CodeOf(err) != registry.Unavailable {
			t.Errorf("got %v, want Unavailable", err)
		}
	}
}
