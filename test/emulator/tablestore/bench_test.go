package tablestore

import (
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// A row as the registry reads it most: some short columns and one of 1 KB.
func BenchmarkGetRow(b *testing.B) {
	client := newEmulator(b).access.client(nil)
	table := newTestTable(b, client, 1)
	put(b, client, table, rowKey("package", 1),
		column{"owner", "someone"}, column{"type", "Component"}, column{"version", "1.2.3"},
		column{"created", int64(1700000000)}, column{"size", int64(12345)}, column{"body", strings.Repeat("x", 1024)})
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := client.GetRow(&sdk.GetRowRequest{SingleRowQueryCriteria: criteria(table, rowKey("package", 1))}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkGetRange100Rows(b *testing.B) {
	client := newEmulator(b).access.client(nil)
	table := newTestTable(b, client, 1)
	fill(b, client, table, 100, 100, column{"version", "1.2.3"}, column{"created", int64(1700000000)}, column{"body", strings.Repeat("x", 200)})
	for b.Loop() {
		scan(b, client, everything(table, sdk.BACKWARD))
	}
}

func BenchmarkPutRow(b *testing.B) {
	client := newEmulator(b).access.client(nil)
	table := newTestTable(b, client, 1)
	n := int64(0)
	for b.Loop() {
		n++
		put(b, client, table, rowKey("package", n), column{"body", strings.Repeat("x", 1024)})
	}
}
