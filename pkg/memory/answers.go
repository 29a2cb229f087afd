package memory

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Answers is a registry.Answers and a registry.Reservations.
type Answers struct {
	mu       sync.Mutex
	answers  map[question]registry.Answer
	origins  map[string]registry.Origin
	reserved registry.ReservedNames
}

type question struct {
	name string
	q    registry.Question
}

var (
	_ registry.Answers      = (*Answers)(nil)
	_ registry.Reservations = (*Answers)(nil)
)

// NewAnswers returns a store without answers.
func NewAnswers() *Answers {
	return &Answers{answers: map[question]registry.Answer{}, origins: map[string]registry.Origin{}}
}

// Kept implements registry.Answers.
func (s *Answers) Kept(_ context.Context, name string, q registry.Question) (registry.Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := registry.Kept{Reserved: slices.Clone(s.reserved.Patterns)}
	if a, ok := s.answers[question{name, q}]; ok {
		a = copyAnswer(a)
		kept.Answer = &a
	}
	if o, ok := s.origins[name]; ok {
		kept.Origin = &o
	}
	return kept, nil
}

func copyAnswer(a registry.Answer) registry.Answer {
	a.Releases = slices.Clone(a.Releases)
	for i, r := range a.Releases {
		a.Releases[i] = copyRelease(r)
	}
	return a
}

// Keep implements registry.Answers.
func (s *Answers) Keep(_ context.Context, name string, q registry.Question, a registry.Answer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[question{name, q}] = copyAnswer(a)
	return nil
}

// PutOrigin implements registry.Answers.
func (s *Answers) PutOrigin(_ context.Context, o registry.Origin) (registry.Origin, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stored, ok := s.origins[o.Name]; ok {
		return stored, nil
	}
	s.origins[o.Name] = o
	return o, nil
}

// ForgetOrigin implements registry.Answers.
func (s *Answers) ForgetOrigin(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.origins, name)
	return nil
}

// Known implements registry.Answers.
func (s *Answers) Known(_ context.Context, names []string) ([]registry.Origin, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var known []registry.Origin
	for _, name := range names {
		if o, ok := s.origins[name]; ok {
			known = append(known, o)
		}
	}
	return known, nil
}

// Origins implements registry.Answers.
func (s *Answers) Origins(context.Context) iter.Seq2[registry.Origin, error] {
	return func(yield func(registry.Origin, error) bool) {
		s.mu.Lock()
		origins := maps.Clone(s.origins)
		s.mu.Unlock()
		for _, key := range slices.Sorted(maps.Keys(origins)) {
			if !yield(origins[key], nil) {
				return
			}
		}
	}
}

// Answered implements registry.Answers.
func (s *Answers) Answered(_ context.Context, name string) iter.Seq2[registry.Answered, error] {
	return func(yield func(registry.Answered, error) bool) {
		for _, a := range s.answered(name) {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func (s *Answers) answered(name string) []registry.Answered {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []registry.Answered
	for key, a := range s.answers {
		if key.name == name {
			all = append(all, registry.Describe(key.q, a))
		}
	}
	slices.SortFunc(all, func(a, b registry.Answered) int { return cmp.Compare(a.Question, b.Question) })
	return all
}

// ReservedNames implements registry.Reservations.
func (s *Answers) ReservedNames(context.Context) (registry.ReservedNames, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copyReserved(s.reserved), nil
}

// PutReservedNames implements registry.Reservations.
func (s *Answers) PutReservedNames(_ context.Context, r registry.ReservedNames) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Revision != s.reserved.Revision {
		return registry.Errorf(registry.Conflict, "the reserved names have revision %d, not %d", s.reserved.Revision, r.Revision)
	}
	r.Revision++
	s.reserved = copyReserved(r)
	return nil
}

func copyReserved(r registry.ReservedNames) registry.ReservedNames {
	r.Patterns = slices.Clone(r.Patterns)
	r.Journal = copyJournal(r.Journal)
	return r
}
