package tablestore

import (
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// parameters makes a TEXT by single words.
func parameters(name string, caseSensitive, delimitWord bool) *sdk.FieldSchema {
	return newField(name, sdk.FieldType_TEXT, analyzed(sdk.Analyzer_SingleWord), func(f *sdk.FieldSchema) {
		f.AnalyzerParameter = sdk.SingleWordAnalyzerParameter{CaseSensitive: &caseSensitive, DelimitWord: &delimitWord}
	})
}

func TestAnalyzers(t *testing.T) {
	client := connect(t)
	fields := []*sdk.FieldSchema{
		newField("plain", sdk.FieldType_TEXT), parameters("cased", true, false), parameters("parted", false, true),
		newField("semantic", sdk.FieldType_TEXT, analyzed(sdk.Analyzer_MaxWord)),
	}
	table := newIndexedTable(t, client, fields...)
	const text = "杭州, Hang-Zhou IPhone6 Ünïcode"
	var columns []column
	for _, f := range fields {
		columns = append(columns, column{*f.FieldName, text})
	}
	put(t, client, table, rowKey("a", 1), columns...)
	tests := []struct {
		name, field, words string
		found              bool
	}{
		{"a Chinese character is a word", "plain", "杭", true},
		{"Chinese in another order", "plain", "州杭", true},
		{"punctuation parts words", "plain", "zhou", true},
		{"case does not matter", "plain", "HANG", true},
		{"letters beyond ASCII", "plain", "ünïcode", true},
		{"letters and digits are one word", "plain", "iphone6", true},
		{"the letters alone are none", "plain", "iphone", false},
		{"part of a word", "plain", "zho", false},

		{"with case: the same", "cased", "Hang", true},
		{"with case: another", "cased", "hang", false},

		{"delimited: the letters", "parted", "iphone", true},
		{"delimited: the digits", "parted", "6", true},
		{"delimited: both", "parted", "iphone6", true},

		{"max_word: a Chinese word", "semantic", "杭州", true},
		{"max_word: an English word", "semantic", "hang", true},
		{"max_word: case does not matter", "semantic", "ZHOU", true},
		{"max_word: part of a word", "semantic", "han", false},
		{"max_word: another word", "semantic", "广州", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var want []string
			if test.found {
				want = []string{"a/1"}
			}
			wantFound(t, client, table, settings{query: textMatch(test.field, test.words, true)}, want...)
		})
	}
}

// Without a dictionary max_word goes by characters: what has them side by side
// comes before what has them apart.
func TestMaxWordRanksNeighboursFirst(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, newField("semantic", sdk.FieldType_TEXT, analyzed(sdk.Analyzer_MaxWord)))
	put(t, client, table, rowKey("apart", 1), column{"semantic", "计算的函数"})
	put(t, client, table, rowKey("together", 1), column{"semantic", "函数和计算"})
	put(t, client, table, rowKey("whole", 1), column{"semantic", "用函数计算"})
	put(t, client, table, rowKey("other", 1), column{"semantic", "对象存储桶"})
	wantFound(t, client, table, settings{
		query: textMatch("semantic", "函数计算", true), sort: []search.Sorter{search.NewScoreSort()},
	}, "whole/1", "apart/1", "together/1")
}

// A text of an array is found by the words of each element, a phrase is not
// found across two.
func TestArrayOfTexts(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, newField("notes", sdk.FieldType_TEXT, isArray))
	put(t, client, table, rowKey("a", 1), column{"notes", `["fast start","slow end"]`})
	for query, want := range map[search.Query][]string{
		textMatch("notes", "fast end", true):                             {"a/1"},
		&search.MatchPhraseQuery{FieldName: "notes", Text: "slow end"}:   {"a/1"},
		&search.MatchPhraseQuery{FieldName: "notes", Text: "start slow"}: nil,
	} {
		wantFound(t, client, table, settings{query: query}, want...)
	}
}

// What a field can't hold is as if it was not there; the vendor does not say.
func TestValuesThatDoNotSuitAreNotIndexed(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	long := make([]byte, maxKeywordBytes+1)
	for i := range long {
		long[i] = 'x'
	}
	put(t, client, table, rowKey("type", 1), column{"category", int64(1)}, column{"downloads", "5"}, column{"rating", int64(1)})
	put(t, client, table, rowKey("array", 1), column{"tags", "go"}, column{"sizes", `["1"]`})
	put(t, client, table, rowKey("length", 1), column{"category", string(long)})
	put(t, client, table, rowKey("most", 1), column{"category", string(long[1:])})
	for field, want := range map[string][]string{"category": {"most/1"}, "downloads": nil, "rating": nil, "tags": nil, "sizes": nil} {
		wantFound(t, client, table, settings{query: &search.ExistsQuery{FieldName: field}}, want...)
	}
	wantFound(t, client, table, settings{query: &search.MatchAllQuery{}}, "array/1", "length/1", "most/1", "type/1")
}
