package tablestore

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// everything is a range over the whole table, in both directions.
func everything(table string, direction sdk.Direction) *sdk.RangeRowQueryCriteria {
	first, last := &sdk.PrimaryKey{}, &sdk.PrimaryKey{}
	for _, name := range []string{"p", "n"} {
		first.AddPrimaryKeyColumnWithMinValue(name)
		last.AddPrimaryKeyColumnWithMaxValue(name)
	}
	if direction == sdk.BACKWARD {
		first, last = last, first
	}
	return &sdk.RangeRowQueryCriteria{
		TableName: table, StartPrimaryKey: first, EndPrimaryKey: last, Direction: direction, MaxVersion: 1,
	}
}

func scan(t testing.TB, client *sdk.TableStoreClient, c *sdk.RangeRowQueryCriteria) *sdk.GetRangeResponse {
	t.Helper()
	r, err := client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// keys prints the keys of a page as "p/n".
func keys(r *sdk.GetRangeResponse) []string {
	var list []string
	for _, row := range r.Rows {
		k := row.PrimaryKey.PrimaryKeys
		list = append(list, fmt.Sprintf("%v/%v", k[0].Value, k[1].Value))
	}
	return list
}

func wantKeys(t *testing.T, r *sdk.GetRangeResponse, want ...string) {
	t.Helper()
	if got := keys(r); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

// key with an infinite second column
func bound(p string, n any) *sdk.PrimaryKey {
	key := &sdk.PrimaryKey{}
	key.AddPrimaryKeyColumn("p", p)
	switch n {
	case "min":
		key.AddPrimaryKeyColumnWithMinValue("n")
	case "max":
		key.AddPrimaryKeyColumnWithMaxValue("n")
	default:
		key.AddPrimaryKeyColumn("n", n)
	}
	return key
}

func TestRangeBounds(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	for _, p := range []string{"a", "b", "c"} {
		for _, n := range []int64{1, 2} {
			put(t, client, table, rowKey(p, n), column{"c", "v"})
		}
	}
	tests := []struct {
		name     string
		from, to *sdk.PrimaryKey
		want     string
		backward bool
	}{
		{"start is inclusive, end exclusive", bound("a", int64(1)), bound("b", int64(1)), "a/1 a/2", false},
		{"one partition", bound("b", "min"), bound("b", "max"), "b/1 b/2", false},
		{"between partitions", bound("a", "max"), bound("c", "min"), "b/1 b/2", false},
		{"bounds that don't exist", bound("aa", int64(0)), bound("bb", int64(0)), "b/1 b/2", false},
		{"nothing", bound("a", "max"), bound("b", "min"), "", false},
		{"backward", bound("c", int64(1)), bound("a", int64(2)), "c/1 b/2 b/1", true},
		{"backward, one partition", bound("b", "max"), bound("b", "min"), "b/2 b/1", true},
		{"backward, from past the end", bound("z", "max"), bound("b", "max"), "c/2 c/1", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := everything(table, sdk.FORWARD)
			if test.backward {
				c.Direction = sdk.BACKWARD
			}
			c.StartPrimaryKey, c.EndPrimaryKey = test.from, test.to
			r := scan(t, client, c)
			wantKeys(t, r, strings.Fields(test.want)...)
			if r.NextStartPrimaryKey != nil {
				t.Errorf("next key %v after the last page", r.NextStartPrimaryKey)
			}
		})
	}
}

func TestRangeOrder(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	want := []string{}
	for _, p := range []string{"", "\x00", "\x00\x00", "\x00\x01", "a", "a\x00", "a\x00b", "a\x01", "aa", "ab", "b", "ÿ", "日"} {
		for _, n := range []int64{math.MinInt64, -256, -1, 0, 1, 255, 256, math.MaxInt64} {
			want = append(want, fmt.Sprintf("%v/%v", p, n))
			put(t, client, table, rowKey(p, n), column{"c", "v"})
		}
	}
	wantKeys(t, scan(t, client, everything(table, sdk.FORWARD)), want...)
	slices.Reverse(want)
	wantKeys(t, scan(t, client, everything(table, sdk.BACKWARD)), want...)
}

func TestRangeOfBinaryKeys(t *testing.T) {
	client := connect(t)
	meta := &sdk.TableMeta{TableName: "binary_keys"}
	meta.AddPrimaryKeyColumn("k", sdk.PrimaryKeyType_BINARY)
	createTable(t, client, &sdk.CreateTableRequest{
		TableMeta:          meta,
		TableOption:        &sdk.TableOption{TimeToAlive: -1, MaxVersion: 1},
		ReservedThroughput: &sdk.ReservedThroughput{},
	})
	want := []string{"[]", "[0]", "[0 0]", "[0 255]", "[1]", "[255]", "[255 0]"}
	for _, k := range [][]byte{{255, 0}, {0, 255}, {1}, {}, {255}, {0}, {0, 0}} {
		key := &sdk.PrimaryKey{}
		key.AddPrimaryKeyColumn("k", k)
		put(t, client, meta.TableName, key, column{"c", "v"})
	}
	first, last := &sdk.PrimaryKey{}, &sdk.PrimaryKey{}
	first.AddPrimaryKeyColumnWithMinValue("k")
	last.AddPrimaryKeyColumnWithMaxValue("k")
	r := scan(t, client, &sdk.RangeRowQueryCriteria{TableName: meta.TableName, StartPrimaryKey: first, EndPrimaryKey: last, MaxVersion: 1})
	var got []string
	for _, row := range r.Rows {
		got = append(got, fmt.Sprint(row.PrimaryKey.PrimaryKeys[0].Value))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRangePages(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	for n := range 7 {
		put(t, client, table, rowKey("a", int64(n)), column{"even", n%2 == 0})
	}
	c := everything(table, sdk.FORWARD)
	c.Limit = 3
	var pages []string
	for {
		r := scan(t, client, c)
		pages = append(pages, strings.Join(keys(r), " "))
		if r.NextStartPrimaryKey == nil {
			break
		}
		c.StartPrimaryKey = r.NextStartPrimaryKey
	}
	if want := []string{"a/0 a/1 a/2", "a/3 a/4 a/5", "a/6"}; !slices.Equal(pages, want) {
		t.Errorf("pages %q, want %q", pages, want)
	}
}

func TestRangeLimitCountsRowsAfterTheFilter(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	for n := range 7 {
		put(t, client, table, rowKey("a", int64(n)), column{"even", n%2 == 0})
	}
	c := everything(table, sdk.BACKWARD)
	c.Limit = 2
	c.Filter = compare("even", sdk.CT_EQUAL, true)
	r := scan(t, client, c)
	wantKeys(t, r, "a/6", "a/4")
	c.StartPrimaryKey = r.NextStartPrimaryKey
	r = scan(t, client, c)
	wantKeys(t, r, "a/2", "a/0")
	if r.NextStartPrimaryKey != nil {
		t.Errorf("next key %v at the end", r.NextStartPrimaryKey)
	}
}

func TestRangeColumnsToGet(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	put(t, client, table, rowKey("a", 1), column{"c", "v"}, column{"d", "w"})
	put(t, client, table, rowKey("a", 2), column{"d", "w"})
	c := everything(table, sdk.FORWARD)
	c.ColumnsToGet = []string{"c"}
	r := scan(t, client, c)
	wantKeys(t, r, "a/1")
	if got := show(*r.Rows[0].PrimaryKey, r.Rows[0].Columns); got != "a 1 c=v" {
		t.Errorf("row is %q", got)
	}
	c.ColumnsToGet = []string{"p", "c"}
	wantKeys(t, scan(t, client, c), "a/1", "a/2")
}

func TestPageEndsAt5000Rows(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	fill(t, client, table, 5001, 200, column{"c", "v"})
	c := everything(table, sdk.FORWARD)
	r := scan(t, client, c)
	if len(r.Rows) != 5000 || r.NextStartPrimaryKey == nil {
		t.Fatalf("%d rows, next key %v; want 5000 and one", len(r.Rows), r.NextStartPrimaryKey)
	}
	c.StartPrimaryKey = r.NextStartPrimaryKey
	wantKeys(t, scan(t, client, c), "a/5000")

	c = everything(table, sdk.FORWARD)
	c.Filter = compare("c", sdk.CT_EQUAL, "nothing has this")
	r = scan(t, client, c)
	if len(r.Rows) != 0 || r.NextStartPrimaryKey == nil {
		t.Errorf("%d rows, next key %v; want an empty page that goes on", len(r.Rows), r.NextStartPrimaryKey)
	}
}

func TestPageEndsAt4MB(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	fill(t, client, table, 6, 3, column{"c", strings.Repeat("x", 1<<20)})
	c := everything(table, sdk.FORWARD)
	r := scan(t, client, c)
	if len(r.Rows) != 4 || r.NextStartPrimaryKey == nil {
		t.Fatalf("%d rows, next key %v; want 4 and one", len(r.Rows), r.NextStartPrimaryKey)
	}
	c.StartPrimaryKey = r.NextStartPrimaryKey
	wantKeys(t, scan(t, client, c), "a/4", "a/5")
}

// fill writes rows a/0, a/1, ... in batches.
func fill(t testing.TB, client *sdk.TableStoreClient, table string, rows, batch int, columns ...column) {
	t.Helper()
	for n := 0; n < rows; {
		r := &sdk.BatchWriteRowRequest{}
		for range min(batch, rows-n) {
			r.AddRowChange(putChange(table, rowKey("a", int64(n)), columns...))
			n++
		}
		for _, result := range writeBatch(t, client, r)[table] {
			if !result.IsSucceed {
				t.Fatal(result.Error)
			}
		}
	}
}

func TestRangeErrors(t *testing.T) {
	client := connect(t)
	table := newTestTable(t, client, 1)
	tests := []struct {
		name    string
		change  func(*sdk.RangeRowQueryCriteria)
		code    string
		message string
	}{
		{"bounds the wrong way round", func(c *sdk.RangeRowQueryCriteria) { c.Direction = sdk.BACKWARD }, "OTSParameterInvalid", "Begin key must more than end key in BACKWARD"},
		{"empty range", func(c *sdk.RangeRowQueryCriteria) { c.EndPrimaryKey = c.StartPrimaryKey }, "OTSParameterInvalid", "Begin key must less than end key in FORWARD"},
		{"negative limit", func(c *sdk.RangeRowQueryCriteria) { c.Limit = -1 }, "OTSParameterInvalid", "The limit must be greater than 0."},
		{"key too short", func(c *sdk.RangeRowQueryCriteria) {
			c.StartPrimaryKey = &sdk.PrimaryKey{PrimaryKeys: c.StartPrimaryKey.PrimaryKeys[:1]}
		}, "OTSInvalidPK", "Validate PK size fail. Input: 1, Meta: 2."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := everything(table, sdk.FORWARD)
			test.change(c)
			_, err := client.GetRange(&sdk.GetRangeRequest{RangeRowQueryCriteria: c})
			wantError(t, err, 400, test.code, test.message)
		})
	}
}
