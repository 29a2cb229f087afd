// Package dashboard holds the queries and the index by which a log service shows
// the access lines. Only the service can run them; these tests keep them to the
// lines that there are.
package dashboard

import (
	"encoding/json"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// printed returns the fields of an access line with their types in the index,
// from the code that writes it.
func printed(t *testing.T) map[string]string {
	t.Helper()
	types := map[string]string{"String": "text", "Int": "long", "Int64": "long", "Float64": "double"}
	fields := map[string]string{"msg": "text"}
	for _, m := range regexp.MustCompile(`slog\.(\w+)\("(\w+)"`).FindAllStringSubmatch(read(t, "../../pkg/fcrun/access.go"), -1) {
		fields[m[2]] = types[m[1]]
	}
	if len(fields) < 15 {
		t.Fatalf("fields %v", fields)
	}
	return fields
}

type key struct {
	Type     string         `json:"type"`
	DocValue bool           `json:"doc_value"`
	JSON     map[string]key `json:"json_keys"`
}

func readIndex(t *testing.T) map[string]key {
	t.Helper()
	var index struct{ Keys map[string]key }
	if err := json.Unmarshal([]byte(read(t, "index.json")), &index); err != nil {
		t.Fatal(err)
	}
	return index.Keys
}

func TestTheIndexHasTheFieldsOfTheAccessLine(t *testing.T) {
	indexed := make(map[string]string)
	for name, k := range readIndex(t)["message"].JSON {
		indexed[name] = k.Type
		if !k.DocValue {
			t.Errorf("%s can't be analysed", name)
		}
	}
	if want := printed(t); !maps.Equal(indexed, want) {
		t.Errorf("indexed are %v, printed are %v", indexed, want)
	}
}

func TestTheQueriesAskForWhatIsIndexed(t *testing.T) {
	index := readIndex(t)
	known := []string{"__time__"}
	for name := range index {
		known = append(known, name)
	}
	for name := range index["message"].JSON {
		known = append(known, "message."+name)
	}
	queries := 0
	for block := range strings.SplitSeq(read(t, "queries.sql"), "\n\n") {
		title, query, ok := strings.Cut(strings.TrimSpace(block), "\n")
		if strings.HasPrefix(query, "--") {
			continue // the introduction
		}
		search, analysis, analyses := strings.Cut(query, " | SELECT ")
		if !ok || !strings.HasPrefix(title, "-- ") || strings.Contains(query, "\n") || analyses != strings.Contains(query, " LIMIT ") {
			t.Errorf("no title and one query:\n%s", block)
		}
		queries++
		names := regexp.MustCompile(`"(message\.\w+)"|\b(functionName|isColdStart|operation|durationMs|memoryMB|__time__)\b`).FindAllString(analysis, -1)
		names = append(names, regexp.MustCompile(`[\w.]+(?:: | > | in )`).FindAllString(search, -1)...)
		for _, name := range names {
			name = strings.TrimRight(strings.TrimSuffix(strings.Trim(name, `"`), " in "), ": >")
			if !slices.Contains(known, name) {
				t.Errorf("%s: %s is not indexed", title, name)
			}
		}
		if len(names) == 0 || strings.Count(query, "(") != strings.Count(query, ")") || strings.Count(query, `"`)%2 != 0 {
			t.Errorf("%s: %s", title, query)
		}
	}
	if queries < 10 {
		t.Errorf("%d queries", queries)
	}
}

func TestTheQueriesNameDeployedFunctions(t *testing.T) {
	spec := read(t, "../../s.yaml")
	for _, m := range regexp.MustCompile(`message\.function: "([\w-]+)"`).FindAllStringSubmatch(read(t, "queries.sql"), -1) {
		if !strings.Contains(spec, "functionName: "+m[1]+"\n") {
			t.Errorf("s.yaml deploys no %s", m[1])
		}
	}
}
