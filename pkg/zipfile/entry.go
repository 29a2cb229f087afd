package zipfile

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// kind is what an entry is.
type kind int

const (
	file kind = iota
	folder
	link
)

// Bits of a Unix mode, which stand in the upper 16 bits of an entry's external
// attributes, and the systems that "version made by" names
// (APPNOTE.TXT 6.3.10, section 4.4.2).
const (
	modeType   = 0o170000
	modeFile   = 0o100000
	modeFolder = 0o040000
	modeLink   = 0o120000
	modeRun    = 0o100 // its owner may run it

	dosFolder = 0x10 // in the lower 8 bits

	madeByUnix  = 3
	madeByMacOS = 19
)

// checkHeader wants what every program unpacks, and nothing that says the name
// twice.
func checkHeader(f *zip.File) error {
	switch {
	case f.Flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return refuse("the entry %s is encrypted. Pack it without a password", shorten(f.Name))
	case f.Flags&flagPatch != 0:
		return refuse("the entry %s is a patch of another file, not a file", shorten(f.Name))
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return refuse("the entry %s is compressed by method %d; only deflate is known", shorten(f.Name), f.Method)
	case f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
		return refuse("the entry %s is not compressed, but has %d bytes packed and %d unpacked", shorten(f.Name), f.CompressedSize64, f.UncompressedSize64)
	}
	return checkUnicode(f, f.Extra)
}

// checkUnicode wants the extra fields by which Info-ZIP and yauzl (1.9 and 2.10)
// give an entry another name to say the same as its header, in the directory or
// in the entry's own.
func checkUnicode(f *zip.File, extra []byte) error {
	for id, text := range map[uint16]string{extraUnicodeName: f.Name, extraUnicodeComment: f.Comment} {
		for rest := extra; len(rest) >= 4; {
			length := int(binary.LittleEndian.Uint16(rest[2:]))
			if 4+length > len(rest) {
				break
			}
			if is := binary.LittleEndian.Uint16(rest); is == id && !says(rest[4:4+length], text) {
				return refuse("the entry %s has another name or comment in its extra field %#x. Pack it with a current program", shorten(f.Name), id)
			}
			rest = rest[4+length:]
		}
	}
	return nil
}

// says tells whether a Unicode extra field holds a text: a version, the CRC-32
// of the text in the header, and the text (APPNOTE.TXT 6.3.10, sections 4.6.8
// and 4.6.9).
func says(field []byte, text string) bool {
	return len(field) >= 5 && field[0] == 1 &&
		binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(text)) && string(field[5:]) == text
}

// kindOf tells what an entry is, as the unzipper of the client does: decompress
// 4.2 looks at the Unix mode whatever system the entry says that it is from.
// Programs that believe the system first must come to the same.
func kindOf(f *zip.File) (kind, error) {
	mode, slash := f.ExternalAttrs>>16, strings.HasSuffix(f.Name, "/")
	system := f.CreatorVersion >> 8
	unix := system == madeByUnix || system == madeByMacOS
	switch mode & modeType {
	case 0: // no mode: made on Windows, or by a plain program
		if f.ExternalAttrs&dosFolder != 0 && !slash {
			return 0, refuse("the entry %s is a folder by its attributes, and a file by its name", shorten(f.Name))
		}
	case modeFile, modeFolder:
		if (mode&modeType == modeFolder) != slash {
			return 0, refuse("the entry %s is a folder by its name or by its mode, not by both", shorten(f.Name))
		}
	case modeLink:
		switch {
		case slash:
			return 0, refuse("the entry %s is a link by its mode, and a folder by its name", shorten(f.Name))
		case !unix:
			return 0, refuse("the entry %s is a link by its mode, but was made on a system without links (%d). Pack it on Linux or macOS", shorten(f.Name), system)
		case f.ExternalAttrs&dosFolder != 0:
			return 0, refuse("the entry %s is a link by its mode, and a folder by its attributes", shorten(f.Name))
		}
		return link, nil
	default:
		return 0, refuse("the entry %s is neither a file nor a folder nor a link (mode %o). Leave it out", shorten(f.Name), mode)
	}
	if !slash {
		return file, nil
	}
	if f.UncompressedSize64 != 0 {
		return 0, refuse("the folder %s has contents of its own", shorten(f.Name))
	}
	return folder, nil
}
