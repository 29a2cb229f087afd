package registry_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// counted counts how often it is read what is kept.
type counted struct {
	registry.Answers
	kept int
}

func (c *counted) Kept(ctx context.Context, name string, q registry.Question) (registry.Kept, error) {
	c.kept++
	return c.Answers.Kept(ctx, name, q)
}

func sumOf(zip string) string {
	sum := sha256.Sum256([]byte(zip))
	return hex.EncodeToString(sum[:])
}

// TestAVersionOnceSeenNeverChanges, whatever was asked first, and whatever is
// asked after the upstream has changed it.
func TestAVersionOnceSeenNeverChanges(t *testing.T) {
	for _, first := range reads() {
		for _, pinned := range []bool{false, true} {
			t.Run(first.name+map[bool]string{true: ", taken"}[pinned], func(t *testing.T) {
				u := honest(t, "hello")
				w := newWorld(t, u)
				_, seen, err := first.ask(w, t, "hello")
				if err != nil {
					t.Fatal(err)
				}
				of := make(map[string]registry.Release)
				for _, r := range seen {
					of[r.Version.String()] = r
					if !pinned {
						continue
					}
					zip := r.ZIP
					zip.Digest = digest([]byte("canonical form of " + r.Version.String()))
					zip.Key = registry.MirrorKey("hello", r.Version, zip.SHA256)
					if _, err := w.pins.PutPin(t.Context(), registry.Pin{Name: "hello", Version: r.Version, Upstream: u.URL, ZIP: zip, Since: w.now(), Release: &r}); err != nil {
						t.Fatal(err)
					}
				}
				if pinned { // then what was answered may be lost
					lost := newWorld(t, u)
					lost.pins, lost.audit = w.pins, w.audit
					lost.Upstreams = lost.instance(w.Suppliers...)
					w = lost
				}
				for v := range of {
					u.Publish("hello", v, []byte("other bytes of "+v), map[string]any{"readme": "other"})
				}
				w.checkUnchanged(t, of, pinned)
				w.checkReported(t, u, of)
			})
		}
	}
}

func (w *world) checkUnchanged(t *testing.T, of map[string]registry.Release, pinned bool) {
	t.Helper()
	for range 2 {
		w.pass(4 * day)
		for _, read := range reads() {
			_, releases, err := w.askAnew(t, read, "hello")
			if err != nil {
				t.Fatalf("%s: %v", read.name, err)
			}
			for _, r := range releases {
				was, ok := of[r.Version.String()]
				if ok && (r.ZIP.Original != was.ZIP.Original || r.ZIP.Digest != w.served(t, r)) {
					t.Errorf("%s: %s has %+v, had %+v", read.name, r.Version, r.ZIP, was.ZIP)
				}
				if ok && was.Texts.Readme != "" && read.name != "page" && !pinned && r.Texts.Readme != was.Texts.Readme {
					t.Errorf("%s: readme %q, was %q", read.name, r.Texts.Readme, was.Texts.Readme)
				}
			}
		}
	}
}

// served is the digest of what was taken of a release, zero when nothing was.
func (w *world) served(t *testing.T, r registry.Release) registry.Digest {
	t.Helper()
	pin, err := w.pins.Pin(t.Context(), r.Name, r.Version)
	if err != nil && registry.CodeOf(err) != registry.NotFound {
		t.Fatal(err)
	}
	return pin.ZIP.Digest
}

// checkReported requires one report for each version.
func (w *world) checkReported(t *testing.T, u *hostile.Upstream, of map[string]registry.Release) {
	t.Helper()
	var got int
	for _, e := range registrytest.Events(t, w.audit, "") {
		for v, was := range of {
			if !strings.HasPrefix(e.Subject, "upstream/hello/"+v+"/") {
				continue
			}
			got++
			now := sumOf("other bytes of " + v)
			if e.Action != "bytes changed upstream" || e.User != u.URL || !strings.Contains(e.Detail, now) || !strings.Contains(e.Detail, was.ZIP.Original.SHA256) {
				t.Errorf("event %+v", e)
			}
		}
	}
	if got != len(of) {
		t.Errorf("%d reports of %d versions", got, len(of))
	}
}

func TestWebhooksHearThatBytesChangedUpstream(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	w.subscribe(t, registry.PackageSubject("hello"), "one.example")
	w.subscribe(t, registry.PackageSubject("other"), "other.example")
	exact := reads()[1]
	if _, _, err := exact.ask(w, t, "hello"); err != nil {
		t.Fatal(err)
	}
	if owed := w.owed(t); len(owed) > 0 {
		t.Fatalf("owed %+v", owed)
	}
	u.Publish("hello", "1.0.0", []byte("other"), nil)
	for range 2 {
		w.pass(4 * day)
		if _, _, err := w.askAnew(t, exact, "hello"); err != nil {
			t.Fatal(err)
		}
	}
	owed := w.owed(t)
	if len(owed) != 1 || owed[0].Package != "hello" || !strings.HasPrefix(owed[0].Subject, "upstream/hello/1.0.0/") {
		t.Errorf("owed %+v", owed)
	}
}

func TestAVersionThatIsGoneUpstreamStays(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	exact, latest := reads()[1], reads()[0]
	for _, read := range []read{exact, latest} {
		if _, _, err := read.ask(w, t, "hello"); err != nil {
			t.Fatal(err)
		}
	}
	empty := hostile.New(t)
	u.Play(hostile.Answers, func(_ *hostile.Upstream, rw http.ResponseWriter, r *http.Request) { empty.ServeHTTP(rw, r) })
	for range 3 {
		w.pass(4 * day)
		if _, releases, err := w.askAnew(t, exact, "hello"); err != nil || spoken(releases) != "1.0.0" {
			t.Errorf("%s %v", spoken(releases), err)
		}
		_, _, err := w.askAnew(t, latest, "hello")
		wantError(t, err, registry.NotFound, "hello")
	}
}

// Two versions that differ by build metadata are one number.
func TestTheFirstOfANumberCounts(t *testing.T) {
	u := hostile.New(t)
	u.Publish("hello", "1.0.0+a", []byte("a"), nil)
	w := newWorld(t, u)
	p, r, err := w.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.pins.PutPin(t.Context(), registry.Pin{Name: p.Name, Version: r.Version, Upstream: u.URL, ZIP: r.ZIP, Since: w.now(), Release: &r}); err != nil {
		t.Fatal(err)
	}
	u.Publish("hello", "1.0.0+b", []byte("b"), nil)
	w.pass(10 * time.Minute)
	for _, tag := range []string{"1.0.0+b", "^1"} {
		_, r, err := w.queries().Tag(t.Context(), registry.Anonymous, "hello", tag, registry.Full)
		if err == nil && r.Version.String() != "1.0.0+a" {
			t.Errorf("%s is %s of %s", tag, r.Version, r.ZIP.Original.SHA256)
		}
	}
}

// What is answered of a release tells its bytes soon after they are known, though
// the answer itself is kept for days.
func TestTheDigestIsToldOnceTheZIPWasTaken(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	ask := func(by *registry.Upstreams) registry.Release {
		t.Helper()
		tag, err := registry.ParseTag("1.0.0")
		if err != nil {
			t.Fatal(err)
		}
		_, r, err := by.Tag(t.Context(), "hello", tag)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := ask(w.Upstreams)
	if before.ZIP.Digest != (registry.Digest{}) {
		t.Fatalf("%+v of a ZIP that nobody took", before.ZIP)
	}
	zip := before.ZIP
	zip.Digest, zip.Original = digest([]byte("canonical")), digest([]byte("sent"))
	zip.Key = registry.MirrorKey("hello", before.Version, zip.SHA256)
	if _, err := w.pins.PutPin(t.Context(), registry.Pin{Name: "hello", Version: before.Version, Upstream: u.URL, ZIP: zip, Since: w.now(), Release: &before}); err != nil {
		t.Fatal(err)
	}
	if got := ask(w.instance(w.suppliers()...)).ZIP; got.Digest != zip.Digest || got.Original != zip.Original {
		t.Errorf("%+v, want %+v", got, zip)
	}
}
