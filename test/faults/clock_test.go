package faults

import (
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// TestClockSkew has the client's and the storage's clock differ from that of
// the functions by up to five minutes, either way.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	const most = 5 * time.Minute
	for _, c := range []struct {
		name            string
		client, storage time.Duration
	}{
		{"the client is late", -most + time.Minute, 0}, // the signature's way takes time too
		{"the client is early", most, 0},
		{"the storage is late", 0, -most},
		{"the storage is early", 0, most},
		{"both are late", -most + time.Minute, -most},
		{"one is early, one is late", most, -most},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := inProcess(t)
			p := newPoint(t, w, "skewed")
			p.owner.skew = c.client
			w.setClock(c.storage)
			defer w.setClock(0)
			day(p)
		})
	}
}

// day is one of everything.
func day(p *point) {
	two(p)
	p.check()
	must(p.t, p.setVisibility(registry.Private))
	p.state.private, p.state.audit = true, append(p.state.audit, "visibility Public")
	p.check()
	must(p.t, retoken(p))
	newToken(p)
	if a, err := p.owner.remove(p.t.Context(), p.name, "1.1.0"); err != nil || a.status != 200 {
		p.t.Fatalf("delete: %v, %v", a, err)
	}
	p.state.order, p.state.latest, p.state.audit = []string{"1.0.0"}, "1.0.0", append(p.state.audit, "delete 1.1.0")
	p.check()
}
