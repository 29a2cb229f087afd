package faults

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// point is one run of a scenario, on a package of its own.
type point struct {
	*world
	t     *testing.T
	name  string // of the package
	owner client
	user  string // the owner's name

	url     string          // for an upload
	tokens  []string        // that the owner has been given
	hidden  map[string]bool // versions that only the owner may ever see
	deleted map[string]bool // versions whose deletion has begun
	state   state           // what is acknowledged
}

// state is what must be there.
type state struct {
	releases map[string]pack // by version
	order    []string        // of the visible ones, highest first
	latest   string
	private  bool
	audit    []string // the package's events
	refused  []string // versions whose upload was refused
}

func newPoint(t *testing.T, w *world, name string) *point {
	t.Helper()
	user := "user-" + name
	return &point{
		world: w, t: t, name: name, user: user, owner: w.user(t, user),
		hidden: make(map[string]bool), deleted: make(map[string]bool), state: state{releases: make(map[string]pack)},
	}
}

// user adds a user, and uses the token once: only its first use in an hour is
// written down.
func (w *world) user(t *testing.T, name string) client {
	t.Helper()
	token, err := w.admin.Users.Add(t.Context(), registry.Caller{User: "admin"}, name)
	must(t, err)
	c := client{base: w.Registry, token: token}
	a, err := c.remove(t.Context(), "nothing", "1.0.0")
	if err != nil || a.status != 404 {
		t.Fatalf("the token's first use: %v, %v", a, err)
	}
	return c
}

// ingestDown lets every call of ingest fail.
func (w *world) ingestDown() {
	w.functions.Add(fault.Rule{
		Operation: "InvokeFunction", Resource: functionName("ingest"), Action: fault.Fail,
		Failure: fault.Failure{Status: 500, Code: "InternalServerError", Message: "by the test"},
	})
}

func (p *point) pack(version string) pack { return pack{name: p.name, version: version} }

// announce sends a form that must be accepted.
func (p *point) announce(k pack) string {
	p.t.Helper()
	url, a, err := p.owner.announce(p.t.Context(), k)
	if err != nil || url == "" {
		p.t.Fatalf("announce %s: %v, %v", k.version, a, err)
	}
	return url
}

// publish releases a version without trouble.
func (p *point) publish(k pack) {
	p.t.Helper()
	p.upload(p.announce(k), k)
}

// upload sends a ZIP that must be released.
func (p *point) upload(url string, k pack) {
	p.t.Helper()
	o, err := put(p.t.Context(), url, k.zip())
	if err != nil || !o.Released {
		p.t.Fatalf("upload %s: %+v, %v", k.version, o, err)
	}
	p.notify()
}

// released notes a release as acknowledged; it is the latest.
func (p *point) released(k pack, version string) {
	p.state.releases[version] = k
	p.state.order = append([]string{version}, p.state.order...)
	p.state.latest = version
	p.state.audit = append(p.state.audit, "publish "+version)
}

// notify hands on the storage's notifications, each again until it is taken.
func (p *point) notify() {
	p.t.Helper()
	for _, c := range p.notifications(p.t, 0) {
		var err error
		for range 5 {
			if err = p.deliver(p.t.Context(), c); err == nil {
				break
			}
		}
		if err != nil {
			p.t.Errorf("notification: %v", err)
		}
	}
}

// between checks what must hold at any time, in the middle of things too.
func (p *point) between() {
	p.t.Helper()
	own, err := p.look(p.owner)
	if err != nil {
		p.t.Errorf("the owner, before the second try: %v", err)
	}
	seen := own.tags()
	for version := range p.state.releases {
		if !slices.Contains(seen, version) && !p.deleted[version] {
			p.t.Errorf("release %s, which was acknowledged, is not there: %v", version, seen)
		}
	}
	p.leaks("before the second try")
}

// look is what a client sees. While a deletion is under way, latest may still
// name the version whose ZIP can't be had any more.
func (p *point) look(c client) (view, error) {
	v, err := c.look(p.t.Context(), p.name)
	if missing, ok := errors.AsType[withoutZIP](err); ok && p.deleted[missing.tag] && !slices.Contains(v.tags(), missing.tag) {
		return v, nil
	}
	return v, err
}

func (v view) tags() []string {
	var tags []string
	for _, r := range v.releases {
		tags = append(tags, r.Tag)
	}
	return tags
}

// leaks lets nobody look for what only the owner may see.
func (p *point) leaks(when string) {
	p.t.Helper()
	nobody, err := p.look(client{base: p.Registry})
	if err != nil {
		p.t.Errorf("nobody, %s: %v", when, err)
	}
	for _, version := range append(nobody.tags(), nobody.latest) {
		if p.hidden[version] || (p.state.private && version != "") {
			p.t.Errorf("%s: nobody sees %s", when, version)
		}
	}
	for version := range p.hidden {
		for _, path := range []string{"/zipball/", "/releases/tags/"} {
			a, err := client{base: p.Registry}.get(p.t.Context(), "/"+p.name+path+version)
			if err != nil || a.status != 404 {
				p.t.Errorf("%s: nobody gets %s%s: %v, %v", when, path, version, a, err)
			}
		}
	}
}

// check compares all with what is acknowledged.
func (p *point) check() {
	p.t.Helper()
	own, err := p.owner.look(p.t.Context(), p.name)
	must(p.t, err)
	if !slices.Equal(own.tags(), p.state.order) || own.latest != p.state.latest {
		p.t.Errorf("releases %v, latest %q; want %v, %q", own.tags(), own.latest, p.state.order, p.state.latest)
	}
	var keys []string
	for _, r := range own.releases {
		k := p.state.releases[r.Tag]
		keys = append(keys, k.key(r.Tag))
		if r.SHA != k.sha() {
			p.t.Errorf("release %s has other bytes than were acknowledged", r.Tag)
		}
	}
	slices.Sort(keys)
	if kept := p.objects(p.t, "packages/"+p.name+"/"); !slices.Equal(kept, keys) {
		p.t.Errorf("objects %v, want %v", kept, keys)
	}
	p.leaks("at the end")
	if !p.state.private && !slices.Equal(own.tags(), p.nobodys()) {
		p.t.Errorf("nobody sees %v of a public package, want %v", p.nobodys(), own.tags())
	}
	p.events("package/"+p.name, p.state.audit)
	p.heard()
	p.numbersStayTaken()
}

func (p *point) nobodys() []string {
	v, err := client{base: p.Registry}.look(p.t.Context(), p.name)
	must(p.t, err)
	return v.tags()
}

// numbersStayTaken tries to use every number again, with other bytes.
func (p *point) numbersStayTaken() {
	p.t.Helper()
	for version := range p.state.releases {
		if strings.HasPrefix(version, "dev.") {
			continue // nobody can ask for one
		}
		_, a, err := p.owner.announce(p.t.Context(), pack{name: p.name, version: version, words: "again"})
		if err != nil || a.status != 409 {
			p.t.Errorf("%s could be announced again: %v, %v", version, a, err)
		}
	}
}

// events compares what the audit has of a subject, in order: the action and
// the first word of its detail.
func (p *point) events(subject string, want []string) {
	p.t.Helper()
	var got []string
	for e, err := range p.admin.Audit.Events(p.t.Context(), subject) {
		must(p.t, err)
		detail, _, _ := strings.Cut(e.Detail, " ")
		got = append(got, strings.TrimSpace(e.Action+" "+detail))
		if e.Seq != int64(len(got)) {
			p.t.Errorf("event %d of %s has number %d", len(got), subject, e.Seq)
		}
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("audit of %s: %q, want %q", subject, got, want)
	}
}

// orphans counts ZIPs below packages/ that no visible release has.
func (p *point) orphans() int {
	live := make(map[string]bool)
	own, err := p.look(p.owner)
	if err != nil {
		return 0 // between has said so
	}
	for _, r := range own.releases {
		live[fmt.Sprintf("packages/%s/%s/%s.zip", p.name, r.Tag, r.SHA)] = true
	}
	n := 0
	for _, key := range p.objects(p.t, "packages/"+p.name+"/") {
		if !live[key] {
			n++
		}
	}
	return n
}
