package tablestore

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

// alterRow returns an alteration that changes the row of a PutRow and signs
// the request again.
func alterRow(a access, change func(row []byte) []byte) func(*http.Request) {
	return func(r *http.Request) {
		if r.URL.Path != "/PutRow" {
			return
		}
		var altered []byte
		replaceBody(r, func(body []byte) []byte {
			var put pb.PutRowRequest
			if err := proto.Unmarshal(body, &put); err != nil {
				panic(err)
			}
			put.Row = change(put.Row)
			var err error
			if altered, err = proto.Marshal(&put); err != nil {
				panic(err)
			}
			return altered
		})
		setMD5(r, altered)
		signAgain(r, a)
	}
}

func TestBrokenRowsAreRefused(t *testing.T) {
	a := accessOf(t)
	table := newTestTable(t, a.client(nil), 1)
	flip := func(at int) func([]byte) []byte {
		return func(row []byte) []byte {
			at := at
			if at < 0 {
				at += len(row)
			}
			row[at] ^= 1
			return row
		}
	}
	tests := []struct {
		name    string
		change  func(row []byte) []byte
		message string
	}{
		{"header", flip(0), "mismatch header"},
		{"value of a column", func(row []byte) []byte { return bytes.Replace(row, []byte("value"), []byte("valuf"), 1) }, "checksum is mismatch"},
		{"name of a column", func(row []byte) []byte { return bytes.Replace(row, []byte("name"), []byte("nbme"), 1) }, "checksum is mismatch"},
		{"key", func(row []byte) []byte { return bytes.Replace(row, []byte("partition"), []byte("partitiom"), 1) }, "checksum is mismatch"},
		{"checksum of the row", flip(-1), "checksum is mismatch"},
		{"checksum of the last column", flip(-3), "checksum is mismatch"},
		{"cut off", func(row []byte) []byte { return row[:len(row)-2] }, "Cell data broken"},
		{"more after the row", func(row []byte) []byte { return append(row, row[4:]...) }, "they can't be parsed"},
		{"nothing", func([]byte) []byte { return []byte{} }, "Cell data broken"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := a.client(alterRow(a, test.change))
			change := putChange(table, rowKey("partition", 1), column{"name", "value"})
			_, err := client.PutRow(&sdk.PutRowRequest{PutRowChange: change})
			wantError(t, err, 400, "OTSParameterInvalid", test.message)
			wantRow(t, client, criteria(table, rowKey("partition", 1)), "")
		})
	}
}

// Every byte of a row is covered: by a checksum, or by the format itself.
func TestNoFlippedByteGoesUnnoticed(t *testing.T) {
	change := putChange("t", rowKey("partition", 1), column{"name", "value"}, column{"d", 1.5})
	row := change.Serialize()
	for at := range row {
		for bit := range 8 {
			broken := bytes.Clone(row)
			broken[at] ^= 1 << bit
			if _, err := decodeRow(broken); err == nil {
				t.Errorf("bit %d of byte %d of %s", bit, at, fmt.Sprintf("%x", row))
			}
		}
	}
}
