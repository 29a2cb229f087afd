// Package fault decides which calls to an emulated service fail, are slow, or
// lose their answer.
package fault

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Call names one request: Operation is the service's own word for it (PutRow,
// PutObject, Invoke), Resource what it is about (a table, bucket/key, a
// function).
type Call struct {
	Operation string
	Resource  string
}

// Action is what a rule does to the call that it matches.
type Action int

const (
	// Fail answers with the rule's Failure; the call has no effect.
	Fail Action = iota
	// Delay holds the call for the rule's Delay, then lets it pass.
	Delay
	// Drop applies the call and closes the connection without an answer.
	Drop
	// Watch lets the call pass.
	Watch
)

// Failure is the error that the service answers.
type Failure struct {
	Status  int
	Code    string
	Message string
}

// Rule acts on the Nth call that it matches, counted from when it was added.
type Rule struct {
	// Operation and Resource must equal the call's; empty matches every one.
	Operation string
	Resource  string
	// Nth counts from 1; 0 means every matching call.
	Nth     int
	Action  Action
	Delay   time.Duration
	Failure Failure
	// Hook is told of the call: by Watch before it is applied, by Drop after
	// it was applied and before its connection is closed. nil: nobody is told.
	Hook func(Call)
}

// Verdict is what an emulator has to do with a call.
type Verdict struct {
	// Failure, when set, is answered instead of doing the call.
	Failure *Failure
	// Drop means: do the call, then Abort.
	Drop bool

	hooks []func()
}

// Abort ends the HTTP request that is being served without an answer, after
// the hooks of the rules that dropped it. It does not return.
func (v Verdict) Abort() {
	for _, hook := range v.hooks {
		hook()
	}
	panic(http.ErrAbortHandler)
}

// Plan holds the rules of one emulator. Its zero value, and nil, let every
// call pass. It is safe for concurrent use.
type Plan struct {
	mu    sync.Mutex
	rules []*counted
}

type counted struct {
	Rule
	seen int
}

// Add puts a rule into force.
func (p *Plan) Add(r Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = append(p.rules, &counted{Rule: r})
}

// Clear removes all rules.
func (p *Plan) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = nil
}

// Judge counts the call against every rule, waits out the delays that apply
// (less when ctx ends), and says what else to do.
func (p *Plan) Judge(ctx context.Context, c Call) Verdict {
	if p == nil {
		return Verdict{}
	}
	verdict, watched, wait := p.match(c)
	for _, hook := range watched {
		hook()
	}
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return verdict
}

func (p *Plan) match(c Call) (v Verdict, watched []func(), wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.rules {
		if !r.matches(c) {
			continue
		}
		r.seen++
		if r.Nth != 0 && r.Nth != r.seen {
			continue
		}
		switch r.Action {
		case Fail:
			failure := r.Failure
			v.Failure = &failure
		case Delay:
			wait += r.Delay
		case Drop:
			v.Drop = true
			v.hooks = r.hook(v.hooks, c)
		case Watch:
			watched = r.hook(watched, c)
		}
	}
	return v, watched, wait
}

// hook adds the rule's hook, if it has one, to others.
func (r *counted) hook(others []func(), c Call) []func() {
	if r.Hook == nil {
		return others
	}
	return append(others, func() { r.Hook(c) })
}

func (r *counted) matches(c Call) bool {
	return (r.Operation == "" || r.Operation == c.Operation) &&
		(r.Resource == "" || r.Resource == c.Resource)
}
