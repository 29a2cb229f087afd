package manifest

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestParameters(t *testing.T) {
	tests := map[string]struct {
		yaml string // below Parameters:
		want []Parameter
	}{
		"none":               {"", nil},
		"nothing within":     {"Parameters:\n", nil},
		"without properties": {"Parameters:\n  type: object\n", nil},
		"properties: null":   {"Parameters:\n  properties:\n", nil},
		"in the file's order": {
			"Parameters: {properties: {z: {type: string}, a: {type: number}}}",
			[]Parameter{{Name: "z", Type: "string"}, {Name: "a", Type: "number"}},
		},
		"required by a list": {
			"Parameters: {required: [a, service], properties: {a: {}, b: {}}}",
			[]Parameter{{Name: "a", Required: true}, {Name: "b"}},
		},
		"required by a flag": {
			"Parameters: {properties: {a: {required: true}, b: {required: false}, c: {required: [d]}}}",
			[]Parameter{{Name: "a", Required: true}, {Name: "b"}, {Name: "c"}},
		},
		"types": {
			"Parameters: {properties: {a: {type: string | object}, b: {type: [string, 'null']}, c: {type: {x: 1}}}}",
			[]Parameter{{Name: "a", Type: "string | object"}, {Name: "b", Type: "string | null"}, {Name: "c"}},
		},
		"texts": {
			"Parameters: {properties: {a: {title: 地域, description: ' where it runs '}}}",
			[]Parameter{{Name: "a", Title: "地域", Description: "where it runs"}},
		},
		"defaults": {
			`Parameters: {properties: {text: {default: cn-hangzhou}, quoted: {default: "1"}, number: {default: 1.50}, flag: {default: false},
				list: {default: [a, 1]}, object: {default: {b: <1>, a: null}}, none: {default: null}, blank: {default: ""},
				suffix: {default: 'x-${default-suffix}'}, lines: {default: "a\nb"}}}`,
			[]Parameter{
				{Name: "text", Default: "cn-hangzhou"}, {Name: "quoted", Default: `"1"`}, {Name: "number", Default: "1.50"}, {Name: "flag", Default: "false"},
				{Name: "list", Default: `["a",1]`}, {Name: "object", Default: `{"a":null,"b":"<1>"}`}, {Name: "none"}, {Name: "blank", Default: `""`},
				{Name: "suffix", Default: "'x-${default-suffix}'"}, {Name: "lines", Default: `"a\nb"`},
			},
		},
		"a default with a comment": {
			"Parameters:\n  properties:\n    a:\n      # before\n      default: b # behind\n",
			[]Parameter{{Name: "a", Default: "b"}},
		},
		"allowed values": {
			"Parameters: {properties: {a: {enum: [x, 1, true, [y]]}}}",
			[]Parameter{{Name: "a", Enum: []string{"x", "1", "true", `["y"]`}}},
		},
		"objects, one level deep": {
			"Parameters: {properties: {code: {type: object, required: [src], properties: {src: {type: string}, deep: {properties: {x: {}}}}}, after: {}}}",
			[]Parameter{{Name: "code", Type: "object"}, {Name: "code.src", Type: "string", Required: true}, {Name: "code.deep"}, {Name: "after"}},
		},
		"a property without a schema": {"Parameters: {properties: {a: }}", []Parameter{{Name: "a"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parameters("Name: x\n" + test.yaml)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestParametersThatCannotBeReadAreRefused(t *testing.T) {
	many := strings.Builder{}
	for i := range maxParameters + 1 {
		fmt.Fprintf(&many, "p%d: {}, ", i)
	}
	tests := map[string]string{
		"no YAML":                  "Parameters: {",
		"a text":                   "Parameters: all of them",
		"a list":                   "Parameters: [a]",
		"properties that are one":  "Parameters: {properties: all}",
		"a list of properties":     "Parameters: {properties: [a, b]}",
		"a property that is text":  "Parameters: {properties: {a: string}}",
		"one within that is text":  "Parameters: {properties: {a: {properties: {b: string}}}}",
		"an alias":                 "Parameters: &p {properties: {a: *p}}",
		"the same name twice":      "Parameters: {properties: {a: {}, a: {}}}",
		"too many":                 "Parameters: {properties: {" + many.String() + "}}",
		"another encoding":         "Parameters: \xff\xfe",
		"nested deeper than YAML ": "Parameters: " + strings.Repeat("{a: ", 100) + strings.Repeat("}", 100),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parameters(text)
			if registry.CodeOf(err) != registry.Invalid || got != nil {
				t.Errorf("got %+v, %v; want Invalid", got, err)
			}
		})
	}
}

func TestLongTextsOfParametersAreCut(t *testing.T) {
	long := strings.Repeat("长", 5000)
	got, err := Parameters("Parameters: {properties: {" + long[:900] + ": {type: " + long + ", title: " + long + ", description: " + long + ", default: " + long + ", enum: [" + long + "]}}}")
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	p := got[0]
	const more = len("…")
	if len(p.Name) > maxParameterName+more || len(p.Type) > maxParameterName+more || len(p.Title) > maxParameterText+more ||
		len(p.Description) > maxParameterText+more || p.Default != "" || len(p.Enum[0]) > maxParameterText+more {
		t.Errorf("name %d, type %d, title %d, description %d, default %d, value %d bytes", len(p.Name), len(p.Type), len(p.Title), len(p.Description), len(p.Default), len(p.Enum[0]))
	}
}

// The files are those of TestCorpus.
func TestParametersOfRealPackages(t *testing.T) {
	folder := "testdata/corpus"
	if named := os.Getenv("PUBLISH_YAML_CORPUS"); named != "" {
		folder = named
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no *.yaml in %s: %v", folder, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parameters(string(text))
		if err != nil || (len(got) > 0) != strings.Contains(string(text), "\n  properties:") {
			t.Errorf("%s: %+v, %v", file, got, err)
		}
	}
}
