package faults

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// ledger is what was acknowledged to clients, and what they do not know.
type ledger struct {
	mu       sync.Mutex
	released map[string]pack // by key of its ZIP; not deleted since
	deleted  map[string]pack
	unknown  map[string]pack // a deletion was cut off
	highest  map[string]int  // by package: that was acknowledged
	cut      int
}

func (l *ledger) init() {
	if l.released == nil {
		l.released, l.deleted, l.unknown, l.highest = map[string]pack{}, map[string]pack{}, map[string]pack{}, map[string]int{}
	}
}

// work publishes one version after the other, and deletes every third of them,
// until the cloud does not answer any more.
func (l *ledger) work(ctx context.Context, owner client, name string) {
	for n := 0; ; n++ {
		k := pack{name: name, version: tag(n)}
		o, err := owner.publish(ctx, k)
		if err != nil || !o.Released {
			l.cutOff()
			return
		}
		l.note(k, n)
		if n%3 != 2 {
			continue
		}
		k = pack{name: name, version: tag(n - 1)}
		a, err := owner.remove(ctx, name, k.version)
		l.gone(k, err == nil && a.status == http.StatusOK)
		if err != nil || a.status != http.StatusOK {
			l.cutOff()
			return
		}
	}
}

func (l *ledger) note(k pack, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.init()
	l.released[k.key(k.version)], l.highest[k.name] = k, n
}

// gone moves a release whose deletion was acknowledged, or may have happened.
func (l *ledger) gone(k pack, acknowledged bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := k.key(k.version)
	delete(l.released, key)
	if acknowledged {
		l.deleted[key] = k
	} else {
		l.unknown[key] = k
	}
}

func (l *ledger) begun() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.released) > 0
}

func (l *ledger) cutOff() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut++
}

func (l *ledger) add(other *ledger) {
	l.init()
	for key, k := range other.released {
		l.released[key] = k
	}
	for key, k := range other.deleted {
		l.deleted[key] = k
	}
	l.cut += other.cut
}

// verify compares the registry with the ledger. Uploads that were cut off may
// be completed at any time: they may be there or not, but whole.
func (l *ledger) verify(t *testing.T, owner client) {
	t.Helper()
	for name, highest := range l.highest {
		v, err := owner.look(t.Context(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := number(v.latest); got < highest {
			t.Errorf("%s: latest is %s, acknowledged was %s", name, v.latest, tag(highest))
		}
		l.compare(t, name, v)
	}
}

func (l *ledger) compare(t *testing.T, name string, v view) {
	t.Helper()
	sums := make(map[string]string)
	for _, r := range v.releases {
		sums[r.Tag] = r.SHA
	}
	for _, k := range l.released {
		if k.name == name && sums[k.version] != k.sha() {
			t.Errorf("%s %s was acknowledged; there is %q, want %q", name, k.version, sums[k.version], k.sha())
		}
	}
	for _, k := range l.deleted {
		if k.name == name && slices.Contains(v.tags(), k.version) {
			t.Errorf("%s %s was deleted, and is there again", name, k.version)
		}
	}
}
