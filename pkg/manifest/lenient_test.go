package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestLenientNameReadsWhatTheClientReads(t *testing.T) {
	for name, text := range map[string]string{
		"a plain file":                   minimalOf("hello"),
		"quotes":                         `{"Name": "hello", 'Type': "Odd"}`,
		"services as a list":             "Name: hello\nService: [FC, OSS]\n",
		"categories as a list":           "Name: hello\nCategory: [a, b]\n",
		"an unknown type":                "Type: Application\nName: hello\n",
		"no type":                        "Name: hello\n",
		"a version that is none":         "Name: hello\nVersion: [1, 0]\n",
		"commands in lists":              "Name: hello\nCommands: [{deploy: x}]\n",
		"another key twice":              "Description: a\nName: hello\nDescription: b\n",
		"an anchor elsewhere":            "Name: hello\nTags: &t [a]\nOther: *t\n",
		"an anchor at the name":          "Name: &n hello\nOther: *n\n",
		"an alias as the name":           "Other: &n hello\nName: *n\n",
		"an alias as the key":            "Other: &k Name\n*k : hello\n",
		"a merged name":                  "Base: &b {Name: hello}\n<<: *b\n",
		"a merged name that loses":       "Base: &b {Name: other}\nName: hello\n<<: *b\n",
		"the first merged name":          "A: &a {x: y}\nB: &b {Name: hello}\nC: &c {Name: other}\n<<: [*a, *b, *c]\n",
		"a name merged twice over":       "A: &a {Name: hello}\nB: &b {<<: *a}\n<<: *b\n",
		"a tag":                          "Name: !!str hello\n",
		"an unknown tag":                 "Name: hello\nOther: !ref x\n",
		"a directive":                    "%YAML 1.2\n---\nName: hello\n",
		"a byte order mark":              "\ufeffName: hello\n",
		"Windows lines":                  "Type: x\r\nName: hello\r\n",
		"bytes that are no UTF-8":        "Description: \xff\xfe\nName: hello\n",
		"ends of lines of other systems": "Description: a\u2028b\u0085c\u2029d\nName: hello\n",
		"control characters":             "# \x07 \x00\nName: hello\n",
		"a text in several lines":        "Name: >-\n  hello\n",
		"a list as a key":                "? [a]\n: b\nName: hello\n",
		"thousands of values":            "Name: hello\nParameters:\n" + lines(15_000, "  k%d: v"),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := manifest.LenientName(text); got != "hello" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func minimalOf(name string) string { return "Type: Project\nName: " + name + "\nVersion: 1.0.0\n" }

func TestLenientNameOfANumberIsWrittenAsInTheFile(t *testing.T) {
	for text, want := range map[string]string{"Name: 007\n": "007", "Name: true\n": "true", "Name: 1.10\n": "1.10"} {
		if got, err := manifest.LenientName(text); got != want || err != nil {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

func TestLenientNameRefuses(t *testing.T) {
	chain := "a0: &a0 {x: y}\n" + chained(100, "a%d: &a%d {<<: *a%d}\n")
	fan := "a0: &a0 {x: y}\n" + chained(30, "a%d: &a%d {<<: [*a%[3]d, *a%[3]d, *a%[3]d]}\n")
	for name, test := range map[string]struct{ text, words string }{
		"nothing":                   {"", "is empty"},
		"a comment":                 {"# to do\n", "is empty"},
		"null":                      {"null\n", "it is no mapping"},
		"a list":                    {"- Name: hello\n", "it is no mapping"},
		"no name":                   {"Type: Project\n", "Name is missing"},
		"an empty name":             {"Type: x\nName:\n", "Name in publish.yaml is no text: see line 2"},
		"quotes around nothing":     {"Name: ''\n", "Name in publish.yaml is no text"},
		"a list as the name":        {"Name: [hello]\n", "Name in publish.yaml is no text: see line 1"},
		"the name twice":            {"Name: a\nName: b\n", "Name stands there twice"},
		"what is not YAML":          {"Name: [", "line 2"},
		"an unknown alias":          {"Name: *n\n", "unknown anchor"},
		"a text merged":             {"<<: hello\n", "it is no mapping"},
		"60,000 keys":               {lines(60_000, "k%d: v") + "Name: hello\n", "more than 20000 values"},
		"over a megabyte":           {"Name: hello\n# " + strings.Repeat("x", 1<<20), "more than 1048576 bytes"},
		"merges that lead too deep": {chain + "<<: *a100\n", "more than 64 deep"},
		"merges that spread":        {fan + "<<: *a30\n", "bring more than 20000 values"},
		"a merge of itself":         {"a: &a {<<: *a}\n<<: *a\n", "more than 64 deep"},
		"9,000 lists in another":    {"Name: hello\nTags: " + strings.Repeat("[", 30_000) + "\n", "more than 20000 values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := manifest.LenientName(test.text)
			wantInvalid(t, err, "publish.yaml", test.words)
			if len(err.Error()) > 500 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

// chained makes lines of which each names the one before it.
func chained(n int, line string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i+1, i+1, i)
	}
	return b.String()
}

// What is taken from a publisher is taken from an upstream, under the same name.
func FuzzLenientName(f *testing.F) {
	f.Add(minimalOf("hello"))
	f.Add("A: &a {Name: b}\n<<: [*a, {c: d}]\n? [x]\n: y\n")
	f.Fuzz(func(t *testing.T, text string) {
		name, err := manifest.LenientName(text)
		if err != nil && registry.CodeOf(err) != registry.Invalid {
			t.Fatal(err)
		}
		if strings.ContainsAny(text, "\u0085\u2028\u2029") {
			return // these end a line for one of them
		}
		if p, strict := manifest.Parse(text); strict == nil && p.Name != "" && (err != nil || p.Name != name) {
			t.Errorf("Parse reads %q, LenientName %q, %v", p.Name, name, err)
		}
	})
}
