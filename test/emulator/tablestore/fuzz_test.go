package tablestore

import (
	"bytes"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

// FuzzDecodeRow feeds the decoder whatever there is: it must not crash, and
// what it takes must survive being stored and answered.
func FuzzDecodeRow(f *testing.F) {
	f.Add(putChange("t", rowKey("a", 1), column{"c", "v"}, column{"d", 1.5}, column{"b", true}, column{"x", []byte{0}}).Serialize())
	f.Add(deleteChange("t", rowKey("", -1)).Serialize())
	u := updateChange("t", rowKey("a", 1))
	u.PutColumnWithTimestamp("c", "v", 1)
	u.DeleteColumn("d")
	u.DeleteColumnWithTimestamp("e", 2)
	u.IncrementColumn("f", 3)
	f.Add(u.Serialize())
	f.Add(everything("t", sdk.FORWARD).StartPrimaryKey.Build(false))
	f.Add(everything("t", sdk.FORWARD).EndPrimaryKey.Build(false))

	f.Fuzz(func(t *testing.T, b []byte) {
		row, err := decodeRow(b)
		if err != nil {
			return
		}
		for _, c := range append(row.key, row.cells...) {
			if len(c.value) == 0 {
				continue
			}
			encoded := appendCell(nil, c.name, c.value, c.time)
			again, rest := splitCell(encoded)
			if !bytes.Equal(again.name, c.name) || !bytes.Equal(again.value, c.value) || again.time != c.time || len(rest) != 0 {
				t.Errorf("%x became %x", c.raw, encoded)
			}
			if d := (&decoder{rest: encoded}); d.cell().sum != again.sum || d.err != nil {
				t.Errorf("the decoder refuses %x: %v", encoded, d.err)
			}
		}
	})
}
