package registry

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// MaxReserved is how many patterns there may be: they are read with every answer
// of an upstream.
const MaxReserved = 500

// reservedSubject is how the audit calls the reserved names.
const reservedSubject = "reserved names"

// Reserving keeps names from ever being taken from upstreams. It is for the
// administrator.
type Reserving struct {
	Reservations Reservations
	Recorder     *Recorder
}

// CheckPattern tells whether a pattern of names can be read: a name, in which *
// stands for any text and ? for one character, [a-c] for one of these.
func CheckPattern(pattern string) error {
	_, err := path.Match(pattern, "")
	if err != nil || pattern == "" || len(pattern) > MaxName || strings.ContainsAny(pattern, " /,;\n") {
		return Errorf(Invalid, "%q is not a pattern of names: write a name, in which * stands for any text, as in acme-*", shorten(pattern))
	}
	return nil
}

// Reserve keeps the names that match a pattern, without regard to case, from
// being asked for upstream or served from there.
func (r *Reserving) Reserve(ctx context.Context, by Caller, pattern string) error {
	if err := CheckPattern(pattern); err != nil {
		return err
	}
	return r.change(ctx, by, func(n *ReservedNames) (string, error) {
		if slices.Contains(n.Patterns, Key(pattern)) {
			return "", nil
		}
		if len(n.Patterns) >= MaxReserved {
			return "", Errorf(Invalid, "%d patterns are reserved, and there can't be more; one like acme-* stands for many names", MaxReserved)
		}
		n.Patterns = append(n.Patterns, Key(pattern))
		slices.Sort(n.Patterns)
		return "reserve", nil
	}, pattern)
}

// Unreserve takes a reservation back. NotFound when there is none of this
// pattern.
func (r *Reserving) Unreserve(ctx context.Context, by Caller, pattern string) error {
	return r.change(ctx, by, func(n *ReservedNames) (string, error) {
		i := slices.Index(n.Patterns, Key(pattern))
		if i < 0 {
			return "", Errorf(NotFound, "%q is not reserved; reserved are: %s", shorten(pattern), strings.Join(n.Patterns, " "))
		}
		n.Patterns = slices.Delete(n.Patterns, i, i+1)
		return "unreserve", nil
	}, pattern)
}

func (r *Reserving) change(ctx context.Context, by Caller, alter func(*ReservedNames) (string, error), pattern string) error {
	return Apply(ctx, r.Recorder, Change[*ReservedNames]{
		Subject: reservedSubject,
		By:      by,
		Read: func(ctx context.Context) (*ReservedNames, error) {
			n, err := r.Reservations.ReservedNames(ctx)
			return &n, err
		},
		Alter: func(n *ReservedNames) (string, string, error) {
			action, err := alter(n)
			return action, fmt.Sprintf("%q", Key(pattern)), err
		},
		Write: func(ctx context.Context, n *ReservedNames) error { return r.Reservations.PutReservedNames(ctx, *n) },
	})
}
