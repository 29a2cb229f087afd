package faults

import "strings"

// uploads are what ingest does.
func uploads() []scenario {
	first := func(p *point) pack { return p.pack("1.0.0") }
	other := func(p *point) pack { return pack{name: p.name, version: "1.0.0", words: "other"} }
	private := func(p *point) pack { return pack{name: p.name, version: "1.1.0", effective: "Private"} }
	open := func(p *point) pack { return p.pack("1.1.0") }
	dev := func(p *point) pack { return p.pack("dev") }
	return []scenario{
		{name: "callback of a new package", function: "ingest", setup: announced(first), act: putZIP(first, true), done: news(first)},
		{name: "callback, whose answer the client ignores", function: "ingest", setup: announced(first), act: putZIP(first, true), again: ignorant(first), done: news(first)},
		{name: "notification", function: "ingest", setup: func(p *point) {
			announced(first)(p)
			p.putUnnoticed(first(p))
		}, act: notifiedOnce, done: news(first)},
		{name: "callback that closes the package", function: "ingest", setup: func(p *point) {
			one(p)
			p.url, p.hidden["1.1.0"] = p.announce(private(p)), true
		}, act: putZIP(private, true), done: func(p *point) {
			p.state.audit, p.state.private = append(p.state.audit, "visibility Public"), true
			p.released(private(p), "1.1.0")
		}},
		{name: "callback that opens the package", function: "ingest", setup: func(p *point) {
			p.state.audit, p.state.private = []string{"create Private"}, true
			k := pack{name: p.name, version: "1.0.0", effective: "Private"}
			p.publish(k)
			p.released(k, "1.0.0")
			p.url = p.announce(open(p))
		}, act: func(p *point) error {
			p.state.private = false // from now on anybody may see it
			return putZIP(open, true)(p)
		}, done: func(p *point) { p.released(open(p), "1.1.0") }},
		{name: "callback after the package was closed", function: "ingest", setup: func(p *point) {
			one(p)
			p.url = p.announce(open(p))
			must(p.t, hide(p))
			p.state.private = true
		}, act: putZIP(open, true), done: func(p *point) { p.released(open(p), "1.1.0") }},
		{name: "callback of a development build whose number was taken", function: "ingest", setup: func(p *point) {
			created(p)
			p.url = p.announce(dev(p))
			taken := pack{name: p.name, version: "dev", words: "taken"}
			p.publish(taken)
			p.released(taken, "dev.0.1")
		}, act: putZIP(dev, true), done: func(p *point) { p.released(dev(p), "dev.0.2") }},
		{name: "callback of a version that was taken", function: "ingest", setup: func(p *point) {
			announced(other)(p)
			created(p)
			p.publish(first(p))
			p.released(first(p), "1.0.0")
		}, act: putZIP(other, false), done: refused},
		{name: "callback of a ZIP that lies", function: "ingest", setup: announced(first), act: putZIP(open, false), done: func(p *point) {
			p.state.audit = nil
			refused(p)
			p.isTold()
		}},
	}
}

// refused expects that the upload of 1.0.0 was refused.
func refused(p *point) { p.state.refused = []string{"1.0.0"} }

// isTold requires that the owner is told of the refusal of 1.0.0: where it is
// missing, and, once, where it is announced again.
func (p *point) isTold() {
	p.t.Helper()
	const why = "Your upload of "
	a, err := p.owner.get(p.t.Context(), "/"+p.name+"/releases/tags/1.0.0")
	if err != nil || a.status != 404 || !strings.Contains(string(a.body), why) {
		p.t.Errorf("the owner is told %v, %v", a, err)
	}
	_, a, err = p.owner.announce(p.t.Context(), p.pack("1.0.0"))
	if err != nil || a.status != 409 || !strings.Contains(string(a.body), why) {
		p.t.Errorf("the owner announces it again: %v, %v", a, err)
	}
	p.announce(p.pack("1.0.0"))
}

// announced expects a new, public package.
func announced(k func(*point) pack) func(*point) {
	return func(p *point) {
		created(p)
		p.url = p.announce(k(p))
	}
}

func news(k func(*point) pack) func(*point) {
	return func(p *point) { p.released(k(p), k(p).version) }
}

// ignorant is a client that does not look at the upload's answer: the storage's
// notification completes it, if the storage has it.
func ignorant(k func(*point) pack) func(*point) error {
	return func(p *point) error {
		p.notify()
		if len(p.nobodys()) == 0 { // a person looks, and finds nothing
			return putZIP(k, true)(p)
		}
		return nil
	}
}

// notifiedOnce hands the notifications on, and gets those back that were not
// taken.
func notifiedOnce(p *point) error {
	var failed error
	for _, c := range p.notifications(p.t, 1) {
		if err := p.deliver(p.t.Context(), c); err != nil {
			failed = err
			must(p.t, p.keep(p.t.Context(), c))
		}
	}
	return failed
}

// putUnnoticed uploads a ZIP while ingest is down.
func (p *point) putUnnoticed(k pack) {
	p.t.Helper()
	p.ingestDown()
	_, err := put(p.t.Context(), p.url, k.zip())
	p.functions.Clear()
	p.deliverDown()
	if err == nil || !strings.Contains(err.Error(), "CallbackFailed") {
		p.t.Fatalf("PUT while ingest is down: %v", err)
	}
}
