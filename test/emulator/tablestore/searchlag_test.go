package tablestore

import (
	"path/filepath"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"
)

const testLag = 2 * time.Second

// newLaggingEmulator has indexes that are two seconds behind.
func newLaggingEmulator(t *testing.T) *emulator {
	t.Helper()
	return newEmulatorWith(t, Options{IndexLag: testLag})
}

func TestIndexLagsBehindWrites(t *testing.T) {
	e := newLaggingEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	everything, web := settings{query: &search.MatchAllQuery{}}, settings{query: term("category", "web")}
	put(t, e.client, table, rowKey("a", 1), column{"category", "web"})
	wantFound(t, e.client, table, everything)
	e.now = e.now.Add(testLag - time.Millisecond)
	wantFound(t, e.client, table, everything)
	e.now = e.now.Add(time.Millisecond)
	wantFound(t, e.client, table, everything, "a/1")

	put(t, e.client, table, rowKey("a", 1), column{"category", "tool"})
	wantFound(t, e.client, table, web, "a/1")
	e.now = e.now.Add(testLag)
	wantFound(t, e.client, table, web)
	wantFound(t, e.client, table, settings{query: term("category", "tool")}, "a/1")

	writeBatch(t, e.client, newBatch(false, deleteChange(table, rowKey("a", 1))))
	wantFound(t, e.client, table, everything, "a/1")
	e.now = e.now.Add(testLag)
	wantFound(t, e.client, table, everything)
}

// Each write has its own time: the index goes through all states of a row.
func TestEveryWriteLagsByItself(t *testing.T) {
	e := newLaggingEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	for _, category := range []string{"one", "two", "three"} {
		put(t, e.client, table, rowKey("a", 1), column{"category", category})
		e.now = e.now.Add(time.Second)
	}
	for _, category := range []string{"two", "three"} { // one was due a second ago
		wantFound(t, e.client, table, settings{query: term("category", category)}, "a/1")
		e.now = e.now.Add(time.Second)
	}
}

// What the index answers is as old as what it finds; what is read from the
// table is not.
func TestIndexAnswersItsOwnOldColumns(t *testing.T) {
	e := newLaggingEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	put(t, e.client, table, rowKey("a", 1), column{"category", "old"}, column{"other", "old"})
	e.now = e.now.Add(testLag)
	put(t, e.client, table, rowKey("a", 1), column{"category", "new"}, column{"other", "new"})
	for want, columns := range map[string]*sdk.ColumnsToGet{
		"a 1 category=old":           {ReturnAllFromIndex: true},
		"a 1 category=old ":          {Columns: []string{"category"}},
		"a 1 category=new other=new": {ReturnAll: true},
		"a 1 other=new":              {Columns: []string{"other"}},
	} {
		wantRows(t, e.client, table, settings{query: term("category", "old"), columns: columns}, want)
	}
}

func TestRowThatIsGoneIsFoundButNotRead(t *testing.T) {
	e := newLaggingEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	put(t, e.client, table, rowKey("a", 1), column{"category", "web"})
	e.now = e.now.Add(testLag)
	writeBatch(t, e.client, newBatch(false, deleteChange(table, rowKey("a", 1))))
	s := settings{query: term("category", "web"), total: true, columns: &sdk.ColumnsToGet{ReturnAllFromIndex: true}}
	wantRows(t, e.client, table, s, "a 1 category=web")
	s.columns = &sdk.ColumnsToGet{ReturnAll: true}
	if r := searchFor(t, e.client, table, s); len(r.Rows) != 0 || r.TotalCount != 1 {
		t.Errorf("%d rows of %d, want none of 1", len(r.Rows), r.TotalCount)
	}
}

// Writes without searches do not pile up.
func TestIndexCatchesUpBySize(t *testing.T) {
	e := newEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	fill(t, e.client, table, maxPending+1000, maxBatchWrite, column{"category", "web"})
	_, x, err := e.findIndex(table, testIndex)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(x.pending); n > maxPending {
		t.Errorf("%d rows wait, want at most %d", n, maxPending)
	}
	if n := x.rows(e.now); n != maxPending+1000 {
		t.Errorf("%d rows, want %d", n, maxPending+1000)
	}
}

func TestIndexIsUpToDateAfterOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store")
	client, closeStore, err := openStore(path)
	if err != nil {
		t.Fatal(err)
	}
	createCrashTable(t, client)
	if _, err := client.CreateSearchIndex(indexRequest(crashTable, packageFields()...)); err != nil {
		t.Fatal(err)
	}
	put(t, client, crashTable, rowKey("a", 1), column{"category", "web"})
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
	e := newEmulatorWith(t, Options{IndexLag: testLag, Path: path})
	wantFound(t, e.client, crashTable, settings{query: &search.MatchAllQuery{}}, "a/1")
}
