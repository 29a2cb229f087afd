package tablestore

import (
	"strings"
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// Whatever somebody types is an answer, not an error.
func TestStrangeTextsAreSearchedFor(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	putPackages(t, client, table)
	for name, text := range map[string]string{
		"empty":           "",
		"spaces":          " \t\n　",
		"punctuation":     `!"#$%&'()*+,-./:;<=>?@[\]^_{|}~，。！？《》`,
		"emoji":           "🚀👩‍👩‍👧🇨🇳",
		"SQL":             `'; DROP TABLE packages; --`,
		"query syntax":    `nam:(qq OR "bb c"~2^3) AND NOT [1..*] /x+/`,
		"control":         "\x00\x01\u202e\ufeff",
		"combining":       strings.Repeat("z̷̡͇", 100),
		"10 KB, one word": strings.Repeat("x", 10<<10),
		"10 KB, words":    strings.Repeat("word ", 2<<10),
		"10 KB, Chinese":  strings.Repeat("函数计算服务", 600),
	} {
		t.Run(name, func(t *testing.T) {
			for _, field := range []string{"name", "about", "p"} {
				for _, query := range []search.Query{
					textMatch(field, text, false), textMatch(field, text, true),
					&search.MatchPhraseQuery{FieldName: field, Text: text}, term(field, text),
				} {
					s := settings{query: query, sort: []search.Sorter{search.NewScoreSort()}}
					if rows := found(searchFor(t, client, table, s)); len(rows) > 0 && !strings.Contains(name, "Chinese") {
						t.Errorf("%T in %s found %q", query, field, rows)
					}
				}
			}
		})
	}
}

func TestStrangeTextsAreFoundAgain(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for key, text := range map[string]string{"emoji": "🚀 rocket🚀ship", "zero": "a\x00b", "long": strings.Repeat("x", 100<<10), "quotes": `"it's" <b>`} {
		put(t, client, table, rowKey(key, 1), column{"name", text}, column{"category", text})
	}
	for word, want := range map[string]string{"ship": "emoji/1", "b": "quotes/1", strings.Repeat("x", 100<<10): "long/1"} {
		wantFound(t, client, table, settings{query: &search.BoolQuery{
			FilterQueries:  []search.Query{term("name", word)},
			MustNotQueries: []search.Query{term("p", "zero")},
		}}, want)
	}
	wantFound(t, client, table, settings{query: term("category", "a\x00b")}, "zero/1")
	wantFound(t, client, table, settings{query: &search.WildcardQuery{FieldName: "category", Value: "🚀*"}}, "emoji/1")
	wantFound(t, client, table, settings{query: &search.WildcardQuery{FieldName: "category", Value: "*🚀????"}}, "emoji/1")
}
