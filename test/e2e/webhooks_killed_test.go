package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWebhooksSurviveTheEndOfAll ends every process by SIGKILL while deliveries
// are tried, and while they wait: after the next start all is told, in order.
func TestWebhooksSurviveTheEndOfAll(t *testing.T) {
	t.Parallel()
	to := newReceiver(t)
	program, address, data := build(t, "local"), freeAddress(t), filepath.Join(t.TempDir(), "data")
	p := launch(t, program, address, data)
	w, err := p.admin(t).Subscribing.Add(t.Context(), administrator, "registry", to.URL+"/all")
	if err != nil {
		t.Fatal(err)
	}
	to.trusts("/all", p.admin(t).Secret(w.ID))
	tried := func(name string) bool {
		for _, d := range to.at("/all") {
			if d.told.Package == name {
				return true
			}
		}
		return false
	}

	to.replies(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	p.publish(t, component("waits", "1.0.0"))
	p.publish(t, component("waits", "1.1.0"))
	within(t, patience, "a first try was made", func() bool { return tried("waits") })
	to.replies(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	p.publish(t, component("tried", "1.0.0"))
	within(t, patience, "it is being tried", func() bool { return tried("tried") })
	p.end(t, syscall.SIGKILL)

	to.replies(nil)
	p = launch(t, program, address, data)
	p.hurry(t)
	p.publish(t, component("after", "1.0.0")) // has everything delivered that is due
	to.awaits(t, "/all", "waits", "publish waits 1.0.0", "publish waits 1.1.0")
	to.awaits(t, "/all", "tried", "publish tried 1.0.0")
	to.awaits(t, "/all", "after", "publish after 1.0.0")
	ids := make(map[string]string)
	for _, d := range to.at("/all") {
		if before := ids[d.String()]; before != "" && before != d.id {
			t.Errorf("%s has ids %s and %s", d, before, d.id)
		}
		ids[d.String()] = d.id
	}
	if tries := strings.Count(strings.Join(bodies(to), "\n"), `"tried"`); tries != 2 {
		t.Errorf("tried was told %d times, want 2", tries)
	}
}

func bodies(r *receiver) []string {
	var all []string
	for _, d := range r.at("/all") {
		all = append(all, d.body)
	}
	return all
}
