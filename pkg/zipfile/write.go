package zipfile

import (
	"archive/zip"
	"context"
	"io"
	"strings"
	"unicode/utf8"
)

// What the headers of the canonical form say: made on Unix by version 2.0 of the
// specification, which has deflate and folders.
const (
	madeBy = madeByUnix<<8 | 20
	needs  = 20
)

// noDate stands for a date that there is not: 1980-01-01, the first one.
const noDate = 1<<5 | 1

// Write writes the ZIP in its canonical form: the data as they are, packed, with
// new headers that leave no choice to whoever reads them. There are no data
// descriptors, extra fields or comments; modes are 0644 or 0755, links have 0777;
// dates stay. The same ZIP gives the same bytes, and what is written, written
// again, too.
//
// The file first stands before all others, which keep their order. decompress, the
// unzipper of the client, takes a ZIP for something else by the name of its first
// entry, as "mimetype" and "META-INF/mozilla.rsa", and unpacks nothing then.
func (a *Archive) Write(ctx context.Context, to io.Writer, first string) error {
	out := zip.NewWriter(to)
	for _, e := range a.first(first) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.write(out); err != nil {
			return err
		}
	}
	return out.Close()
}

func (e *entry) write(out *zip.Writer) error {
	h := &zip.FileHeader{
		Name: e.Name, CreatorVersion: madeBy, ReaderVersion: needs, Flags: e.flags(), Method: e.Method,
		ModifiedTime: e.ModifiedTime, ModifiedDate: e.ModifiedDate, ExternalAttrs: e.attributes(),
		CRC32: e.CRC32, CompressedSize64: e.CompressedSize64, UncompressedSize64: e.UncompressedSize64,
	}
	if !isDate(h.ModifiedDate, h.ModifiedTime) {
		h.ModifiedDate, h.ModifiedTime = noDate, 0
	}
	if e.kind == folder { // has no data, which some write as two bytes
		h.Method, h.CRC32, h.CompressedSize64 = zip.Store, 0, 0
	}
	w, err := out.CreateRaw(h)
	if err != nil || e.kind == folder {
		return err
	}
	raw, err := e.OpenRaw()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, raw)
	return err
}

func (e *entry) flags() uint16 {
	if strings.ContainsFunc(e.Name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return flagUTF8
	}
	return 0
}

// attributes are those of Unix, and of DOS for a folder, by which decompress
// knows one that has no mode.
func (e *entry) attributes() uint32 {
	switch {
	case e.kind == folder:
		return (modeFolder|0o755)<<16 | dosFolder
	case e.kind == link:
		return (modeLink | 0o777) << 16
	case e.ExternalAttrs>>16&modeRun != 0:
		return (modeFile | 0o755) << 16
	}
	return (modeFile | 0o644) << 16
}

// isDate tells whether there is a date and time of MS-DOS.
func isDate(date, time uint16) bool {
	day, month := date&0x1f, date>>5&0xf
	second, minute, hour := time&0x1f, time>>5&0x3f, time>>11
	return day >= 1 && month >= 1 && month <= 12 && second < 30 && minute < 60 && hour < 24
}
