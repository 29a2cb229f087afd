package zipfile

import (
	"encoding/binary"
	"hash/crc32"
	"iter"
)

// Extra fields that some programs obey (APPNOTE.TXT, sections 4.5.3, 4.6.8 and
// 4.6.9).
const (
	extraZIP64          = 0x0001
	extraUnicodeComment = 0x6375
	extraUnicodePath    = 0x7075
)

// extraFields are the fields in a header, up to one that is cut off.
func extraFields(extra string) iter.Seq2[uint16, string] {
	return func(yield func(uint16, string) bool) {
		for len(extra) >= 4 {
			id, size := binary.LittleEndian.Uint16([]byte(extra)), int(binary.LittleEndian.Uint16([]byte(extra[2:4])))
			if size > len(extra)-4 || !yield(id, extra[4:4+size]) {
				return
			}
			extra = extra[4+size:]
		}
	}
}

// checkExtra wants the extra fields that rename an entry, for the programs that
// know them, to repeat its name; and those of its comment likewise, in the
// directory.
func (e *entry) checkExtra(extra, comment string, inDirectory bool) error {
	length := 0
	for id, data := range extraFields(extra) {
		length += 4 + len(data)
		switch {
		case id == extraUnicodePath && !repeats(data, e.name):
			return refuse("the entry %.200q has another name in its extra field 0x7075: %.200q", e.name, data[min(5, len(data)):])
		case id == extraUnicodePath && inDirectory:
			e.repeated = true
		case id == extraUnicodeComment && inDirectory && !repeats(data, comment):
			return refuse("the entry %.200q has another comment in its extra field 0x6375: %.80q", e.name, data[min(5, len(data)):])
		}
	}
	// Some programs align data by up to 3 bytes that are no field.
	if len(extra)-length > 3 {
		return refuse("the entry %.200q has an extra field that is cut off", e.name)
	}
	return nil
}

// repeats tells whether a field of Info-ZIP holds this text, and was made for it:
// version, CRC-32 of the text in the header, the text in UTF-8.
func repeats(data, text string) bool {
	return len(data) >= 5 && data[0] == 1 && binary.LittleEndian.Uint32([]byte(data[1:5])) == crc32.ChecksumIEEE([]byte(text)) && data[5:] == text
}
