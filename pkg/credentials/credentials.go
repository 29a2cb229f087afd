// Package credentials hands access keys to the storage clients.
package credentials

import "sync/atomic"

// Credentials are an access key; SecurityToken is empty for a long-lived one.
type Credentials struct {
	AccessKeyID     string
	AccessKeySecret string
	SecurityToken   string
}

// Source returns the credentials to use now.
type Source func() Credentials

// Fixed is a Source that always returns c.
func Fixed(c Credentials) Source {
	return func() Credentials { return c }
}

// Role holds what Function Compute sends with each invocation: temporary
// credentials of the function's role, new ones over time.
type Role struct {
	current atomic.Pointer[Credentials]
}

// Set replaces the credentials. Empty ones are ignored: a function without a
// role gets none, and then has none either.
func (r *Role) Set(c Credentials) {
	if c.AccessKeyID == "" {
		return
	}
	if old := r.current.Load(); old == nil || *old != c {
		r.current.Store(&c)
	}
}

// Get is a Source.
func (r *Role) Get() Credentials {
	if c := r.current.Load(); c != nil {
		return *c
	}
	return Credentials{}
}
