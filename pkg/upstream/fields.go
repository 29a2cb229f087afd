package upstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// fields are those of a JSON object, each to be read on its own: one of a wrong
// type reads as an absent one.
type fields map[string]json.RawMessage

// object reads a JSON object, and nothing behind it.
func object(text []byte) (fields, error) {
	var f fields
	if err := json.Unmarshal(text, &f); err != nil || f == nil {
		return nil, errors.New("what it answers is not the JSON object that it should be")
	}
	return f, nil
}

// objects reads a JSON array. Elements that are no objects are left out.
func objects(text []byte) ([]fields, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil || raw == nil {
		return nil, errors.New("what it answers is not the JSON array that it should be")
	}
	var list []fields
	for _, element := range raw {
		if f, err := object(element); err == nil {
			list = append(list, f)
		}
	}
	if len(list) == 0 && len(raw) > 0 {
		return nil, fmt.Errorf("none of its %d elements is an object", len(raw))
	}
	return list, nil
}

// text reads a text, cut to most bytes.
func (f fields) text(name string, most int) string {
	var s string
	if json.Unmarshal(f[name], &s) != nil {
		return ""
	}
	return cut(clean(s), most)
}

// number reads a whole number from 0.
func (f fields) number(name string) int64 {
	var n int64
	if json.Unmarshal(f[name], &n) != nil {
		return 0
	}
	return max(n, 0)
}

// list reads a list of texts, or one alone.
func (f fields) list(name string) []string {
	var raw []json.RawMessage
	if json.Unmarshal(f[name], &raw) != nil {
		raw = []json.RawMessage{f[name]}
	}
	var list []string
	for _, element := range raw[:min(len(raw), maxList)] {
		if s := (fields{"": element}).text("", maxWord); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// named reads a text that stands alone, in an object with a name, or first in a
// list of either.
func (f fields) named(name string) string {
	var raw []json.RawMessage
	if json.Unmarshal(f[name], &raw) == nil && len(raw) > 0 {
		f = fields{name: raw[0]}
	}
	if text := f.text(name, maxWord); text != "" {
		return text
	}
	return f.inner(name).text("name", maxWord)
}

// inner reads an object; an absent one has no fields.
func (f fields) inner(name string) fields {
	inner, err := object(f[name])
	if err != nil {
		return nil
	}
	return inner
}

// time reads a time in one of the forms that registries write; zero when it is
// in none. Times without a zone are taken for UTC.
func (f fields) time(name string) time.Time {
	text := f.text(name, maxWord)
	for _, form := range []string{time.RFC3339, time.DateTime} {
		if t, err := time.Parse(form, text); err == nil && t.Year() > 1970 && t.Year() < 3000 {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

// typ reads a type by its name, in the words of publish.yaml or SRM.
func (f fields) typ() registry.Type {
	switch t := registry.Type(f.text("type", maxWord)); t {
	case registry.Component, registry.Plugin, registry.Project:
		return t
	case "Application":
		return registry.Project
	}
	return ""
}

// clean takes out of a text what no person reads: control characters, but for
// ends of lines and tabs, and bytes that are no UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// cut cuts a text to most bytes, between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
