package manifest

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// LenientName returns the Name in a publish.yaml that another registry has taken.
// It reads what the client reads there: aliases, merge keys, keys that stand
// there twice, fields of any form. The limits of size, values and depth are those
// of a publish.yaml that is published here.
func LenientName(text string) (string, error) {
	root, err := parseYAML(strings.Map(ordinary, strings.ToValidUTF8(text, "\ufffd")))
	if err != nil {
		return "", invalid("publish.yaml can't be read: %s.", reason(err))
	}
	if len(root.Content) == 0 {
		return "", invalid("publish.yaml is empty.")
	}
	search := nameSearch{steps: maxNodes}
	found, err := search.in(root.Content[0], 0)
	if err != nil {
		return "", invalid("publish.yaml can't be read: %s.", err)
	}
	if found == nil {
		return "", invalid("Name is missing in publish.yaml.")
	}
	if empty(found) || found.Kind != yaml.ScalarNode || found.Value == "" {
		return "", invalid("Name in publish.yaml is no text: see line %d.", found.Line)
	}
	return found.Value, nil
}

// ordinary replaces what the library refuses, or takes for the end of a line, and
// the client reads as a character like any other.
func ordinary(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return r
	case unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff':
		return '\ufffd'
	}
	return r
}

// nameSearch looks for the value of Name. Merge keys can name one mapping again
// and again: steps is how many more keys may be looked at.
type nameSearch struct{ steps int }

// in returns the value in a mapping: its own, or else that of the first mapping
// merged into it that has one; nil when there is none.
func (s *nameSearch) in(n *yaml.Node, depth int) (*yaml.Node, error) {
	if n = target(n); depth > maxDepth {
		return nil, fmt.Errorf("merge keys lead more than %d deep", maxDepth)
	}
	if n.Kind != yaml.MappingNode {
		return nil, errors.New("it is no mapping")
	}
	var own *yaml.Node
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if s.steps--; s.steps < 0 {
			return nil, fmt.Errorf("merge keys bring more than %d values", maxNodes)
		}
		key, value := target(n.Content[i]), target(n.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
		case key.Value == "Name" && own != nil:
			return nil, errors.New("Name stands there twice")
		case key.Value == "Name":
			own = value
		case key.Value == "<<" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.Value == "<<":
			merged = append(merged, value)
		}
	}
	for i := 0; own == nil && i < len(merged); i++ {
		var err error
		if own, err = s.in(merged[i], depth+1); err != nil {
			return nil, err
		}
	}
	return own, nil
}

// target is what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
