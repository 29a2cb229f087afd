package manifest_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// entry is a ZIP entry as a forger writes it: archive/zip would refuse some.
type entry struct {
	name   string
	body   string // as stored
	local  string // name in the local header; name when empty
	flags  uint16
	method uint16
	size   uint32 // declared unpacked size; len(body) when 0
	mode   uint32 // Unix mode, shifted as external attributes want it
	offset int    // of the local header; where it really is when 0
}

// utf8Flag says that a name is UTF-8.
const utf8Flag = 1 << 11

// forged writes a ZIP with exactly these entries, after a correct publish.yaml.
func forged(entries ...entry) []byte {
	publish := registrytest.PublishYAML(registry.Plugin, "hello", "1.0.0")
	entries = slices.Insert(slices.Clone(entries), 0, entry{name: "publish.yaml", body: publish})
	var body, directory []byte
	for _, e := range entries {
		offset := len(body)
		if e.offset != 0 {
			offset = e.offset
		}
		if e.local == "" {
			e.local = e.name
		}
		if e.size == 0 {
			e.size = uint32(len(e.body))
		}
		body = slices.Concat(body, []byte("PK\x03\x04"), e.header(e.local), []byte(e.local), []byte(e.body))
		directory = slices.Concat(directory, []byte("PK\x01\x02\x14\x03"), e.header(e.name))
		directory = append(directory, make([]byte, 6)...) // comment, disk, internal attributes
		directory = binary.LittleEndian.AppendUint32(directory, e.mode<<16)
		directory = binary.LittleEndian.AppendUint32(directory, uint32(offset))
		directory = append(directory, e.name...)
	}
	return slices.Concat(body, directory, end(len(entries), len(directory), len(body)))
}

// header is what local headers and the directory have in common.
func (e entry) header(name string) []byte {
	b := make([]byte, 0, 26)
	for _, v := range []uint16{20, e.flags, e.method, 0, 0x21} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, v := range []uint32{crc32.ChecksumIEEE([]byte(e.body)), uint32(len(e.body)), e.size} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	return binary.LittleEndian.AppendUint16(b, 0)
}

func end(entries, size, offset int) []byte {
	b := []byte("PK\x05\x06\x00\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(entries))
	b = binary.LittleEndian.AppendUint16(b, uint16(entries))
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	return append(b, 0, 0)
}

// patch changes bytes of a ZIP's end record.
func patch(packed []byte, at int, with ...byte) []byte {
	packed = bytes.Clone(packed)
	copy(packed[len(packed)-22+at:], with)
	return packed
}

// withMode is a well-made ZIP of one file with this mode.
func withMode(name string, mode fs.FileMode, body string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: name}
	h.SetMode(mode)
	w, err := z.CreateHeader(h)
	if err == nil {
		_, err = w.Write([]byte(body))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// bomb is a ZIP in a ZIP in a ZIP ..., at whose bottom 100 MB are packed small.
func bomb(depth int) []byte {
	packed := registrytest.ZIP(map[string]string{"zeros": strings.Repeat("\x00", 100<<20)})
	for range depth {
		packed = registrytest.ZIP(map[string]string{"inner.zip": string(packed)})
	}
	return packed
}

func TestForgeMakesGoodZIPs(t *testing.T) {
	found, err := inspect(forged(entry{name: "a/", mode: 0o40755}, entry{name: "a/b", body: "c", mode: 0o100644}), registry.Plugin)
	if err != nil || found.Name != "hello" || found.Version != "1.0.0" {
		t.Fatalf("%+v %v: the cases below would be refused for another reason", found, err)
	}
}

func TestHostileZIPsAreRefused(t *testing.T) {
	for _, test := range slices.Concat(hostileStructures(), hostileNames(), hostilePairs(), hostileLinks(), hostileHeaders()) {
		t.Run(test.name, func(t *testing.T) {
			_, err := inspect(test.packed, registry.Plugin)
			wantInvalid(t, err, strings.Split(test.words, "|")...)
			if len(err.Error()) > 1000 {
				t.Errorf("the message has %d bytes", len(err.Error()))
			}
		})
	}
}

func hostileStructures() []hostile {
	good := forged(entry{name: "a", body: "b"})
	return []hostile{
		{"a path upwards", forged(entry{name: "../a"}), "outside its folder"},
		{"a path upwards inside", forged(entry{name: "a/../../b"}), "outside its folder"},
		{"an absolute path", forged(entry{name: "/etc/passwd"}), "outside its folder"},
		{"a drive letter", forged(entry{name: "C:/a"}), "outside its folder"},
		{"a drive letter without slash", forged(entry{name: "C:a"}), "outside its folder"},
		{"backslashes", forged(entry{name: `..\a`}), "outside its folder"},
		{"a NUL in a name", forged(entry{name: "a\x00.txt"}), "outside its folder"},
		{"a line break in a name", forged(entry{name: "a\nb"}), "control characters"},
		{"an empty name", forged(entry{name: "a//b"}), "empty name"},
		{"a name that is not UTF-8", forged(entry{name: "a\xff"}), "not UTF-8"},
		{"a name of 256 bytes", forged(entry{name: strings.Repeat("n", 256)}), "more than 255 bytes"},
		{"a path of 1,100 bytes", forged(entry{name: strings.Repeat("nnnnnnnnnn/", 100) + "a"}), "more than 1024 bytes"},
		{"a symbolic link", withMode("link", fs.ModeSymlink|0o777, "/etc"), "not relative to the link"},
		{"a device", withMode("device", fs.ModeDevice|0o666, ""), "neither a file nor a directory"},
		{"a named pipe", withMode("pipe", fs.ModeNamedPipe|0o666, ""), "neither a file nor a directory"},
		{"a file that says it is a directory", forged(entry{name: "a", mode: 0o40755}), "directory by its name or by its mode"},
		{"one name twice", forged(entry{name: "a", body: "1"}, entry{name: "a", body: "2"}), "stands there twice"},
		{"publish.yaml twice", forged(entry{name: "publish.yaml", body: "Name: evil"}), "stands there twice"},
		{"names that differ by case", forged(entry{name: "Readme.md"}, entry{name: "README.md"}), "differs from another by case"},
		{"names that differ by case beyond ASCII", forged(entry{name: "ſ", flags: utf8Flag}, entry{name: "S"}), "differs from another by case"},
		{"a file and a directory of one name", forged(entry{name: "a", body: "x"}, entry{name: "a/", mode: 0o40755}), "twice"},
		{"a file below a file", forged(entry{name: "a", body: "x"}, entry{name: "a/b/c", body: "y"}), "a file and a directory at once"},
		{"overlapping entries", forged(entry{name: "a", body: "x"}, entry{name: "b", body: "y", offset: 1}), "overlaps another"},
		{"two entries with one body", forged(entry{name: "publish2.yaml", local: "publish.yaml", body: "x", offset: 0}), "called otherwise"},
		{"another name in the local header", forged(entry{name: "a", local: "b", body: "x"}), "called otherwise"},
		{"20,001 entries", registrytest.ZIP(many(20_001)), "20001 entries"},
		{"65,535 entries by its end record", patch(good, 8, 0xff, 0xff, 0xff, 0xff), "65535 entries"},
		{"fewer entries by its end record", patch(good, 8, 1, 0, 1, 0), "Pack it again"},
		{"a directory of 4 GB by its end record", patch(good, 12, 0xff, 0xff, 0xff, 0xff), "directory has 4294967295 bytes"},
		{"part of a series", patch(good, 4, 1, 0, 1, 0), "one part of several"},
		{"a ZIP64 end record", zip64(good), "ZIP64"},
		{"sizes left to a ZIP64 field that is not there", forged(entry{name: "a", body: "x", size: 0xffffffff}), "leaves its size to a ZIP64 field"},
		{"encrypted", forged(entry{name: "a", body: "x", flags: 1}), "encrypted"},
		{"compressed by an unknown method", forged(entry{name: "a", body: "x", method: 14}), "method 14"},
		{"a declared size that is too small", forged(entry{name: "a", body: "xyz", size: 1}), "can't be unpacked"},
		{"a declared size that is too large", forged(entry{name: "a", body: "xyz", size: 9}), "can't be unpacked"},
		{"a checksum that is wrong", bytes.Replace(good, []byte("1.0.0"), []byte("1.0.1"), 1), "can't be unpacked"},
		{"a bomb", registrytest.ZIP(map[string]string{"zeros": strings.Repeat("\x00", 100<<20)}), "more than 200 times its size"},
		{"a bomb in a ZIP", bomb(1), "more than 200 times its size"},
		{"a bomb three ZIPs deep", bomb(3), "more than 200 times its size"},
		{"ZIPs too deep in one another", bomb(5), "more than 3 ZIPs deep"},
		{"a directory with contents", forged(entry{name: "a/", body: "x", mode: 0o40755}), "contents of its own"},
		{"a program before it", append([]byte("#!/bin/sh\nrm -rf /\n"), good...), "before its first entry"},
		{"something between entries and directory", between(good, "hidden"), "between its entries and its directory"},
		{"something behind it", append(bytes.Clone(good), "hidden"...), "behind its end record"},
		{"cut off", good[:len(good)-5], "cut off"},
		{"only an end record", end(0, 0, 0), "no publish.yaml"},
	}
}

// zip64 puts a locator of a ZIP64 end record before the end record.
func zip64(good []byte) []byte {
	at := len(good) - 22
	return slices.Concat(good[:at], []byte("PK\x06\x07"), make([]byte, 16), good[at:])
}

// between hides bytes before the directory and corrects its offset.
func between(good []byte, hidden string) []byte {
	at := bytes.Index(good, []byte("PK\x01\x02"))
	moved := slices.Concat(good[:at], []byte(hidden), good[at:])
	offset := binary.LittleEndian.AppendUint32(nil, uint32(at+len(hidden)))
	return patch(moved, 16, offset...)
}

func TestUsualZIPsAreNotRefused(t *testing.T) {
	comment := func() []byte {
		packed := bytes.Clone(forged(entry{name: "a", body: "b"}))
		packed[len(packed)-2] = 5
		return append(packed, "hello"...)
	}()
	tests := []struct {
		name   string
		packed []byte
	}{
		{"with a comment", comment},
		{"with a ZIP inside", forged(entry{name: "lib.jar", body: string(registrytest.ZIP(map[string]string{"a": "b"}))})},
		{"with a file that begins like a ZIP", forged(entry{name: "a", body: "PK\x03\x04 and then nothing"})},
		{"with small files that pack well", registrytest.ZIP(map[string]string{
			"publish.yaml": registrytest.PublishYAML(registry.Plugin, "hello", "1.0.0"), "zeros": strings.Repeat("\x00", 900<<10),
		})},
		{"with long Chinese names", forged(entry{name: fmt.Sprintf("目录/%s/文件.md", strings.Repeat("长", 80)), body: "x", flags: utf8Flag})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := inspect(test.packed, registry.Plugin); err != nil {
				t.Error(err)
			}
		})
	}
}
