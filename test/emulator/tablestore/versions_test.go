package tablestore

import (
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// versioned writes versions "1" to "4" of column c, a second apart, to a table
// that keeps three, and returns the time of version 1 in milliseconds.
func versioned(t *testing.T, client *sdk.TableStoreClient) (table string, first int64) {
	t.Helper()
	table = newTestTable(t, client, 3)
	first = time.Now().Add(-time.Minute).UnixMilli()
	for n, value := range []string{"1", "2", "3", "4"} {
		u := updateChange(table, rowKey("a", 1))
		u.PutColumnWithTimestamp("c", value, first+int64(n)*1000)
		update(t, client, u)
	}
	return table, first
}

func TestVersions(t *testing.T) {
	client := connect(t)
	table, first := versioned(t, client)
	tests := []struct {
		name        string
		maxVersions int32
		times       *sdk.TimeRange
		want        string
	}{
		{"the newest", 1, nil, "a 1 c=4"},
		{"newest first", 2, nil, "a 1 c=4 c=3"},
		{"no more than the table keeps", 10, nil, "a 1 c=4 c=3 c=2"},
		{"one by its time", 0, &sdk.TimeRange{Specific: first + 1000}, "a 1 c=2"},
		{"a range, its end excluded", 0, &sdk.TimeRange{Start: first, End: first + 3000}, "a 1 c=3 c=2"},
		{"the newest in a range", 1, &sdk.TimeRange{Start: first, End: first + 3000}, "a 1 c=3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := criteria(table, rowKey("a", 1))
			c.MaxVersion, c.TimeRange = test.maxVersions, test.times
			wantRow(t, client, c, test.want)
		})
	}
}

func TestVersionsKeepTheirTime(t *testing.T) {
	client := connect(t)
	table, first := versioned(t, client)
	got := get(t, client, criteria(table, rowKey("a", 1))).Columns[0].Timestamp
	if want := first + 3000; got != want {
		t.Errorf("version %d, want %d", got, want)
	}
}

func TestDeleteOneVersion(t *testing.T) {
	client := connect(t)
	table, first := versioned(t, client)
	u := updateChange(table, rowKey("a", 1))
	u.DeleteColumnWithTimestamp("c", first+2000)
	update(t, client, u)
	c := criteria(table, rowKey("a", 1))
	c.MaxVersion = 10
	wantRow(t, client, c, "a 1 c=4 c=2")
}

func TestPutRowDropsAllVersions(t *testing.T) {
	client := connect(t)
	table, _ := versioned(t, client)
	put(t, client, table, rowKey("a", 1), column{"c", "new"})
	c := criteria(table, rowKey("a", 1))
	c.MaxVersion = 10
	wantRow(t, client, c, "a 1 c=new")
}

func TestVersionsFarFromNowAreRefused(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 3)
	for _, off := range []time.Duration{-25 * time.Hour, 25 * time.Hour} {
		u := updateChange(table, rowKey("a", 1))
		u.PutColumnWithTimestamp("c", "v", time.Now().Add(off).UnixMilli())
		_, err := client.UpdateRow(&sdk.UpdateRowRequest{UpdateRowChange: u})
		wantError(t, err, 400, "OTSParameterInvalid", "nvalid timestamp")
	}
}

func TestTableThatKeepsFewerVersionsShowsFewer(t *testing.T) {
	client := connect(t)
	table, _ := versioned(t, client)
	_, err := client.UpdateTable(&sdk.UpdateTableRequest{
		TableName:   table,
		TableOption: &sdk.TableOption{TimeToAlive: -1, MaxVersion: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := criteria(table, rowKey("a", 1))
	c.MaxVersion = 10
	wantRow(t, client, c, "a 1 c=4 c=3")
}

func TestIncrementOfAVersionAheadOfTheClock(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	u := updateChange(table, rowKey("a", 1))
	u.PutColumnWithTimestamp("count", int64(5), time.Now().Add(time.Hour).UnixMilli())
	update(t, client, u)
	update(t, client, increment(table, 1))
	wantRow(t, client, criteria(table, rowKey("a", 1)), "a 1 count=6")
}
