package registry_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// A name that is here, whatever its visibility, state or the caller's rights, is
// never asked upstream, nor served from there; a reserved one neither.
func TestANameThatIsHereIsNeverAskedUpstream(t *testing.T) {
	names := []string{"open", "closed", "ours", "emptied", "ACME-new", "denied", "console"}
	u := honest(t, names...)
	w := newWorld(t, u)
	w.Suppliers[0].Deny = []string{"x*", "DEN?ED"}
	w.publish(t, "open", "3.0.0")
	w.publish(t, "closed", "3.0.0")
	w.publish(t, "ours", "3.0.0")
	w.publish(t, "emptied", "3.0.0")
	w.delete(t, "emptied", "3.0.0")
	for name, v := range map[string]registry.Visibility{"closed": registry.Private, "ours": registry.Private} {
		if err := w.managing().SetVisibility(t.Context(), as("admin"), name, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.reserving().Reserve(t.Context(), as("admin"), "acme-*"); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, spelled := range []string{name, strings.ToUpper(name), strings.ToLower(name)} {
			for _, read := range reads() {
				p, releases, err := read.ask(w, t, spelled)
				wantP, wantReleases, wantErr := read.ask(&world{store: w.store}, t, spelled)
				if fmt.Sprint(p, releases, err) != fmt.Sprint(wantP, wantReleases, wantErr) {
					t.Errorf("%s of %s: %v %v %v, without upstreams %v %v %v", read.name, spelled, p, releases, err, wantP, wantReleases, wantErr)
				}
			}
		}
	}
	if asked := u.Requests(); len(asked) > 0 {
		t.Errorf("the upstream was asked for %s", asked[0].URL)
	}
}

func (w *world) reserving() *registry.Reserving {
	return &registry.Reserving{Reservations: w.answers, Recorder: w.recorder()}
}

func (w *world) provenance() *registry.Provenance {
	return &registry.Provenance{Answers: w.answers, Pins: w.pins, Catalog: w.catalog, Audit: w.audit, Clock: w.now}
}

func TestALocalPackageWinsFromThenOn(t *testing.T) {
	u := honest(t, "hello", "other")
	w := newWorld(t, u)
	for _, read := range reads() {
		for _, name := range []string{"hello", "other"} {
			if _, _, err := read.ask(w, t, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.publish(t, "Hello", "0.0.1")
	p, r, err := w.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
	if err != nil || p.Upstream != "" || r.Version.String() != "0.0.1" {
		t.Errorf("%+v %s %v", p, r.Version, err)
	}
	_, _, err = w.queries().Tag(t.Context(), registry.Anonymous, "hello", "1.0.0", registry.Full)
	wantError(t, err, registry.NotFound)
	clashes, err := w.provenance().Clashes(t.Context())
	if err != nil || len(clashes) != 1 || clashes[0].Name != "hello" || clashes[0].Upstream != u.URL {
		t.Errorf("clashes %v, %v", clashes, err)
	}
	wantWords(t, w.recorded(t, "package/hello"), "create Public; came from "+u.URL+" until now")
	if err := w.provenance().Forget(t.Context(), as("admin"), "hello"); err != nil {
		t.Fatal(err)
	}
	if clashes, err := w.provenance().Clashes(t.Context()); err != nil || len(clashes) > 0 {
		t.Errorf("forgotten, and there are clashes %v, %v", clashes, err)
	}
	wantWords(t, w.recorded(t, "upstream/hello"), "admin: forget "+u.URL)
	wantError(t, w.provenance().Forget(t.Context(), as("admin"), "hello"), registry.NotFound, "hello")
}

func TestReservedNamesAreNoMoreServed(t *testing.T) {
	w := newWorld(t, honest(t, "hello"))
	latest := reads()[0]
	if _, _, err := latest.ask(w, t, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := w.reserving().Reserve(t.Context(), as("admin"), "HEL*"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute) // what instances hold
	_, _, err := latest.ask(w, t, "hello")
	wantError(t, err, registry.NotFound)
	if err := w.reserving().Unreserve(t.Context(), as("admin"), "hel*"); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	if _, _, err := latest.ask(w, t, "hello"); err != nil {
		t.Fatal(err)
	}
	wantError(t, w.reserving().Unreserve(t.Context(), as("admin"), "hel*"), registry.NotFound, "hel*")
	for _, bad := range []string{"", "[", "a b", "a;b", strings.Repeat("x", registry.MaxName+1)} {
		wantError(t, w.reserving().Reserve(t.Context(), as("admin"), bad), registry.Invalid)
	}
	if got := w.recorded(t, "reserved names"); !strings.Contains(got, "reserve") {
		t.Errorf("audit %q", got)
	}
}
