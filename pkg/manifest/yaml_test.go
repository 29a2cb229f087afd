package manifest_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/fc-registry/fc-registry/pkg/manifest"
)

const minimal = "Type: Project\nName: a\nVersion: 1.0.0\n"

// lines repeats a line, %d being its number.
func lines(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line+"\n", i)
	}
	return b.String()
}

func utf16Text(s string) string {
	b := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit), byte(unit>>8))
	}
	return string(b)
}

func TestHostileYAMLIsRefused(t *testing.T) {
	billionLaughs := "a0: &a0 [x]\n"
	for i := range 30 {
		billionLaughs += fmt.Sprintf("a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	tests := []struct{ name, text, words string }{
		{"billion laughs", minimal + billionLaughs, "anchors and aliases"},
		{"an alias to itself", minimal + "Tags: &a [*a]\n", "anchor"},
		{"one large text in many lists", minimal + "Description: &b " + strings.Repeat("x", 500_000) + "\nTags: [" + strings.Repeat("*b,", 10_000) + "]\n", "anchors and aliases"},
		{"a merge key", minimal + "<<: {Name: b}\n", "merge keys"},
		{"60,000 keys", minimal + "Parameters:\n" + lines(60_000, "  k%d: v"), "more than 20000 values"},
		{"one key twice", minimal + "Name: b\n", `line 4: the key "Name" stands there twice`},
		{"one key twice below Parameters", minimal + "Parameters:\n  a: 1\n  a: 2\n", `the key "a" stands there twice`},
		{"a list as key", minimal + "? [a]\n: b\n", "a key is not a text"},
		{"a tag that makes an object", minimal + "Tags: !!python/object:os.system [ls]\n", "tags"},
		{"a tag that makes bytes", minimal + "Description: !!binary aGVsbG8=\n", "tags"},
		{"9,000 lists in one another", minimal + "Tags: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n", "nested more than"},
		{"500,000 lists in one another", minimal + "Tags: " + strings.Repeat("[", 500_000) + "\n", "can't be read"},
		{"a list where a text belongs", minimal + "Description: [a]\n", "can't be read"},
		{"a mapping where a list belongs", minimal + "Tags: {a: b}\n", "can't be read"},
		{"500,000 values in a list", minimal + "Tags: [" + strings.Repeat("a,", 500_000) + "]\n", "more than 20000 values"},
		{"80,000 directives", lines(60_000, "%%TAG !%d! x") + "---\n" + minimal, "more than 10 directives"},
		{"UTF-16", utf16Text(minimal), "not UTF-8"},
		{"a NUL", minimal + "Description: \"a\x00b\"\n", "not UTF-8"},
		{"broken UTF-8", minimal + "Description: \xff\n", "not UTF-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := manifest.Parse(test.text)
			wantInvalid(t, err, "publish.yaml can't be read", test.words)
			if len(err.Error()) > 500 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

func TestHarmlessYAMLIsRead(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a byte order mark, as Windows editors write it", "\ufeff" + minimal},
		{"lines that end in CR LF", strings.ReplaceAll(minimal, "\n", "\r\n")},
		{"a large text", minimal + "Description: " + strings.Repeat("文", 300_000) + "\n"},
		{"a document start and end", "---\n" + minimal + "...\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := manifest.Parse(test.text)
			if err != nil || p.Name != "a" || p.Version != "1.0.0" {
				t.Errorf("got %q %q, %v", p.Name, p.Version, err)
			}
		})
	}
}
