package manifest_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
)

// dense are texts of a megabyte that hold as many values, or other things to
// remember, as there is room for; and some that hold as many as are let pass.
func dense() map[string]string {
	const size = 1 << 20
	fill := func(begin, unit, end string) string {
		return begin + strings.Repeat(unit, (size-len(begin)-len(end))/len(unit)) + end
	}
	pass := func(begin, unit, end string) string { return begin + strings.Repeat(unit, 9_000) + end }
	return map[string]string{
		"a list of nothing":         fill("", "-\n", ""),
		"a list in brackets":        fill("[", "a,", "]"),
		"a mapping in braces":       fill("{", "a,", "}"),
		"empty keys":                fill("{", ":,", "}"),
		"keys without values":       fill("{", "?,", "}"),
		"question marks":            fill("", "?\n", ""),
		"lists in lists":            fill("", "- ", ""),
		"open brackets":             fill("", "[", ""),
		"keys":                      lines(100_000, "%x:"),
		"aliases":                   fill("[&a b,", "*a,", "]"),
		"anchors":                   lines(100_000, "- &%x"),
		"tags":                      fill("", "- !a\n", ""),
		"a comment for each":        fill("", "-\n#\n", ""),
		"comments":                  fill("", "#\n", ""),
		"directives":                lines(60_000, "%%TAG !%d! x") + "---\na: b\n",
		"merged again and again":    "a: &a0 {x: y}\n" + lines(60, "b%[1]d: &a%[1]d {<<: [*a0, *a0]}") + fill("<<: [", "*a0,", "]"),
		"empty keys that pass":      pass("{", ":,", "}"),
		"keys that pass":            "x: {" + strings.Repeat("a: b,", 9_000) + "}\n",
		"a comment each that pass":  pass("", "- a\n# b\n", ""),
		"a large text":              fill("Name: ", "a b ", "\n"),
		"a large text with escapes": fill("Name: \"", "\\x41", "\"\n"),
	}
}

func TestDenseYAMLTakesLittleMemory(t *testing.T) {
	const most = 64 << 20
	readers := map[string]func(string){
		"Parse":       func(text string) { _, _ = manifest.Parse(text) },
		"LenientName": func(text string) { _, _ = manifest.LenientName(text) },
	}
	for name, text := range dense() {
		for reader, read := range readers {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			read(text)
			runtime.ReadMemStats(&after)
			if taken := after.TotalAlloc - before.TotalAlloc; taken > most {
				t.Errorf("%s takes %d MB for %s", reader, taken>>20, name)
			}
		}
	}
}
