package forge

import (
	"encoding/binary"
	"strings"
)

// Good returns ZIPs as honest programs write them, by name: all must pass. Each is
// a Project.
func Good() map[string][]byte {
	project := func(more ...Entry) []byte {
		return ZIP(append([]Entry{File("publish.yaml", "Type: Project\nName: hello\nVersion: 1.0.0\n"), File("src/s.yaml", "edition: 3.0.0\n")}, more...)...)
	}
	onWindows := func(e Entry, attributes uint32) Entry {
		e.Creator, e.Attributes = 0, attributes
		return e
	}
	extra := func(e Entry, local, directory string) Entry {
		e.LocalExtra, e.Extra = local, directory
		return e
	}
	sizes := func(e Entry) string {
		return string(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, uint64(e.Unpacked)), uint64(e.Packed)))
	}
	piped := File("src/a", strings.Repeat("a", 100))
	in64 := piped.Streamed()
	in64.LocalExtra = Extra(1, strings.Repeat("\x00", 16))
	in64.Local.Packed, in64.Local.Unpacked = 0xffffffff, 0xffffffff
	in64.Descriptor = append(in64.Descriptor[:8], sizesOfDescriptor(piped)...)
	said64 := piped
	said64.LocalExtra = Extra(1, sizes(piped))
	said64.Local.Packed, said64.Local.Unpacked = 0xffffffff, 0xffffffff
	unsigned := piped.Streamed()
	unsigned.Descriptor = unsigned.Descriptor[4:]
	program := File("src/run.sh", "#!/bin/sh\n")
	program.Attributes |= 0o111 << 16
	plain := File("src/目录", "x").Both(func(h *Header) { h.Flags = 0 })
	packedFolder := Folder("src/empty/").Both(func(h *Header) { h.Method, h.Packed = 8, 2 })
	packedFolder.Data = []byte{3, 0}
	commented := File("src/c", "x")
	commented.Comment = "a comment"
	undated := File("src/undated", "x").Both(func(h *Header) { h.Date, h.Time = 0, 0xffff })
	return map[string][]byte{
		"link-inside":      project(File("src/readme.md", "# r"), Link("readme.md", "src/readme.md")),
		"link-npm-bin":     project(File("src/code/node_modules/tool/cli.js", "1"), Link("src/code/node_modules/.bin/tool", "../tool/cli.js")),
		"link-to-folder":   project(File("src/code/a/b", "1"), Link("src/lib", "./code/a"), Link("src/lib64", "code/a/")),
		"link-in-top":      ZIP(File("hello/publish.yaml", "Name: hello\n"), File("hello/src/readme.md", "# r"), Link("hello/readme.md", "src/readme.md")),
		"link-at-the-root": ZIP(File("hello/publish.yaml", "Name: hello\n"), Link("readme.md", "hello/publish.yaml")),
		"empty-db":         project(File("src/code/empty.db", strings.Repeat("\x00", 1_500_000))),
		"finder":           project(File("Icon\r", ""), File("__MACOSX/._src", "x"), File("src/.DS_Store", "x"), File("src/Thumbs.db", "x"), File("desktop.ini", "x")),
		"finder-beside":    ZIP(File("hello/publish.yaml", "Name: hello\n"), File("__MACOSX/hello/._publish.yaml", "x")),
		"yml":              ZIP(File("publish.yml", "Name: hello\n"), File("src/s.yaml", "edition: 3.0.0\n")),
		"windows":          project(onWindows(File("src/a", "x"), 0x20), onWindows(Folder("src/b/"), 0x10), onWindows(Folder("src/c/"), 0)),
		"streamed":         project(piped.Streamed(), Folder("src/d/").Streamed()),
		"unsigned":         project(unsigned),
		"zip64-streamed":   project(in64),
		"zip64-local":      project(said64),
		"program":          project(program),
		"chinese":          project(File("src/目录/文 件.md", "x"), Folder("src/空/")),
		"unicode-extra":    project(extra(plain, Extra(0x7075, Unicode("src/目录", "src/目录")), Extra(0x7075, Unicode("src/目录", "src/目录")))),
		"packed-folder":    project(packedFolder),
		"comment":          project(extra(commented, "", Extra(0x6375, Unicode("a comment", "a comment")))),
		"undated":          project(undated),
		"nested":           project(File("src/lib.jar", string(project(piped.Streamed())))),
		"dashes":           project(File("-rf", "x"), File("src/--help", "x"), File("src/[a]", "x"), File("src/$HOME `id`", "x")),
	}
}

// sizesOfDescriptor are the sizes in a data descriptor of a ZIP64.
func sizesOfDescriptor(e Entry) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, uint64(e.Packed)), uint64(e.Unpacked))
}
