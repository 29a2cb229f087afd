package registry_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// world is a registry with upstreams, and a clock that stands still.
type world struct {
	store
	*registry.Upstreams
	pins *memory.Pins

	mu   sync.Mutex
	time time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.time
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

// newWorld makes a registry that asks these upstreams.
func newWorld(t *testing.T, upstreams ...*hostile.Upstream) *world {
	t.Helper()
	w := &world{store: newStore(t), pins: memory.NewPins(), time: now().UTC().Truncate(time.Second)}
	for _, u := range upstreams {
		hosts := []string{u.Host}
		w.Upstreams = w.instance(append(w.suppliers(), registry.Supplier{
			URL: u.URL, Upstream: &upstream.Client{Base: u.URL, HTTP: outbound.New(hosts), Hosts: hosts},
		})...)
	}
	return w
}

func (w *world) suppliers() []registry.Supplier {
	if w.Upstreams == nil {
		return nil
	}
	return w.Suppliers
}

// instance is another instance of the same registry, which holds nothing yet.
func (w *world) instance(suppliers ...registry.Supplier) *registry.Upstreams {
	return &registry.Upstreams{
		Suppliers: suppliers, Answers: w.answers, Reservations: w.answers, Pins: w.pins, Clock: w.now, Timeout: 10 * time.Second,
		Reports: &registry.Reports{Audit: w.audit, Clock: w.now, Notifying: w.notifying()},
	}
}

// queries asks this instance.
func (w *world) queries() *registry.Queries {
	q := w.store.queries()
	q.Upstreams = w.Upstreams
	return q
}

// read is a question that people ask, and what is answered: the versions.
type read struct {
	name string
	ask  func(*world, *testing.T, string) (registry.Package, []registry.Release, error)
}

// reads are all, of a package that has 1.0.0, 1.1.0 and dev.0.3.
func reads() []read {
	tag := func(text string) read {
		return read{"tag " + text, func(w *world, t *testing.T, name string) (registry.Package, []registry.Release, error) {
			p, r, err := w.queries().Tag(t.Context(), registry.Anonymous, name, text, registry.Full)
			return p, []registry.Release{r}, err
		}}
	}
	return []read{
		{"latest", func(w *world, t *testing.T, name string) (registry.Package, []registry.Release, error) {
			p, r, err := w.queries().Latest(t.Context(), registry.Anonymous, name, registry.Full)
			return p, []registry.Release{r}, err
		}},
		tag("1.0.0"), tag("^1.0"), tag("dev"),
		{"page", func(w *world, t *testing.T, name string) (registry.Package, []registry.Release, error) {
			p, list, _, err := w.queries().Page(t.Context(), registry.Anonymous, name, 1, 30)
			return p, list, err
		}},
		tag("latest"),
	}
}

// answers are the versions that each read answers.
func answers() map[string]string {
	return map[string]string{"latest": "1.1.0", "tag 1.0.0": "1.0.0", "tag ^1.0": "1.1.0", "tag dev": "dev.0.3", "tag latest": "1.1.0", "page": "1.1.0 1.0.0 dev.0.3"}
}

func spoken(releases []registry.Release) string { return strings.Join(versionsOf(releases), " ") }

// honest is an upstream that has a package.
func honest(t *testing.T, names ...string) *hostile.Upstream {
	t.Helper()
	u := hostile.New(t)
	for _, name := range names {
		for _, v := range []string{"1.0.0", "1.1.0", "dev.0.3"} {
			u.Publish(name, v, []byte("ZIP of "+name+" "+v), nil)
		}
	}
	return u
}
