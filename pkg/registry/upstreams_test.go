package registry_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
	"github.com/fc-registry/fc-registry/test/hostile"
)

func TestUpstreamsAnswerForNamesThatAreNotHere(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	for _, read := range reads() {
		p, releases, err := read.ask(w, t, "hello")
		if err != nil || spoken(releases) != answers()[read.name] || p.Name != "hello" {
			t.Fatalf("%s: %s %v %v", read.name, p.Name, releases, err)
		}
		if p.Upstream != u.URL || p.Owner != "" || p.Organization != "" || p.Visibility != registry.Public || !strings.HasSuffix(releases[0].ZIP.Source, releases[0].Version.String()) {
			t.Errorf("%s: %+v %+v", read.name, p, releases[0].ZIP)
		}
	}
	for _, missing := range []string{"nobody", "Hello", "v3", "..", "a/b", strings.Repeat("x", 200)} {
		for _, read := range reads() {
			_, _, err := read.ask(w, t, missing)
			wantError(t, err, registry.NotFound)
		}
	}
	for _, tag := range []string{"2.0.0", "^2", "1.0.0+other", "LATEST"} {
		_, _, err := w.queries().Tag(t.Context(), registry.Anonymous, "hello", tag, registry.Full)
		wantError(t, err, registry.NotFound, tag)
	}
	for _, r := range u.Requests() {
		for name := range r.Header {
			if name != "Accept" && name != "User-Agent" {
				t.Errorf("header %s went upstream", name)
			}
		}
		if query := r.URL.Query(); len(query) > 1 || (len(query) == 1 && !query.Has("page")) {
			t.Errorf("query %q went upstream", query)
		}
	}
}

// An upstream may hold two packages whose names differ by case: who asks for one
// first, and takes it, changes nothing of the other.
func TestNamesThatDifferByCaseAreApart(t *testing.T) {
	good, evil := honest(t, "hello"), honest(t, "HELLO")
	both := hostile.New(t)
	both.Play(hostile.Answers, func(_ *hostile.Upstream, rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "HELLO") {
			evil.ServeHTTP(rw, r)
			return
		}
		good.ServeHTTP(rw, r)
	})
	w := newWorld(t, both)
	w.Suppliers[0].Upstream.(*upstream.Client).Hosts = []string{good.Host, evil.Host}
	for _, first := range []string{"HELLO", "hello"} {
		for _, read := range reads() {
			p, releases, err := read.ask(w, t, first)
			if err != nil || p.Name != first {
				t.Fatalf("%s of %s: %s %v", read.name, first, p.Name, err)
			}
			for _, r := range releases {
				if want := sumOf("ZIP of " + first + " " + r.Version.String()); r.ZIP.Original.SHA256 != want || r.Name != first {
					t.Errorf("%s of %s is that of another: %+v", read.name, first, r.ZIP)
				}
				if _, err := w.pins.PutPin(t.Context(), registry.Pin{Name: p.Name, Version: r.Version, Upstream: both.URL, ZIP: r.ZIP, Since: w.now(), Release: &r}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if got := w.origins(t); got != "HELLO hello" {
		t.Errorf("origins %s", got)
	}
}

func (w *world) origins(t *testing.T) string {
	t.Helper()
	var names []string
	for o, err := range w.answers.Origins(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, o.Name)
	}
	return strings.Join(names, " ")
}

func TestWhatCameFromUpstreamsIsListed(t *testing.T) {
	var names []string
	for i := range 250 {
		names = append(names, fmt.Sprintf("hello-%03d", i))
	}
	u := honest(t, names...)
	w := newWorld(t, u)
	for i, name := range names {
		if i == 100 {
			w.pass(time.Hour)
		}
		if _, _, err := reads()[0].ask(w, t, name); err != nil {
			t.Fatal(err)
		}
	}
	p, r, err := w.queries().Tag(t.Context(), registry.Anonymous, "hello-003", "1.1.0", registry.Full)
	if err == nil {
		_, err = w.pins.PutPin(t.Context(), registry.Pin{Name: p.Name, Version: r.Version, Upstream: u.URL, ZIP: r.ZIP, Since: w.now(), Release: &r})
	}
	if err != nil {
		t.Fatal(err)
	}
	w.publish(t, "hello-200", "1.0.0")
	var got []registry.Traced
	for traced, err := range w.provenance().All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, traced)
	}
	if len(got) != len(names) {
		t.Fatalf("%d names", len(got))
	}
	for i, g := range got {
		// Latest is kept as an answer of its own, and as its version's.
		if g.Name != names[i] || g.Upstream != u.URL || g.Here != (i == 200) || g.Kept != 2 || g.Taken != map[int]int{3: 1}[i] || g.Fresh.Sub(g.Asked) != 3*day {
			t.Errorf("%d: %+v", i, g)
		}
	}
	if got[99].Asked.Add(time.Hour) != got[100].Asked {
		t.Errorf("asked at %s and %s", got[99].Asked, got[100].Asked)
	}
}

// TestOneAsksForMany also ends the first caller.
func TestOneAsksForMany(t *testing.T) {
	u := honest(t, "hello")
	w := newWorld(t, u)
	begun, goOn := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	slow := &waiting{w.Suppliers[0].Upstream, once, goOn}
	w.Suppliers[0].Upstream = slow
	first, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, _, err := w.queries().Latest(first, registry.Anonymous, "hello", registry.Full)
		ended <- err
	}()
	<-begun
	stop()
	if err := <-ended; err == nil {
		t.Error("the first caller was answered after it had gone")
	}
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() {
			_, r, err := w.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Full)
			if err != nil || r.Version.String() != "1.1.0" {
				t.Errorf("%s %v", r.Version, err)
			}
		})
	}
	close(goOn)
	callers.Wait()
	if n := len(u.Requests()); n != 1 {
		t.Errorf("the upstream was asked %d times", n)
	}
}

// waiting is an upstream that answers when it may.
type waiting struct {
	registry.Upstream
	begun func()
	goOn  chan struct{}
}

func (u *waiting) Latest(ctx context.Context, name string) (registry.Package, registry.Release, error) {
	u.begun()
	select {
	case <-u.goOn:
	case <-ctx.Done():
		return registry.Package{}, registry.Release{}, ctx.Err()
	}
	return u.Upstream.Latest(ctx, name)
}

func TestElsewhereFindsWhatIsNotHere(t *testing.T) {
	a, b := honest(t, "hello", "hello-a", "hello-here", "hello-acme", "hello-b"), honest(t, "hello", "hello-b", "hello-denied")
	w := newWorld(t, a, b)
	w.Suppliers[1].Deny = []string{"*-denied"}
	w.publish(t, "Hello-Here", "1.0.0")
	if err := w.managing().SetVisibility(t.Context(), as("admin"), "hello-here", registry.Private); err != nil {
		t.Fatal(err)
	}
	if err := w.reserving().Reserve(t.Context(), as("admin"), "*-acme"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.answers.PutOrigin(t.Context(), registry.Origin{Name: "hello-b", Upstream: b.URL, Since: w.now()}); err != nil {
		t.Fatal(err)
	}
	browsing := &registry.Browsing{Catalog: w.catalog, Upstreams: w.Upstreams}
	find := func(s registry.Search) string {
		t.Helper()
		heads, err := browsing.Elsewhere(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, h := range heads {
			names = append(names, h.Name+" of "+strings.NewReplacer(a.URL, "a", b.URL, "b").Replace(h.Upstream))
		}
		slices.Sort(names)
		return strings.Join(names, ", ")
	}
	all := "hello of a, hello-a of a, hello-b of b"
	search := registry.Search{Text: "hello", Limit: 30}
	if got := find(search); got != all {
		t.Errorf("found %s, want %s", got, all)
	}
	if got := find(registry.Search{Text: "hello", Own: true}); got != "" {
		t.Errorf("own packages: %s", got)
	}
	a.Play(hostile.Answers, hostile.Transport()["status 500"])
	if got, want := find(search), "hello of b, hello-b of b"; got != want {
		t.Errorf("with a failing: found %s, want %s", got, want)
	}
}
