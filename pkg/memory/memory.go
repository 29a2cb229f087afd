// Package memory keeps everything in memory, for tests: the domain's ports in
// the simplest form that is right. Values are copied on their way in and out.
package memory

import (
	"maps"
	"slices"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// copyRelease returns a release that shares nothing with r.
func copyRelease(r registry.Release) registry.Release {
	m := &r.Manifest
	m.Providers = slices.Clone(m.Providers)
	m.Tags = slices.Clone(m.Tags)
	m.Commands = maps.Clone(m.Commands)
	m.CommandGroups = slices.Clone(m.CommandGroups)
	for i := range m.CommandGroups {
		m.CommandGroups[i].Commands = maps.Clone(m.CommandGroups[i].Commands)
	}
	m.Service = maps.Clone(m.Service)
	for name, s := range m.Service {
		s.Authorities = slices.Clone(s.Authorities)
		m.Service[name] = s
	}
	return r
}

func copyJournal(j registry.Journal) registry.Journal {
	j.Recent = slices.Clone(j.Recent)
	if j.Event != nil {
		event := *j.Event
		j.Event = &event
	}
	return j
}

func copyHead(h registry.Head) registry.Head {
	h.Maintainers = slices.Clone(h.Maintainers)
	h.Journal = copyJournal(h.Journal)
	if h.Latest != nil {
		latest := copyRelease(*h.Latest)
		h.Latest = &latest
	}
	return h
}

// pick returns a copy of r with the fields that f asks for.
func pick(r registry.Release, f registry.Fields) registry.Release {
	if f == registry.Summary {
		r.Manifest = registry.Manifest{}
	}
	if f != registry.Full {
		r.Texts = registry.Texts{VersionBody: r.Texts.VersionBody}
		r.English = registry.Texts{}
		r.ZIP.Original = registry.Digest{}
	}
	return copyRelease(r)
}
