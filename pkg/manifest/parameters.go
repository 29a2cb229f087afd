package manifest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Parameter is one that a package takes, as Parameters in publish.yaml says: a
// JSON Schema.
type Parameter struct {
	Name        string // one within an object is OBJECT.NAME
	Type        string // as written; several are parted by " | "
	Required    bool
	Title       string
	Description string
	Default     string // YAML in one line; "" when there is none
	Enum        []string
}

// Limits of what is told of parameters. Texts are cut, in bytes; a default that
// is longer is left out.
const (
	maxParameters       = 200
	maxParameterName    = 128
	maxParameterText    = 2000
	maxParameterDefault = 500
	maxParameterEnum    = 200
)

// Parameters reads the Parameters of a publish.yaml, in the file's order; those
// of objects too, one level deep. There are none when the file names none. It
// fails when they can't be read as a schema.
func Parameters(publishYAML string) ([]Parameter, error) {
	var d struct {
		Parameters yaml.Node `yaml:"Parameters"`
	}
	if err := loadYAML(publishYAML, &d); err != nil {
		return nil, invalid("publish.yaml can't be read: %s.", reason(err))
	}
	list, err := properties(&d.Parameters, "")
	if err != nil {
		return nil, err
	}
	if len(list) > maxParameters {
		return nil, invalid("Parameters in publish.yaml has more than %d properties.", maxParameters)
	}
	return list, nil
}

// properties reads those of a schema; within is the object that has it, "" for
// the outermost.
func properties(schema *yaml.Node, within string) ([]Parameter, error) {
	if empty(schema) {
		return nil, nil
	}
	found := field(schema, "properties")
	if schema.Kind != yaml.MappingNode || (!empty(found) && found.Kind != yaml.MappingNode) {
		return nil, invalid("Parameters in publish.yaml is no JSON Schema with properties: see line %d.", schema.Line)
	}
	if empty(found) {
		return nil, nil
	}
	required := texts(field(schema, "required"))
	var list []Parameter
	for i := 0; i+1 < len(found.Content); i += 2 {
		name, property := found.Content[i].Value, found.Content[i+1]
		if !empty(property) && property.Kind != yaml.MappingNode {
			return nil, invalid("Parameters in publish.yaml: %.80q is no schema.", name)
		}
		list = append(list, parameter(name, within, property, slices.Contains(required, name)))
		if within != "" {
			continue
		}
		inner, err := properties(property, name)
		if err != nil {
			return nil, err
		}
		list = append(list, inner...)
	}
	return list, nil
}

func parameter(name, within string, schema *yaml.Node, required bool) Parameter {
	if within != "" {
		name = within + "." + name
	}
	enum := texts(field(schema, "enum"))
	return Parameter{
		Name: cut(name, maxParameterName),
		Type: cut(strings.Join(texts(field(schema, "type")), " | "), maxParameterName),
		// Real files say it in either way: the schema's list, or a flag.
		Required:    required || text(field(schema, "required")) == "true",
		Title:       cut(text(field(schema, "title")), maxParameterText),
		Description: cut(text(field(schema, "description")), maxParameterText),
		Default:     line(field(schema, "default")),
		Enum:        enum[:min(len(enum), maxParameterEnum)],
	}
}

// field returns a mapping's value; nil when there is none.
func field(mapping *yaml.Node, key string) *yaml.Node {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// empty tells whether nothing is written there.
func empty(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.ShortTag() == "!!null"
}

// text is a scalar's, as written; "" for everything else.
func text(n *yaml.Node) string {
	if empty(n) || n.Kind != yaml.ScalarNode {
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// texts are those of a sequence, or of one scalar alone.
func texts(n *yaml.Node) []string {
	if empty(n) {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{cut(n.Value, maxParameterText)}
	}
	if n.Kind != yaml.SequenceNode {
		return nil
	}
	var list []string
	for _, v := range n.Content {
		if v.Kind == yaml.ScalarNode {
			list = append(list, cut(v.Value, maxParameterText))
		} else {
			list = append(list, line(v))
		}
	}
	return list
}

// line writes a value as YAML in one line; "" when there is none, or it is too
// long.
func line(n *yaml.Node) string {
	if empty(n) {
		return ""
	}
	written := ""
	if n.Kind == yaml.ScalarNode && !strings.ContainsAny(n.Value, "\r\n") {
		plain := yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value, Style: n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)}
		if out, err := yaml.Marshal(&plain); err == nil {
			written = strings.TrimSuffix(string(out), "\n")
		}
	} else {
		written = flow(n)
	}
	if len(written) > maxParameterDefault || strings.Contains(written, "\n") {
		return ""
	}
	return written
}

// flow writes a value as JSON, which is YAML too; "" when JSON has no such value.
func flow(n *yaml.Node) string {
	var v any
	if err := n.Load(&v); err != nil {
		return ""
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// cut shortens a text to some bytes.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
