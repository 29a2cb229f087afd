package forge

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
)

// Random returns a ZIP of some files, folders and links. Some of its fields are
// not in order, mostly few, so that a good part of what it returns is a good ZIP.
func Random(r *rand.Rand) []byte {
	g := generator{r}
	entries := g.tree()
	for range r.IntN(3) {
		i := r.IntN(len(entries))
		entries[i] = g.change(entries[i])
	}
	if r.IntN(3) == 0 {
		r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	}
	packed := ZIP(entries...)
	if r.IntN(8) == 0 {
		for range 1 + r.IntN(3) {
			packed[r.IntN(len(packed))] ^= 1 << r.IntN(8)
		}
	}
	return packed
}

// generator makes random entries.
type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

// tree returns entries that are in order, but for what their names hold.
func (g generator) tree() []Entry {
	top := pick(g, "", "", "", "hello-1.0.0/", "包/")
	folders := []string{top}
	entries := []Entry{File(top+"publish.yaml", "Name: hello\nVersion: 1.0.0\n")}
	paths := []string{"publish.yaml"}
	for range g.IntN(10) {
		in := pick(g, folders...)
		name := in + g.name()
		switch g.IntN(6) {
		case 0:
			entries = append(entries, Folder(name+"/"))
			folders = append(folders, name+"/")
		case 1:
			folders = append(folders, name+"/") // implied
			entries = append(entries, g.file(name+"/"+g.name()))
		case 2:
			entries = append(entries, Link(name, g.target(in, top, paths)))
		default:
			entries = append(entries, g.file(name))
			paths = append(paths, strings.TrimPrefix(name, top))
		}
	}
	if g.IntN(4) == 0 {
		entries = append(entries, g.litter(top))
	}
	return entries
}

// target is where a link in a folder leads, mostly to a file.
func (g generator) target(in, top string, paths []string) string {
	up := strings.Repeat("../", strings.Count(strings.TrimPrefix(in, top), "/"))
	path := pick(g, paths...)
	if g.IntN(5) > 0 {
		return pick(g, up+path, "./"+up+path)
	}
	return pick(g, up+pick(g, ".", "..", "src", "src/"), up+path+"/", "/etc/passwd", "../"+up+path, up+g.name(), strings.ToUpper(path), "")
}

// name is mostly an ordinary one.
func (g generator) name() string {
	ordinary := []string{"a", "b", "src", "lib", "index.js", "node_modules", ".bin", "s.yaml", "readme.md", "文件.md", "é.txt", "x y", "-rf", "a.tar.gz", "..a", "[1]", "$HOME", "#U6587", "%41", "~", "a&b", "'q'", "!", "@scope", "`id`", "(c)", "{x}", "=", "+", ",", "^", "ß", "ﬁ", "Ω", "😀"}
	if g.IntN(25) > 0 {
		return pick(g, ordinary...)
	}
	nasty := []string{"e\u0301.txt", "README.md", "CON", "nul.txt", "COM1", "a.", "a ", "a:b", "a;1", "a;", "a|b", "a?b", "*", "<", "a\\b", "a\tb", "\u202egnp.exe", "a\u200bb", "👨\u200d👩", "❤\ufe0f", "\ufeffa", "..", ".", "", "a\xff", "\u00ad", "ﬀ", "ſ", "K", "SRC", "A", "ss", "\x7f", "a\nb", "Icon\r", ".DS_Store", "Thumbs.db", "aux.js", "a\u00a0", "\ue000"}
	name := pick(g, nasty...)
	if g.IntN(3) == 0 {
		name = pick(g, ordinary...) + name
	}
	return name
}

// file has contents of a random kind.
func (g generator) file(name string) Entry {
	text := strings.Repeat("text of "+name+"\n", g.IntN(50))
	noise := make([]byte, g.IntN(300))
	for i := range noise {
		noise[i] = byte(g.Uint32())
	}
	e := File(name, pick(g, "", "x", text, text, string(noise), "PK\x03\x04 and no ZIP", string(ZIP(File("nested", text)))))
	if g.IntN(5) == 0 {
		e.Attributes |= 0o111 << 16
	}
	if g.IntN(4) == 0 {
		return e.Streamed()
	}
	return e
}

func (g generator) litter(top string) Entry {
	return File(pick(g, "__MACOSX/._a", "__MACOSX/", top+".DS_Store", top+"Icon\r", top+"src/Thumbs.db", top+"desktop.ini", top+"._a"), pick(g, "", "litter"))
}

// change returns an entry of which one thing is otherwise.
func (g generator) change(e Entry) Entry {
	other := pick(g, e.Name+"x", "evil.js", "../evil.js", strings.ToUpper(e.Name), g.name())
	number := pick(g, uint32(0), 1, 0xffffffff, g.Uint32(), e.Packed+1, e.Unpacked+1)
	switch g.IntN(22) {
	case 0:
		e.Extra += Extra(0x7075, Unicode(e.Name, pick(g, other, e.Name)))
	case 1:
		e.LocalExtra += Extra(0x7075, Unicode(e.Name, pick(g, other, e.Name)))
	case 2:
		e.Comment = pick(g, "comment", "注释")
		e.Extra += Extra(0x6375, Unicode(e.Comment, pick(g, other, e.Comment)))
	case 3:
		e.Creator = byte(pick(g, 0, 0, 3, 7, 10, 11, 14, 19, g.IntN(256)))
	case 4:
		e.Attributes = pick(g, uint32(0), 0x10, 0x20, 0xffff0000, uint32(FolderMode)<<16, LinkMode<<16, FileMode<<16, 0o100755<<16, 0o104755<<16, 0o060644<<16, 0o010644<<16, 0o644<<16, g.Uint32())
	case 5:
		e.LocalName = other
	case 6:
		e.Name, e.LocalName = other, other
	case 7:
		e = e.Both(func(h *Header) { h.Flags ^= pick(g, UTF8, Described, uint16(2), 4, 1<<g.IntN(16)) })
	case 8:
		e.Local.Flags ^= uint16(1) << g.IntN(16)
	case 9:
		e = e.Both(func(h *Header) { h.Time, h.Date = uint16(g.Uint32()), uint16(g.Uint32()) })
	case 10:
		e.Sum = number
	case 11:
		e.Local.Sum = number
	case 12:
		e.Unpacked = number
	case 13:
		e.Local.Unpacked = number
	case 14:
		e.Local.Packed = number
	case 15:
		e.Local.Unpacked, e.Local.Packed = 0xffffffff, 0xffffffff
		e.LocalExtra += Extra(1, string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, uint64(e.Unpacked)), uint64(e.Packed))))
	case 16:
		e.Data = append(e.Data, "trailing"...)
		e = e.Both(func(h *Header) { h.Packed = uint32(len(e.Data)) })
	case 17:
		e.Before = []byte(pick(g, "hidden", "PK\x03\x04"))
	case 18:
		e.Descriptor = []byte(pick(g, "", "hidden behind", string(e.Streamed().Descriptor)))
	case 19:
		e.Extra += pick(g, "\x00\x00", "\x55\x54\x09\x00", Extra(uint16(g.Uint32()), "any"), Extra(0x5455, "\x01\x00\x00\x00\x00"))
	case 20:
		e.LocalExtra += pick(g, "\x00\x00\x00", "\x55\x54\x09\x00", Extra(uint16(g.Uint32()), "any"), Extra(0x6c78, "\x01\x02\xff\xa1"))
	case 21:
		e = e.Both(func(h *Header) { h.Method = pick[uint16](g, 0, 8, 9, 12, 99) })
	}
	return e
}
