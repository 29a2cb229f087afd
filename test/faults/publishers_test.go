package faults

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestFiftyPublishersOfOneVersion shows that exactly one wins, and that each
// other is told: by the answer to its form, or to its upload.
func TestFiftyPublishersOfOneVersion(t *testing.T) {
	t.Parallel()
	w := inProcess(t)
	owner := w.user(t, "owner")
	for _, name := range []string{"new", "known"} {
		t.Run(name, func(t *testing.T) {
			if name == "known" {
				o, err := owner.publish(t.Context(), pack{name: name, version: "0.1.0"})
				if err != nil || !o.Released {
					t.Fatalf("%+v, %v", o, err)
				}
			}
			winner := w.race(t, owner, name)
			v, err := owner.look(t.Context(), name)
			must(t, err)
			if v.latest != "1.0.0" || v.releases[0].SHA != winner.sha() {
				t.Errorf("releases %+v, latest %s; want the bytes of %s", v.releases, v.latest, winner.words)
			}
			if kept := w.objects(t, "packages/"+name+"/1.0.0/"); len(kept) != 1 || kept[0] != winner.key("1.0.0") {
				t.Errorf("objects %v, want the winner's alone", kept)
			}
		})
	}
}

// race lets fifty publish other bytes as one version, and returns who won.
func (w *world) race(t *testing.T, owner client, name string) pack {
	t.Helper()
	const publishers = 50
	var mu sync.Mutex
	var winners []pack
	refused := make(map[string]int)
	var all sync.WaitGroup
	for i := range publishers {
		all.Go(func() {
			k := pack{name: name, version: "1.0.0", words: fmt.Sprint(i)}
			won, how := w.compete(t, owner, k)
			mu.Lock()
			defer mu.Unlock()
			if won {
				winners = append(winners, k)
			} else {
				refused[how]++
			}
		})
	}
	all.Wait()
	if len(winners) != 1 || refused["form"]+refused["upload"] != publishers-1 {
		t.Fatalf("%d won, refused were %v", len(winners), refused)
	}
	t.Logf("one won; told by the form's answer: %d, by the upload's: %d", refused["form"], refused["upload"])
	return winners[0]
}

// compete publishes, and tells by what it was refused. Who is told to come back
// does so.
func (w *world) compete(t *testing.T, c client, k pack) (won bool, refusedBy string) {
	address, a, err := c.announce(t.Context(), k)
	for err == nil && a.status == http.StatusServiceUnavailable {
		address, a, err = c.announce(t.Context(), k)
	}
	if err == nil && address == "" && a.status == http.StatusConflict {
		return false, "form"
	}
	if err != nil || address == "" {
		t.Errorf("form: %v, %v", a, err)
		return false, ""
	}
	o, err := put(t.Context(), address, k.zip())
	if err != nil && strings.Contains(err.Error(), "CallbackFailed") {
		return w.completed(t, c, k), "upload"
	}
	if err != nil || (!o.Released && !strings.Contains(o.Message, "is published already")) {
		t.Errorf("upload: %+v, %v", o, err)
	}
	return o.Released, "upload"
}

// completed has the storage's notifications complete the uploads whose callbacks
// came to nothing, whoever made them, and looks who won.
func (w *world) completed(t *testing.T, c client, k pack) (won bool) {
	eventually(t, "somebody has won", func() bool {
		for _, created := range w.notifications(t, 0) {
			for w.deliver(t.Context(), created) != nil && t.Context().Err() == nil {
			}
		}
		v, err := c.look(t.Context(), k.name)
		for _, r := range v.releases {
			if err == nil && r.Tag == k.version {
				won = r.SHA == k.sha()
				return true
			}
		}
		return false
	})
	return won
}
