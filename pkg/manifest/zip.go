package manifest

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// fromUpstream stands for the type of what an upstream has.
const fromUpstream registry.Type = ""

// maxPublish is the largest publish.yaml, in bytes.
const maxPublish = 1 << 20

// Canonicalize is a registry.Canonicalize: it requires a ZIP whose root, or
// single top folder, holds a publish.yaml and what its type needs: a Component a
// package.json, a Project a src folder. Of what an upstream has (t is "") only the
// Name counts: whoever can load it from there is to get it here.
func Canonicalize(ctx context.Context, to io.Writer, r io.ReaderAt, size int64, t registry.Type) (registry.Inspected, error) {
	a, err := zipfile.Open(ctx, r, size)
	if err != nil {
		return registry.Inspected{}, unsafe(err)
	}
	publish, err := publishFile(a, t)
	if err != nil {
		return registry.Inspected{}, err
	}
	if err := complete(a, t); err != nil {
		return registry.Inspected{}, err
	}
	text, err := a.ReadFile(publish, maxPublish)
	if err != nil {
		return registry.Inspected{}, unsafe(err)
	}
	found, err := inspected(text, t)
	if err != nil {
		return registry.Inspected{}, err
	}
	found.License = license(a)
	return found, a.Write(ctx, to, publish)
}

var _ registry.Canonicalize = Canonicalize

// inspected reads what a publish.yaml says of its package.
func inspected(text string, t registry.Type) (registry.Inspected, error) {
	if t == fromUpstream {
		name, err := LenientName(text)
		return registry.Inspected{Name: name}, err
	}
	p, err := Parse(text)
	return registry.Inspected{Name: p.Name, Version: p.Version}, err
}

// unsafe puts the reason for which a ZIP is refused into words.
func unsafe(err error) error {
	if r, ok := errors.AsType[zipfile.Refusal](err); ok {
		return invalid("The upload is not a readable ZIP, or not a safe one: %v.", r)
	}
	return err
}

// publishFile returns the name of the publish.yaml, which a Project may call
// publish.yml.
func publishFile(a *zipfile.Archive, t registry.Type) (string, error) {
	name := a.Root() + "publish.yaml"
	if a.File(name) != "" {
		return name, nil
	}
	if other := a.Root() + "publish.yml"; (t == registry.Project || t == fromUpstream) && a.File(other) != "" {
		return other, nil
	}
	return "", invalid("The ZIP holds no publish.yaml, neither at its root nor in a single top directory. Add it there.")
}

// complete tells whether the ZIP holds what its type needs.
func complete(a *zipfile.Archive, t registry.Type) error {
	switch t {
	case registry.Component:
		if a.File(a.Root()+"package.json") == "" {
			return invalid("The ZIP of a Component must hold a package.json beside publish.yaml. Add it.")
		}
	case registry.Project:
		if !a.IsFolder(a.Root() + "src") {
			return invalid("The ZIP of a Project must hold a src directory beside publish.yaml. Add it.")
		}
	}
	return nil
}

// license returns what a package says of its licence: the field of its
// package.json, or else the first line of its licence file. It is shown to
// people and decides nothing, so a file that can't be read says nothing.
func license(a *zipfile.Archive) string {
	text, _ := a.ReadFile(a.Root()+"package.json", maxPublish)
	name := packageLicense(text)
	for _, file := range []string{"LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license"} {
		text, _ := a.ReadFile(a.Root()+file, maxPublish)
		name = cmp.Or(name, firstLine(text))
	}
	return name
}
