package manifest

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// maxPublish is the largest publish.yaml, in bytes.
const maxPublish = 1 << 20

// fromUpstream stands for the type of what an upstream has.
const fromUpstream registry.Type = ""

// Canonicalize is a registry.Canonicalize: it requires a ZIP whose root, or single
// top directory, holds a publish.yaml and what its type needs: a Component a
// package.json, a Project a src directory. A Project may call it publish.yml. Of
// what an upstream has (t is "") only the Name counts: whoever can load it from
// there is to get it here.
func Canonicalize(ctx context.Context, to io.Writer, from io.ReaderAt, size int64, t registry.Type) (registry.Inspected, error) {
	c, text, err := canonical(ctx, to, from, size, t)
	if err != nil {
		return registry.Inspected{}, err
	}
	found := registry.Inspected{License: license(c)}
	if t == fromUpstream {
		found.Name, err = LenientName(text)
		return found, err
	}
	if err := complete(c, t); err != nil {
		return registry.Inspected{}, err
	}
	p, err := Parse(text)
	found.Name, found.Version = p.Name, p.Version
	return found, err
}

var _ registry.Canonicalize = Canonicalize

// canonical writes the canonical form of a ZIP, and returns what is in it, and its
// publish.yaml.
func canonical(ctx context.Context, to io.Writer, from io.ReaderAt, size int64, t registry.Type) (*zipfile.Contents, string, error) {
	c, err := zipfile.Canonical(ctx, to, from, size)
	if refused, ok := errors.AsType[*zipfile.Refusal](err); ok {
		return nil, "", invalid("The upload is not a readable ZIP, or not a safe one: %v", refused)
	}
	if err != nil {
		return nil, "", err
	}
	name := c.Root() + "publish.yaml"
	if yml := c.Root() + "publish.yml"; (t == registry.Project || t == fromUpstream) && !c.HasFile(name) && c.HasFile(yml) {
		name = yml
	}
	if !c.HasFile(name) {
		return nil, "", invalid("The ZIP holds no publish.yaml, neither at its root nor in a single top directory. Pack the contents of the folder that holds it.")
	}
	text, err := c.ReadFile(name, maxPublish)
	if refused, ok := errors.AsType[*zipfile.Refusal](err); ok {
		return nil, "", invalid("publish.yaml can't be read: %v", refused)
	}
	return c, string(text), err
}

// complete tells whether the ZIP holds what its type needs.
func complete(c *zipfile.Contents, t registry.Type) error {
	switch {
	case t == registry.Component && !c.HasFile(c.Root()+"package.json"):
		return invalid("The ZIP of a Component must hold a package.json beside publish.yaml.")
	case t == registry.Project && !c.HasDirectory(c.Root()+"src"):
		return invalid("The ZIP of a Project must hold a src directory beside publish.yaml.")
	}
	return nil
}

// textOf returns a file that decides nothing, "" when it can't be read.
func textOf(c *zipfile.Contents, name string) string {
	data, err := c.ReadFile(name, maxPublish)
	if err != nil {
		return ""
	}
	return string(bytes.TrimPrefix(data, []byte("\ufeff")))
}
