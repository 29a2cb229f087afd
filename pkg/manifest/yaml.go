package manifest

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Limits of a YAML text. Real publish.yaml files stay far below: fc3's has 175
// values, 6 levels deep.
const (
	maxNodes      = 20_000
	maxDepth      = 64
	maxDirectives = 10
)

// loadYAML reads a text into the fields of v. It refuses what can be made
// expensive to read, or be read in two ways: aliases, tags, duplicate keys,
// deep nesting, other encodings than UTF-8.
//
// The library finds duplicate keys by comparing each with each, which takes a
// minute for 60,000; so they are found here.
func loadYAML(text string, v any) error {
	if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return errors.New("the text is not UTF-8")
	}
	root, err := parseYAML(text)
	if err != nil {
		return err
	}
	nodes := 0
	if err := check(root, 0, &nodes); err != nil {
		return err
	}
	return root.Load(v, yaml.WithUniqueKeys(false))
}

// parseYAML reads a text of at most maxPublish bytes. The library takes more than
// a kilobyte for a value of two bytes, and compares each directive with each: so
// what makes values and directives is counted first.
func parseYAML(text string) (*yaml.Node, error) {
	if len(text) > maxPublish {
		return nil, fmt.Errorf("it has more than %d bytes", maxPublish)
	}
	if marks(text) > maxNodes {
		return nil, fmt.Errorf("there are more than %d values", maxNodes)
	}
	if strings.Count("\n"+text, "\n%") > maxDirectives {
		return nil, fmt.Errorf("there are more than %d directives (lines that begin with %%)", maxDirectives)
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.HasPrefix(text, "%YAML 1.") { // the library knows only 1.1 by this line
		text = "#" + text
	}
	root := new(yaml.Node)
	return root, yaml.Unmarshal([]byte(text), root)
}

// marks counts what may begin a value, wherever it stands: a text that has few of
// them has few values.
func marks(text string) (n int) {
	for i := range len(text) {
		switch text[i] {
		case ',', '[', '{':
			n++
		case '-', '?', ':':
			if i+1 == len(text) || strings.IndexByte(" \t\r\n,]}", text[i+1]) >= 0 {
				n++
			}
		}
	}
	return n
}

func check(n *yaml.Node, depth int, nodes *int) error {
	if *nodes++; *nodes > maxNodes {
		return refuse(n, "there are more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return refuse(n, "values are nested more than %d deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return refuse(n, "anchors and aliases (& and *) are not allowed: write the value out")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return refuse(n, "tags (%.40s) are not allowed", n.Tag)
	}
	if n.Kind == yaml.MappingNode {
		if err := checkKeys(n); err != nil {
			return err
		}
	}
	for _, child := range n.Content {
		if err := check(child, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

// checkKeys wants every key of a mapping to be a text, once.
func checkKeys(mapping *yaml.Node) error {
	seen := make(map[string]bool, len(mapping.Content)/2)
	for i := 0; i < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		if key.Kind != yaml.ScalarNode {
			return refuse(key, "a key is not a text")
		}
		if key.Value == "<<" {
			return refuse(key, "merge keys (<<) are not allowed: write the values out")
		}
		if seen[key.Value] {
			return refuse(key, "the key %.80q stands there twice", key.Value)
		}
		seen[key.Value] = true
	}
	return nil
}

func refuse(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("line %d: %s", n.Line, fmt.Sprintf(format, args...))
}

// reason puts an error of loadYAML into one line, in words for the person who
// wrote the YAML.
func reason(err error) string {
	if typed, ok := errors.AsType[*yaml.LoadErrors](err); ok && len(typed.Errors) > 0 {
		return fmt.Sprintf("line %d: %s", typed.Errors[0].Mark.Line, mismatch(typed.Errors[0].Message))
	}
	line, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	return line
}

// mismatch turns the library's "cannot construct !!seq into string", which
// names a tag and a Go type, into words.
func mismatch(message string) string {
	found, wanted := "a text", "a mapping"
	switch construct := strings.TrimPrefix(message, "cannot construct "); {
	case strings.HasPrefix(construct, "!!seq"):
		found = "a list"
	case strings.HasPrefix(construct, "!!map"):
		found = "a mapping"
	}
	switch {
	case strings.HasSuffix(message, " into string"):
		wanted = "a text"
	case strings.HasSuffix(message, " into []string"):
		wanted = "a list"
	}
	return fmt.Sprintf("%s stands where %s is expected", found, wanted)
}
