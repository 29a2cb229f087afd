package tablestore

import (
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/search"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/meter"
)

func TestSearchCostsEachRowThatItReturns(t *testing.T) {
	client := newEmulator(t).client
	table := newIndexedTable(t, client, packageFields()...)
	for n := range int64(3) {
		put(t, client, table, rowKey("a", n), column{"category", "web"}, column{"name", strings.Repeat("word ", 1000)})
	}
	everything := &search.MatchAllQuery{}
	for name, test := range map[string]struct {
		s    settings
		read int32
	}{
		"keys":          {settings{query: everything}, 3},
		"small columns": {settings{query: everything, columns: &sdk.ColumnsToGet{ReturnAllFromIndex: true}}, 3},
		"5 KB each":     {settings{query: everything, columns: &sdk.ColumnsToGet{ReturnAll: true}}, 6},
		"one of them":   {settings{query: everything, limit: 1, columns: &sdk.ColumnsToGet{ReturnAll: true}}, 2},
		"a count":       {settings{query: everything, none: true, total: true}, 1},
		"nothing found": {settings{query: term("category", "none")}, 1},
	} {
		wantUnits(t, name, searchFor(t, client, table, test.s).ConsumedCapacityUnit, test.read, 0)
	}
}

func TestMeterCountsSearches(t *testing.T) {
	e := newEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	putPackages(t, e.client, table)
	e.meter.Reset()
	for range 2 {
		searchFor(t, e.client, table, settings{query: term("category", "tool")})
	}
	got := e.meter.Snapshot()
	want := meter.Row{Key: meter.Key{Service: "tablestore", Operation: "Search", Resource: table}, Count: meter.Count{Calls: 2, Read: 4}}
	if len(got) != 1 || got[0] != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSearchFails(t *testing.T) {
	e := newEmulator(t)
	table := newIndexedTable(t, e.client, packageFields()...)
	e.faults.Add(fault.Rule{
		Operation: "Search", Resource: table, Nth: 1, Action: fault.Fail,
		Failure: fault.Failure{Status: 503, Code: "OTSServerBusy", Message: "Server is busy."},
	})
	s := settings{query: &search.MatchAllQuery{}}
	_, err := e.client.Search(s.request(table))
	wantError(t, err, 503, "OTSServerBusy", "Server is busy.")
	wantFound(t, e.client, table, s)
}
