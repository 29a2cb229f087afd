package faults

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
)

// old are what clients of the old edition ask for, and what becomes of that.
func old() []scenario {
	kept := func(p *point) {
		one(p)
		must(p.t, wrapped(p))
	}
	remove := func(p *point) error {
		repeated := p.deleted["1.0.0"]
		p.deleted["1.0.0"] = true
		a, err := p.owner.remove(p.t.Context(), p.name, "1.0.0")
		if err != nil || a.status == http.StatusOK || (repeated && a.status == http.StatusNotFound) {
			return err
		}
		return errors.New(a.String())
	}
	return []scenario{
		{name: "ZIP for an old client", function: "simple", setup: one, act: wrapped, done: func(p *point) { must(p.t, wrapped(p)) }},
		{name: "deletion of what an old client has", function: "publish", setup: kept, act: remove, done: func(p *point) {
			p.state.order, p.state.latest = nil, ""
			p.state.audit = append(p.state.audit, "delete 1.0.0")
			if left := p.objects(p.t, "simple/"+p.name+"/"); len(left) > 0 {
				p.t.Errorf("left are %v", left)
			}
		}},
	}
}

// wrapped asks for a ZIP as an old client, which must be whole.
func wrapped(p *point) error {
	a, err := send(p.t.Context(), "GET", p.Registry+"/simple/"+p.name+"/zipball/1.0.0", nil, nil)
	if err != nil || a.status != http.StatusFound {
		return fmt.Errorf("%v, %w", a, errors.Join(err, errors.New("no redirect")))
	}
	zip, err := send(p.t.Context(), "GET", a.header.Get("Location"), nil, nil)
	if err != nil || zip.status != http.StatusOK { // the storage itself failed
		return fmt.Errorf("%v, %w", zip, errors.Join(err, errors.New("no ZIP")))
	}
	if !bytes.HasPrefix(zip.body, []byte("PK")) || !bytes.Contains(zip.body, []byte("package/publish.yaml")) {
		p.t.Errorf("what an old client gets: %q", zip.body)
	}
	return nil
}
