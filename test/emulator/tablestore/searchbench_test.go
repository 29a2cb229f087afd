package tablestore

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// BenchmarkSearch searches through a registry of packages as it does: a filter
// over all, words in three texts, a prefix, sorted by score and downloads.
func BenchmarkSearch(b *testing.B) {
	for _, packages := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(packages), func(b *testing.B) { benchmarkSearches(b, packages) })
	}
}

func benchmarkSearches(b *testing.B, packages int) {
	e := newEmulator(b)
	client := e.access.client(nil)
	table := newIndexedTable(b, client, packageFields()...)
	fillPackages(b, client, table, packages)
	everyone := terms("tags", "public", "user:someone")
	byDownloads := search.NewFieldSort("downloads", search.SortOrder_DESC)
	text := func(words string) settings {
		return settings{query: &search.BoolQuery{FilterQueries: []search.Query{everyone}, MustQueries: []search.Query{minimum(1,
			textMatch("name", words, true), textMatch("name", words, true), textMatch("name", words, true),
			textMatch("about", words, true), &search.PrefixQuery{FieldName: "p", Prefix: words},
		)}}, sort: []search.Sorter{search.NewScoreSort(), byDownloads}, limit: 30, total: true}
	}
	searches := []struct {
		name string
		settings
	}{
		{"commonWords", text("word1 word2")},
		{"rareWord", text("word9000")},
		{"Chinese", text("函数计算")},
		{"prefix", text("package0000")},
		{"byDownloads", settings{query: everyone, sort: []search.Sorter{byDownloads}, limit: 30, total: true}},
		{"groups", settings{query: everyone, none: true, groups: []search.GroupBy{search.NewGroupByField("g", "category")}}},
	}
	for _, s := range searches {
		b.Run(s.name, func(b *testing.B) {
			searchFor(b, client, table, s.settings)
			for b.Loop() {
				searchFor(b, client, table, s.settings)
			}
		})
	}
	b.Run("putAndSearch", func(b *testing.B) {
		for b.Loop() {
			put(b, client, table, rowKey(fmt.Sprintf("package%06d", rand.IntN(packages)), 0), packageColumns()...)
			searchFor(b, client, table, searches[1].settings)
		}
	})
}

// fillPackages writes packages with readmes of some KB, whose words are as
// common as those of a language are.
func fillPackages(b testing.TB, client *sdk.TableStoreClient, table string, packages int) {
	b.Helper()
	for first := 0; first < packages; first += maxBatchWrite {
		var changes []sdk.RowChange
		for i := first; i < first+maxBatchWrite; i++ {
			changes = append(changes, putChange(table, rowKey(fmt.Sprintf("package%06d", i), 0), packageColumns()...))
		}
		writeBatch(b, client, newBatch(false, changes...))
	}
}

func packageColumns() []column {
	words := rand.NewZipf(rand.New(rand.NewPCG(rand.Uint64(), 0)), 1.1, 10, 50_000)
	var readme strings.Builder
	for range 300 {
		fmt.Fprintf(&readme, "word%d ", words.Uint64())
	}
	if rand.IntN(4) == 0 {
		readme.WriteString("部署一个函数计算的应用到云上")
	}
	return []column{
		{"category", fmt.Sprint("category", rand.IntN(20))}, {"tags", `["public","go"]`},
		{"name", fmt.Sprintf("word%d word%d", words.Uint64(), words.Uint64())}, {"about", readme.String()},
		{"downloads", rand.Int64N(1_000_000)}, {"rating", rand.Float64()}, {"official", rand.IntN(2) == 0},
	}
}
