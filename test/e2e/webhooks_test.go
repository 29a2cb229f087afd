package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	domain "github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/local"
)

// hooked is a registry with a receiver of webhooks, and a clock for its timers.
type hooked struct {
	*registry
	*receiver
	admin func(args ...string) (stdout string)
	ahead *atomic.Int64 // of the timers' clock, in nanoseconds
	hook  string        // the ID of the webhook that hears of all packages, at path /all
}

func startHooked(t *testing.T) *hooked {
	t.Helper()
	h := &hooked{receiver: newReceiver(t), ahead: new(atomic.Int64)}
	var stop func()
	h.registry, stop = startWith(t, local.Options{
		Addr: freeAddress(t), WebhookHosts: h.host,
		Clock: func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) },
	})
	t.Cleanup(stop)
	program, file := build(t, "admin"), filepath.Join(t.TempDir(), "ready.json")
	if err := h.File.Write(file); err != nil {
		t.Fatal(err)
	}
	h.admin = func(args ...string) string {
		t.Helper()
		stdout, stderr, code := command(t, nil, program, append([]string{"-ready", file}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit code %d, %s", args, code, stderr)
		}
		return stdout
	}
	h.hook = h.set(t, "/all")
	return h
}

// set sets a webhook by scripts/admin.
func (h *hooked) set(t *testing.T, path string, flags ...string) (id string) {
	t.Helper()
	id, secret, ok := strings.Cut(strings.TrimSpace(h.admin(append([]string{"webhook", "add", h.URL + path + "?access_token=hidden"}, flags...)...)), " ")
	if !ok || !strings.HasPrefix(secret, "fcw_") {
		t.Fatalf("got %q and %q", id, secret)
	}
	h.trusts(path, secret)
	return id
}

// tick lets the timers fire.
func (h *hooked) tick() { h.ahead.Add(int64(61 * time.Second)) }

// deliveries are those of a webhook, as scripts/admin prints them.
func (h *hooked) deliveries(t *testing.T, hook string) []domain.Delivery {
	t.Helper()
	var all []domain.Delivery
	for line := range strings.Lines(h.admin("webhook", "deliveries", hook, "-json")) {
		var d domain.Delivery
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// of is a package's last delivery.
func (h *hooked) of(t *testing.T, name string) domain.Delivery {
	t.Helper()
	for _, d := range h.deliveries(t, h.hook) {
		if d.Package == name {
			return d
		}
	}
	return domain.Delivery{}
}

// TestWebhooks has a real receiver on a loopback port. Its steps follow from one
// another.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	h := startHooked(t)
	t.Run("what happens is told", func(t *testing.T) { testTold(t, h) })
	t.Run("a receiver that fails", func(t *testing.T) { testFailingReceiver(t, h) })
	t.Run("a slow receiver holds up no publish", func(t *testing.T) { testSlowReceiver(t, h) })
	t.Run("redirects are not followed", func(t *testing.T) { testRedirectingReceiver(t, h) })
	t.Run("a receiver that breaks off", func(t *testing.T) { testBreakingReceiver(t, h) })
	t.Run("it is sent again", func(t *testing.T) { testResend(t, h) })
	t.Run("private addresses", func(t *testing.T) { testPrivateReceiver(t, h) })
	t.Run("those of a package and an organization", func(t *testing.T) { testSubjects(t, h) })
	t.Run("it is removed", func(t *testing.T) { testRemovedWebhook(t, h) })
}

func testTold(t *testing.T, h *hooked) {
	h.publish(t, component("told", "1.0.0"))
	h.awaits(t, "/all", "told", "publish told 1.0.0") // at once: no timer has fired
	h.publish(t, component("told", "1.1.0"))
	if a := h.send(t, "DELETE", "/v3/packages/told/release/tags/1.0.0", nil, signed(h.Token, time.Now())); a.status != http.StatusOK {
		t.Fatalf("delete: %d %s", a.status, a.body)
	}
	h.awaits(t, "/all", "told", "publish told 1.0.0", "publish told 1.1.0", "delete told 1.0.0")
	h.admin("package", "visibility", "told", "Private")
	h.tick() // nobody else asks for it
	h.awaits(t, "/all", "told", "publish told 1.0.0", "publish told 1.1.0", "delete told 1.0.0", "visibility told")
	all := h.at("/all")
	first, last := all[0].told, all[len(all)-1].told
	if first.User != "dev" || first.Registry != h.Registry || time.Since(first.Time) > time.Hour || last.User != "admin" || last.Detail != "Public -> Private" {
		t.Errorf("told %+v and %+v", first, last)
	}
	if d := h.of(t, "told"); d.State != domain.DeliveryDone || d.Status != 204 || d.Tries != 1 {
		t.Errorf("delivery %+v", d)
	}
}

// testFailingReceiver lets the next event wait for the first one.
func testFailingReceiver(t *testing.T, h *hooked) {
	h.replies(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not now", http.StatusInternalServerError) })
	h.publish(t, component("failing", "1.0.0"))
	within(t, patience, "the first try is written down", func() bool { return h.of(t, "failing").Tries == 1 })
	h.publish(t, component("failing", "1.1.0"))
	waits := h.of(t, "failing")
	if waits.State != domain.DeliveryWaits || waits.Version != "1.0.0" || waits.Status != 500 || !strings.HasSuffix(waits.Problem, "answers 500") || waits.Next.Sub(waits.Last) != time.Minute {
		t.Errorf("delivery %+v", waits)
	}
	h.replies(nil)
	h.publish(t, component("failing", "1.2.0")) // whoever is asked, the pause is kept
	h.hurry(t)
	h.tick()
	h.awaits(t, "/all", "failing", "publish failing 1.0.0", "publish failing 1.1.0", "publish failing 1.2.0")
	var ids []string
	for _, d := range h.at("/all") {
		if d.told.Package == "failing" && d.told.Version == "1.0.0" {
			ids = append(ids, d.id)
		}
	}
	if len(ids) != 2 || ids[0] != ids[1] || ids[0] != waits.ID {
		t.Errorf("the tries have ids %q, recorded is %s", ids, waits.ID)
	}
}

func testSlowReceiver(t *testing.T, h *hooked) {
	silent := make(chan struct{})
	h.replies(func(http.ResponseWriter, *http.Request) { <-silent })
	h.publish(t, component("slow", "1.0.0"))
	within(t, patience, "the receiver is asked", func() bool { return len(h.at("/all")) > 0 && h.at("/all")[len(h.at("/all"))-1].told.Package == "slow" })
	h.publish(t, component("slow", "1.1.0")) // while the receiver is silent
	decode[release](t, h.get(t, "/slow/releases/tags/1.1.0"))
	within(t, patience, "it is given up for now", func() bool { return strings.Contains(h.of(t, "slow").Problem, "does not answer within 10s") })
	h.replies(nil)
	close(silent)
	h.hurry(t)
	h.tick()
	h.awaits(t, "/all", "slow", "publish slow 1.0.0", "publish slow 1.1.0")
}

func testRedirectingReceiver(t *testing.T, h *hooked) {
	h.replies(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	h.publish(t, component("moved", "1.0.0"))
	within(t, patience, "the redirect is written down", func() bool { return strings.Contains(h.of(t, "moved").Problem, "redirects are not followed") })
	h.replies(nil)
	if got := h.at("/elsewhere"); len(got) > 0 {
		t.Errorf("it was followed: %v", got)
	}
}

func testBreakingReceiver(t *testing.T, h *hooked) {
	h.replies(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	h.publish(t, component("broken", "1.0.0"))
	within(t, patience, "the broken connection is written down", func() bool { return strings.Contains(h.of(t, "broken").Problem, "the connection failed") })
	h.replies(nil)
	h.hurry(t)
	h.tick()
	h.awaits(t, "/all", "broken", "publish broken 1.0.0")
	h.awaits(t, "/all", "moved", "publish moved 1.0.0")
}

func testResend(t *testing.T, h *hooked) {
	before := h.of(t, "broken")
	h.admin("webhook", "resend", h.hook, before.ID)
	h.tick()
	h.awaits(t, "/all", "broken", "publish broken 1.0.0", "publish broken 1.0.0")
	all := h.at("/all")
	if last := all[len(all)-1]; last.id != before.ID {
		t.Errorf("the id is %s, was %s", last.id, before.ID)
	}
}

func testPrivateReceiver(t *testing.T, h *hooked) {
	other := newReceiver(t)
	id, _, _ := strings.Cut(h.admin("webhook", "add", other.URL+"/none?access_token=hidden"), " ")
	h.publish(t, component("refused", "1.0.0"))
	refused := func() string {
		for _, d := range h.deliveries(t, id) {
			return d.Problem
		}
		return ""
	}
	within(t, patience, "the refusal is written down", func() bool { return refused() != "" })
	if problem := refused(); !strings.Contains(problem, "is not asked") || strings.Contains(problem, "hidden") || len(other.at("/none")) > 0 {
		t.Errorf("problem %q, asked %v", problem, other.at("/none"))
	}
	h.admin("webhook", "remove", id)
}

func testSubjects(t *testing.T, h *hooked) {
	if err := h.registry.admin(t).Organizing.Create(t.Context(), administrator, "acme", "dev"); err != nil {
		t.Fatal(err)
	}
	h.set(t, "/package", "-package", "Subject-a")
	h.set(t, "/acme", "-org", "acme")
	for name, visibility := range map[string]string{"subject-a": "Private", "subject-b": "Organization", "subject-c": "Private"} {
		h.publish(t, effective(component(name, "1.0.0"), visibility, "acme"))
	}
	h.awaits(t, "/package", "subject-a", "publish subject-a 1.0.0")
	h.awaits(t, "/acme", "subject-b", "publish subject-b 1.0.0")
	h.awaits(t, "/all", "subject-c", "publish subject-c 1.0.0")
	if a, b := h.at("/package"), h.at("/acme"); len(a) != 1 || len(b) != 1 {
		t.Errorf("the package's was told %v, the organization's %v", a, b)
	}
}

func testRemovedWebhook(t *testing.T, h *hooked) {
	list := h.admin("webhook", "list")
	for _, words := range []string{h.hook + "  all packages  " + h.URL + "/all?access_token=hidden", "  package/subject-a  ", "  organization/acme  "} {
		says(t, list, words)
	}
	h.admin("webhook", "remove", h.hook)
	h.publish(t, effective(component("subject-b", "1.1.0"), "Organization", "acme"))
	h.awaits(t, "/acme", "subject-b", "publish subject-b 1.0.0", "publish subject-b 1.1.0")
	if strings.Contains(h.admin("webhook", "list"), h.hook) || len(h.heard("/all", "subject-b")) != 1 {
		t.Errorf("it is still there, or heard %v", h.heard("/all", "subject-b"))
	}
	left := 0
	for o, err := range h.tables().AllOwed(context.Background()) {
		if left++; err != nil || o.Webhook == h.hook {
			t.Errorf("owed is %+v, %v", o, err)
		}
	}
	says(t, h.admin("audit"), "webhook remove")
	if audit := h.admin("audit"); strings.Contains(audit, "hidden") || strings.Contains(audit, "fcw_") {
		t.Errorf("the audit has an address or a secret:\n%s", audit)
	}
}
