package zipfile

import (
	"strings"
	"time"
)

// Flags of an entry (APPNOTE.TXT, section 4.4.4).
const (
	encrypted = 1 << 0
	level     = 1<<1 | 1<<2 // how well it is compressed
	described = 1 << 3      // sum and sizes stand behind the data
	isUTF8    = 1 << 11
)

// Compression methods.
const (
	stored   = 0
	deflated = 8
)

// Who wrote an entry, as far as it has Unix modes (section 4.4.2).
const (
	unix  = 3
	macOS = 19
)

// Kinds of a file in a Unix mode.
const (
	modeKind   = 0o170000
	modeFolder = 0o040000
	modeFile   = 0o100000
	modeLink   = 0o120000
)

// msdosFolder is the attribute of a directory in MS-DOS.
const msdosFolder = 0x10

// kind is what an entry is.
type kind int

const (
	file kind = iota
	folder
	link
)

// entry is an entry of a ZIP: what its directory says, and what was made of it.
type entry struct {
	name, extra, comment string
	repeated             bool // the name, in an extra field for UTF-8
	creator              byte
	attributes           uint32
	fields
	header, data int64 // where its local header and its data begin

	kind       kind
	executable bool
	target     string // of a link
}

// place is the path of an entry without the slash that marks a directory.
func (e *entry) place() string { return strings.TrimSuffix(e.name, "/") }

// decide finds out what an entry is, and makes its fields canonical.
//
// The upper 16 bits of the attributes are a Unix mode, whoever wrote the entry: so
// read the unzippers of the clients. Others believe them only from Unix, or go by
// the slash of a directory's name. Where that makes a difference the entry is
// refused.
func (e *entry) decide() error {
	if err := e.readable(); err != nil {
		return err
	}
	mode := e.attributes >> 16
	slash := strings.HasSuffix(e.name, "/")
	onUnix := e.creator == unix || e.creator == macOS
	switch mode & modeKind {
	case 0:
		if !onUnix && e.attributes&msdosFolder != 0 && !slash {
			return e.halfFolder()
		}
		if slash {
			e.kind = folder
		}
	case modeFile:
		if slash {
			return e.halfFolder()
		}
	case modeFolder:
		if !slash {
			return e.halfFolder()
		}
		e.kind = folder
	case modeLink:
		if slash {
			return e.halfFolder()
		}
		if !onUnix {
			return refuse("the entry %.200q is a link by its mode (%#o), but was written on a system without links (number %d)", e.name, mode, e.creator)
		}
		e.kind = link
	default:
		return refuseAnd("Leave it out.", "the entry %.200q is neither a file nor a directory nor a link (mode %#o)", e.name, mode)
	}
	e.executable = mode&0o111 != 0
	return e.normalize()
}

func (e *entry) halfFolder() error {
	return refuse("the entry %.200q is a directory by its name or by its mode (%#o), not by both", e.name, e.attributes>>16)
}

// readable tells whether the data of an entry can be read at all.
func (e *entry) readable() error {
	switch {
	case e.flags&encrypted != 0:
		return refuseAnd("Pack it without a password.", "the entry %.200q is encrypted", e.name)
	case e.method != stored && e.method != deflated:
		return refuseAnd("Pack it with deflate.", "the entry %.200q is compressed by method %d; only deflate is known", e.name, e.method)
	case e.flags&^(level|described|isUTF8) != 0:
		return refuse("the entry %.200q has the flags %#x, of which some are unknown", e.name, e.flags)
	case e.method == stored && e.packed != e.unpacked:
		return refuse("the entry %.200q can't be unpacked: it is not compressed, but has the sizes %d and %d", e.name, e.packed, e.unpacked)
	}
	return nil
}

// normalize makes the fields of an entry what is written of them.
func (e *entry) normalize() error {
	if e.kind == folder {
		// Some programs compress a directory, to two bytes that stand for nothing.
		if e.unpacked != 0 || e.sum != 0 || e.packed > 2 {
			return refuse("the directory %.200q has contents of its own", e.name)
		}
		e.packed = 0
	}
	if e.packed == 0 && e.unpacked == 0 {
		e.method = stored
	}
	e.flags = 0
	if !isASCII(e.name) {
		e.flags = isUTF8
	}
	if !validTime(e.date, e.time) {
		e.date, e.time = firstDate, 0
	}
	return nil
}

// firstDate is the 1st of January 1980. It stands for dates that are none, which
// programs read in as many ways.
const firstDate = 1<<5 | 1

// validTime tells whether a date and time of MS-DOS (section 4.4.6) are some.
func validTime(date, clock uint16) bool {
	year, month, day := int(date>>9)+1980, time.Month(date>>5&15), int(date&31)
	hour, minute, second := int(clock>>11), int(clock>>5&63), int(clock&31)*2
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	y, m, d := t.Date()
	return y == year && m == month && d == day && t.Hour() == hour && t.Minute() == minute && t.Second() == second
}
