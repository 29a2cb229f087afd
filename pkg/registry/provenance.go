package registry

import (
	"context"
	"iter"
	"time"
)

// Provenance tells which names came from upstreams.
type Provenance struct {
	Answers Answers
	Pins    Pins
	Catalog Catalog
	Audit   Audit
	Clock   Clock
}

// Forget lets a name go: it belongs to the first upstream that has it from then
// on. What was taken of it stays pinned. NotFound when it came from none.
func (p *Provenance) Forget(ctx context.Context, by Caller, name string) error {
	origins, err := p.Answers.Known(ctx, []string{name})
	if err != nil {
		return err
	}
	if len(origins) == 0 {
		return Errorf(NotFound, "Package %q came from no upstream: admin upstream lists those that did.", shorten(name))
	}
	now := p.Clock().UTC().Truncate(time.Second)
	err = p.Audit.Record(ctx, Event{
		Subject: "upstream/" + Key(name), Seq: now.Unix(), Time: now, Action: "forget", Detail: origins[0].Upstream,
		User: by.User, Token: by.Token, From: by.From, RequestID: by.RequestID,
	})
	if err != nil {
		return err
	}
	return p.Answers.ForgetOrigin(ctx, name)
}

// Traced is a name that came from an upstream, and what there is of it.
type Traced struct {
	Origin
	// Here tells that it was published here, too: a clash, which the one here wins.
	Here bool `json:"clash"`
	// Asked is when the upstream last answered something about it, and Fresh until
	// when the last of its answers is; zero when nothing of that is kept.
	Asked time.Time `json:"asked,omitzero"`
	Fresh time.Time `json:"fresh,omitzero"`
	Kept  int       `json:"answers"`
	Taken int       `json:"zips"` // versions whose ZIPs were taken
}

// All yields all names, in order.
func (p *Provenance) All(ctx context.Context) iter.Seq2[Traced, error] {
	return func(yield func(Traced, error) bool) {
		for batch, err := range p.batches(ctx) {
			for _, t := range batch {
				err = p.fill(ctx, &t)
				if !yield(t, err) || err != nil {
					return
				}
			}
			if err != nil {
				yield(Traced{}, err)
				return
			}
		}
	}
}

// Clashes returns the names that were published here after they came from an
// upstream, or before it was asked no more.
func (p *Provenance) Clashes(ctx context.Context) ([]Origin, error) {
	var clashes []Origin
	for batch, err := range p.batches(ctx) {
		if err != nil {
			return nil, err
		}
		for _, t := range batch {
			if t.Here {
				clashes = append(clashes, t.Origin)
			}
		}
	}
	return clashes, nil
}

// batches yields origins, as many at once as the catalog reads in one call, each
// with whether it is here.
func (p *Provenance) batches(ctx context.Context) iter.Seq2[[]Traced, error] {
	const most = 100
	return func(yield func([]Traced, error) bool) {
		var batch []Traced
		flush := func() bool {
			ready, err := p.compare(ctx, batch)
			batch = nil
			return yield(ready, err) && err == nil
		}
		for o, err := range p.Answers.Origins(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if batch = append(batch, Traced{Origin: o}); len(batch) == most && !flush() {
				return
			}
		}
		if len(batch) > 0 {
			flush()
		}
	}
}

// compare marks the names that are here.
func (p *Provenance) compare(ctx context.Context, batch []Traced) ([]Traced, error) {
	names := make([]string, len(batch))
	for i, t := range batch {
		names[i] = t.Name
	}
	heads, err := p.Catalog.Heads(ctx, names)
	if err != nil {
		return nil, err
	}
	here := make(map[string]bool)
	for _, h := range heads {
		here[Key(h.Name)] = true
	}
	for i := range batch {
		batch[i].Here = here[Key(batch[i].Name)]
	}
	return batch, nil
}

// fill counts what is kept of a name, and what was taken.
func (p *Provenance) fill(ctx context.Context, t *Traced) error {
	for a, err := range p.Answers.Answered(ctx, t.Name) {
		if err != nil {
			return err
		}
		t.Kept++
		t.Asked = later(t.Asked, a.Asked)
		t.Fresh = later(t.Fresh, a.Asked.Add(freshFor(a.Question, a.Upstream == "")))
	}
	for _, err := range p.Pins.PinsOf(ctx, t.Name) {
		if err != nil {
			return err
		}
		t.Taken++
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
