package manifest_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
)

// Of a publish_en.yaml the Description counts, and nothing else.
func TestTheEnglishDescription(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"Description: Deploys it 🚀": "Deploys it 🚀",
		"Name: hello\nDescription: |\n  two\n  lines\nVersion: 1": "two\nlines\n",
		"\ufeffDescription: \"a: b\"\r\n":                         "a: b",
		"Description: 7":                                          "7",
		"Description:":                                            "",
		"description: x":                                          "",
		"Name: hello":                                             "",
		"Tags: {a: b}\nService: [1]\nDescription: x\nEffective: {}\n": "x", // others may be wrong
		"Description: [a]":               "",
		"Description: {a: b}":            "",
		"just a text":                    "",
		"- Description: x":               "",
		"Description: a\nDescription: b": "",
		"Description: &x a\nName: *x":    "",
		"Description: !!binary aGk=":     "",
		"Description: \"a":               "",
		"Description: x\xff":             "",
		"Description: x\x00":             "",
		"\t\t: [":                        "",
		strings.Repeat("[", 100_000):     "",
		strings.Repeat("- a\n", 30_000):  "",
	} {
		if got := manifest.EnglishDescription(text); got != want {
			t.Errorf("%.80q: %q, want %q", text, got, want)
		}
	}
}
