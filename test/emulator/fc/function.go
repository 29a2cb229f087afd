// Package fc emulates Function Compute: it reads an s.yaml, runs the binaries
// of its functions as processes, and calls them through their HTTP, OSS and
// timer triggers as the service does.
//
// Built-in runtime: go1, over the runtime API of fc-runtime-go-sdk. Custom
// runtimes: plain HTTP. Where a comment says so, a detail is the vendor's
// documentation or a guess, not something seen on the wire.
package fc

import (
	"strings"
	"time"
)

// Function is one function as it is deployed, with its triggers.
type Function struct {
	Name    string
	Runtime string // go1, custom, custom.debian10, ...
	Handler string // go1: the binary, relative to CodeDir
	CodeDir string // absolute
	Env     map[string]string
	Role    string // ARN of the role whose credentials it receives; "": none that RAM knows

	Timeout     time.Duration
	MemorySize  int // MB, told to the function, not enforced
	Concurrency int // requests at once per instance; always 1 for go1

	Command     []string // custom runtimes: program and arguments
	Initializer *Hook
	PreStop     *Hook

	Triggers
}

// Triggers are those of a function. HTTP is nil without an HTTP trigger.
type Triggers struct {
	HTTP   *HTTPTrigger
	OSS    []OSSTrigger
	Timers []TimerTrigger
}

// Hook is a life cycle hook that the function wants to be called.
type Hook struct{ Timeout time.Duration }

// HTTPTrigger makes a function callable without authentication.
type HTTPTrigger struct{ Methods []string }

// OSSTrigger calls a function when something happens to objects of a bucket.
type OSSTrigger struct {
	Bucket         string
	Events         []string // without the leading "oss:"; a trailing * matches all
	Prefix, Suffix string
}

func (f *Function) custom() bool { return strings.HasPrefix(f.Runtime, "custom") }

func (t OSSTrigger) matches(e ObjectEvent) bool {
	if t.Bucket != e.Bucket || !strings.HasPrefix(e.Key, t.Prefix) || !strings.HasSuffix(e.Key, t.Suffix) {
		return false
	}
	name := strings.TrimPrefix(e.Event, "oss:")
	for _, pattern := range t.Events {
		if stem, wild := strings.CutSuffix(pattern, "*"); pattern == name || wild && strings.HasPrefix(name, stem) {
			return true
		}
	}
	return false
}
