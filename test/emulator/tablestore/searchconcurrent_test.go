package tablestore

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

// A search sees all writes that were acknowledged before it, while others write
// and search.
func TestSearchesSeeAcknowledgedWrites(t *testing.T) {
	e := newEmulator(t)
	client := e.access.client(nil)
	table := newIndexedTable(t, client, packageFields()...)
	var all sync.WaitGroup
	for writer := range 4 {
		all.Go(func() {
			for n := range int64(50) {
				key := rowKey(fmt.Sprint("w", writer), n%10)
				category := fmt.Sprint("c", writer, "-", n)
				put(t, client, table, key, column{"category", category}, column{"name", fmt.Sprint("word", n, " by ", writer)})
				s := settings{query: &search.BoolQuery{
					FilterQueries: []search.Query{term("category", category), &search.PrefixQuery{FieldName: "name", Prefix: "wor"}},
				}, sort: []search.Sorter{search.NewScoreSort()}}
				wantFound(t, client, table, s, fmt.Sprintf("w%d/%d", writer, n%10))
			}
		})
	}
	all.Wait()
	if n := describeIndex(t, client, table).MeteringInfo.RowCount; n != 40 {
		t.Errorf("%d rows in the index, want 40", n)
	}
}

// An index that is created while rows are written has them all.
func TestIndexIsCreatedAmongWrites(t *testing.T) {
	client := newEmulator(t).access.client(nil)
	table := newTestTable(t, client, 1)
	started, enough := make(chan struct{}), make(chan struct{})
	var writer sync.WaitGroup
	written := int64(0)
	writer.Go(func() {
		for {
			put(t, client, table, rowKey("a", written), column{"category", "web"})
			if written++; written == 20 {
				close(started)
			}
			select {
			case <-enough:
				return
			default:
			}
		}
	})
	<-started
	createIndex(t, client, table, packageFields()...)
	close(enough)
	writer.Wait()
	r := searchFor(t, client, table, settings{query: term("category", "web"), none: true, total: true})
	if r.TotalCount != written {
		t.Errorf("found %d of %d rows", r.TotalCount, written)
	}
}
