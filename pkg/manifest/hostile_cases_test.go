package manifest_test

import (
	"strings"

	"github.com/fc-registry/fc-registry/test/unzip/forge"
)

// hostile is a ZIP that is refused in words that name the entry, what is wrong, and
// what to do.
type hostile struct {
	name   string
	packed []byte
	words  string // separated by |
}

// publish is the publish.yaml that every case begins with.
func publish() forge.Entry { return forge.File("publish.yaml", "Name: hello\nVersion: 1.0.0\n") }

func of(entries ...forge.Entry) []byte {
	return forge.ZIP(append([]forge.Entry{publish(), forge.File("src/a", "x")}, entries...)...)
}

func hostileNames() []hostile {
	name := func(what, name, words string) hostile {
		return hostile{what, of(forge.File(name, "x")), words}
	}
	unflagged := forge.File("目录", "x").Both(func(h *forge.Header) { h.Flags = 0 })
	return []hostile{
		name("a backslash", `dir\file`, `"dir\\file"|backslash|old Windows archiver|Pack it with a current one`),
		name("a backslash upwards", `..\evil`, `"..\\evil"|outside its folder`),
		name("a colon", "src/a:b.txt", `"src/a:b.txt"|Windows does not allow|Rename it`),
		name("a star", "src/*", "Windows does not allow"),
		name("a question mark", "what?", "Windows does not allow"),
		name("quotes", `"a"`, "Windows does not allow"),
		name("a pipe", "a|b", "Windows does not allow"),
		name("an angle bracket", "a<b", "Windows does not allow"),
		name("a trailing dot", "src/a.", `"src/a."|ends with a dot or a space|Rename it`),
		name("a folder with a trailing space", "src /b", `"src /b"|ends with a dot or a space`),
		name("three dots", "...", "ends with a dot"),
		name("CON", "src/CON", `"src/CON"|device of Windows|Rename it`),
		name("NUL with an extension", "nul.tar.gz", "device of Windows"),
		name("AUX with a space", "aux .txt", "device of Windows"),
		name("COM1 as a folder", "COM1/a", "device of Windows"),
		name("LPT with a superscript", "lpt¹.txt", "device of Windows"),
		name("a version of VMS", "src/a;1", `"src/a;1"|semicolon|unzip drops|Rename it`),
		name("a tab", "a\tb", `"a\tb"|control characters`),
		name("a delete character", "a\x7fb", "control characters"),
		name("a C1 control character", "a\u0085b", "control characters"),
		name("a mark that turns the direction of writing", "cod\u202egnp.exe", `\u202e|invisible characters|Rename it`),
		name("an isolate", "a\u2066b", "invisible characters"),
		name("a space without width", "a\u200bb", "invisible characters"),
		name("a joiner", "👨\u200d👩", "invisible characters"),
		name("a byte order mark", "\ufeffpublish.yaml", "invisible characters"),
		name("a soft hyphen", "a\u00adb", "invisible characters"),
		name("a variant", "❤\ufe0f", "invisible characters"),
		name("a filler", "a\u3164", "invisible characters"),
		name("a tag", "a\U000e0041", "invisible characters"),
		name("private use", "a\uf022b", "invisible characters"),
		name("an accent apart from its letter", "src/e\u0301.txt", `"src/e\u0301.txt"|"src/\u00e9.txt"|Rename it`),
		{"a name in GBK", of(forge.File("\xb2\xe2\xca\xd4", "x")), `"\xb2\xe2\xca\xd4"|not UTF-8|437 or GBK|names in UTF-8`},
		{"a name that is not said to be UTF-8", of(unflagged), `"目录"|flag 11|437 or GBK|Pack it with`},
	}
}

func hostilePairs() []hostile {
	pair := func(what, one, two, words string) hostile {
		return hostile{what, of(forge.File(one, "1"), forge.File(two, "2")), words}
	}
	return []hostile{
		pair("two readmes", "readme.md", "README.md", `"README.md"|"readme.md"|one on Windows and macOS|Rename one of the two`),
		pair("folders that differ by case", "lib/a", "LIB/b", `"LIB/b"|"lib"|one on Windows and macOS`),
		pair("a folder and a file that differ by case", "lib/a", "Lib", `"Lib"|"lib"|one on Windows and macOS`),
		pair("sharp s", "straße", "STRASSE", "one on Windows and macOS"),
		pair("long s", "ſrc", "SRC", "one on Windows and macOS"),
		pair("a ligature", "ﬁle", "file", "one on Windows and macOS"),
		pair("the Kelvin sign", "k", "\u212a", "K"),
		pair("an accent in two ways", "é.txt", "e\u0301.txt", `"e\u0301.txt"`),
		pair("dotless i", "ı", "I", "one on Windows and macOS"),
		pair("Greek sigma", "ς", "Σ", "one on Windows and macOS"),
	}
}

func hostileLinks() []hostile {
	link := func(what, name, target, words string) hostile {
		return hostile{what, of(forge.Link(name, target), forge.Folder("src/b/"), forge.Link("other", "src/a")), words}
	}
	long := strings.Repeat("a", 1025)
	top := forge.ZIP(forge.File("top/publish.yaml", "Name: hello\n"), forge.Link("top/a", "../top/publish.yaml"))
	fat := forge.Link("l", "src/a")
	fat.Creator = 0
	damaged := forge.Link("l", "src/a")
	damaged.Sum++
	damaged.Local.Sum++
	return []hostile{
		link("an absolute link", "l", "/etc/passwd", `"l"|"/etc/passwd"|not relative|Replace the link`),
		link("a link upwards", "l", "../x", `"../x"|leaves the package`),
		link("a link that leaves and comes back", "src/l", "../../x/src/a", "leaves the package"),
		link("a link out of the single top folder", "l", "src/../../a", "leaves the package"),
		{"a link out of the top folder, and back", top, `"top/a"|"../top/publish.yaml"|leaves the package`},
		link("a link to nothing", "l", "src/nothing", `"src/nothing"|not in this ZIP|Replace the link`),
		link("a link in other case", "l", "src/A", `"src/A"|written otherwise in this ZIP: a`),
		link("a link to a link", "l", "other", "is a link, or no folder"),
		link("a link through a link", "l", "other/a", "leads through another link"),
		link("a link through a file", "l", "src/a/../a", "leads through a file"),
		link("a link to a file as a folder", "l", "src/a/", "is a link, or no folder"),
		link("a link to itself", "l", "l", "is a link, or no folder"),
		link("a link to its own folder", "src/l", ".", "never end"),
		link("a link to the root", "l", ".", "never end"),
		link("an empty link", "l", "", "no path in UTF-8"),
		link("a link with a backslash", "l", `src\a`, "backslash"),
		link("a link to a drive", "l", "C:/a", "Windows does not allow"),
		link("a link with a line break", "l", "src/a\n", "control characters"),
		link("a link that is not UTF-8", "l", "\xff", "no path in UTF-8"),
		link("a long link", "l", long, "target of 1025 bytes|at most 1024"),
		link("a link as a directory", "l/", "src/a", `"l/"|directory by its name or by its mode`),
		{"a file below a link", of(forge.Link("l", "src"), forge.File("l/b", "x")), `"l/b"|below a link: "l"`},
		{"a file below a link that comes later", of(forge.File("l/b", "x"), forge.Link("l", "src")), `"l"|a file and a directory at once`},
		{"a link written by MS-DOS", of(fat), `"l"|link by its mode (0120777)|system without links (number 0)`},
		{"a link whose target is damaged", of(damaged), `"l"|can't be unpacked`},
		{"a link that is litter's", of(forge.Link("l", "__MACOSX/a"), forge.File("__MACOSX/a", "x")), "not in this ZIP"},
	}
}

func hostileHeaders() []hostile {
	with := func(what string, change func(*forge.Entry), words string) hostile {
		e := forge.File("b", strings.Repeat("b", 100))
		change(&e)
		return hostile{what, of(e, forge.File("c", "x")), words}
	}
	both := func(e *forge.Entry, change func(h *forge.Header)) { *e = e.Both(change) }
	attributes := func(creator byte, attributes uint32) func(*forge.Entry) {
		return func(e *forge.Entry) { e.Creator, e.Attributes = creator, attributes }
	}
	unicode := forge.Extra(0x7075, forge.Unicode("b", "../../evil"))
	return []hostile{
		with("a name in an extra field of the directory", func(e *forge.Entry) { e.Extra = unicode }, `"b"|0x7075|"../../evil"|Pack it again`),
		with("a name in an extra field of the local header", func(e *forge.Entry) { e.LocalExtra = unicode }, `"b"|0x7075|"../../evil"`),
		with("a name for another name", func(e *forge.Entry) { e.Extra = forge.Extra(0x7075, forge.Unicode("c", "b")) }, "0x7075"),
		with("a second name in an extra field", func(e *forge.Entry) { e.Extra = forge.Extra(0x7075, forge.Unicode("b", "b")) + unicode }, "0x7075"),
		with("a name field without a name", func(e *forge.Entry) { e.Extra = forge.Extra(0x7075, "\x01") }, "0x7075"),
		with("a comment in an extra field", func(e *forge.Entry) { e.Extra = forge.Extra(0x6375, forge.Unicode("", "other")) }, `"b"|0x6375|"other"`),
		with("an extra field that is cut off", func(e *forge.Entry) { e.Extra = "\x55\x54\x09\x00" }, `"b"|cut off`),
		with("another name in the local header", func(e *forge.Entry) { e.LocalName = "c" }, `"b"|called otherwise in its own header: "c"`),
		with("another method in the local header", func(e *forge.Entry) { e.Local.Method = 0 }, `"b"|method 8 and flags 0x0|0 and 0x0`),
		with("other flags in the local header", func(e *forge.Entry) { e.Local.Flags = 1 << 11 }, "flags 0x0|0x800"),
		with("another size in the local header", func(e *forge.Entry) { e.Local.Unpacked = 99 }, `"b"|in its own header: 99, not 100`),
		with("another packed size in the local header", func(e *forge.Entry) { e.Local.Packed = 1 }, "in its own header: 1, not"),
		with("another checksum in the local header", func(e *forge.Entry) { e.Local.Sum = 1 }, "checksum, in its own header: 1, not"),
		with("another size in a ZIP64 field", func(e *forge.Entry) {
			e.Local.Unpacked, e.LocalExtra = 0xffffffff, forge.Extra(1, "\x63\x00\x00\x00\x00\x00\x00\x00")
		}, "in its own header: 99, not 100"),
		with("no ZIP64 field where sizes are left to one", func(e *forge.Entry) { e.Local.Unpacked = 0xffffffff }, "ZIP64 field that is not there"),
		with("another checksum in a data descriptor", func(e *forge.Entry) { *e = e.Streamed(); e.Descriptor[5]++ }, `"b"|behind its data`),
		with("another size in a data descriptor", func(e *forge.Entry) { *e = e.Streamed(); e.Descriptor[12]++ }, `"b"|behind its data`),
		with("no data descriptor", func(e *forge.Entry) { *e = e.Streamed(); e.Descriptor = nil }, `"b"`),
		with("a data descriptor that nobody announced", func(e *forge.Entry) { e.Descriptor = e.Streamed().Descriptor }, `16 bytes behind the entry "b"`),
		with("something behind a data descriptor", func(e *forge.Entry) { *e = e.Streamed(); e.Descriptor = append(e.Descriptor, "hidden"...) }, `behind its data`),
		with("something before an entry", func(e *forge.Entry) { e.Before = []byte("hidden") }, "stands between its entries"),
		with("bytes behind the compressed data", func(e *forge.Entry) {
			e.Data = append(e.Data, "hidden"...)
			both(e, func(h *forge.Header) { h.Packed += 6 })
		}, `"b"|can't be unpacked|behind its compressed data`),
		with("a stored entry of two sizes", func(e *forge.Entry) { both(e, func(h *forge.Header) { h.Method = 0 }) }, `"b"|is not compressed, but has the sizes`),
		with("an unknown flag", func(e *forge.Entry) { both(e, func(h *forge.Header) { h.Flags = 1 << 13 }) }, `"b"|0x2000`),
		with("a directory by its bits only", attributes(3, forge.FolderMode<<16), `"b"|directory by its name or by its mode (040755)`),
		with("a directory by the bit of MS-DOS only", attributes(0, 0x10), `"b"|directory by its name or by its mode`),
		with("a device", attributes(3, 0o060644<<16), `"b"|neither a file nor a directory nor a link (mode 060644)|Leave it out`),
		with("a socket of an unknown system", attributes(77, 0o140644<<16), "neither a file nor a directory nor a link"),
		with("a link by its bits, of NTFS", attributes(10, forge.LinkMode<<16), "system without links (number 10)"),
		{"a file by its bits that ends with a slash", of(forge.Raw("d/", forge.FileMode, 0, nil, "")), `"d/"|not by both`},
		{"a directory with data", of(forge.Raw("d/", forge.FolderMode, 0, []byte("x"), "x")), `"d/"|contents of its own`},
	}
}
