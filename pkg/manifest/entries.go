package manifest

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a path, in bytes: of each of its names, as file systems have it,
// and of the whole.
const (
	maxName = 255
	maxPath = 1024
)

// maxDescriptor is the size of the record that may follow an entry's data.
const maxDescriptor = 24

// checkEntries tells whether every entry can be unpacked on every system, to a
// place of its own.
func checkEntries(files []*zip.File) error {
	kinds := make(map[string]bool, len(files)) // folded path -> is a directory
	for _, f := range files {
		if err := checkPath(f.Name); err != nil {
			return err
		}
		if err := checkKind(f); err != nil {
			return err
		}
		name, directory := strings.CutSuffix(fold(f.Name), "/")
		if _, twice := kinds[name]; twice {
			return fmt.Errorf("the entry %.200q stands there twice, or differs from another by case only", f.Name)
		}
		kinds[name] = directory
	}
	for name := range kinds {
		for parent := path.Dir(name); parent != "."; parent = path.Dir(parent) {
			if directory, ok := kinds[parent]; ok && !directory {
				return fmt.Errorf("%.200q is a file and a directory at once", parent)
			}
		}
	}
	return nil
}

// fold makes paths equal that a file system without case takes for one.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

func checkPath(name string) error {
	if !utf8.ValidString(name) {
		return fmt.Errorf("the name of entry %.200q is not UTF-8", name)
	}
	if len(name) > maxPath {
		return fmt.Errorf("the path of entry %.200q has more than %d bytes", name, maxPath)
	}
	if !safe(name) {
		return fmt.Errorf("the entry %.200q would be unpacked outside its folder", name)
	}
	if strings.ContainsFunc(name, unicode.IsControl) {
		return fmt.Errorf("the name of entry %.200q holds control characters", name)
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		if part == "" || part == "." {
			return fmt.Errorf("the entry %.200q has an empty name in its path", name)
		}
		if len(part) > maxName {
			return fmt.Errorf("the entry %.200q has a name of more than %d bytes", name, maxName)
		}
	}
	return nil
}

// safe tells whether an entry stays below the folder into which it is unpacked,
// on every system.
func safe(name string) bool {
	drive := len(name) > 1 && name[1] == ':'
	return filepath.IsLocal(strings.TrimSuffix(name, "/")) && !path.IsAbs(name) && !drive && !strings.ContainsAny(name, "\\\x00")
}

func checkKind(f *zip.File) error {
	const encrypted = 1 << 0
	switch {
	case f.Flags&encrypted != 0:
		return fmt.Errorf("the entry %.200q is encrypted", f.Name)
	case !f.Mode().IsRegular() && !f.Mode().IsDir():
		return fmt.Errorf("the entry %.200q is neither a file nor a directory (%v)", f.Name, f.Mode().Type())
	case f.Mode().IsDir() != strings.HasSuffix(f.Name, "/"):
		return fmt.Errorf("the entry %.200q is a directory by its name or by its mode, not by both", f.Name)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("the entry %.200q is compressed by method %d; only deflate is known", f.Name, f.Method)
	case f.Mode().IsDir() && f.UncompressedSize64 != 0:
		return fmt.Errorf("the directory %.200q has contents of its own", f.Name)
	}
	return nil
}

// checkLayout wants the entries one after another, from the first byte to the
// directory: none overlaps another, and nothing stands between them that one
// program sees and another does not.
func checkLayout(r io.ReaderAt, d directory, files []*zip.File) error {
	offsets, err := d.offsets(r)
	if err != nil {
		return err
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	end, slack := int64(0), int64(0)
	for _, i := range order {
		if offsets[i] < end || offsets[i] > end+slack {
			return fmt.Errorf("the entry %.200q overlaps another, or something stands before it", files[i].Name)
		}
		if end, slack, err = entryEnd(r, files[i], offsets[i]); err != nil {
			return err
		}
	}
	if d.offset < end || d.offset > end+slack {
		return errors.New("something stands between its entries and its directory")
	}
	return nil
}

// entryEnd reads an entry's local header, which must agree with the directory,
// and returns where its data ends and what may follow it.
func entryEnd(r io.ReaderAt, f *zip.File, offset int64) (end, slack int64, err error) {
	header := make([]byte, localSize+len(f.Name))
	if _, err := r.ReadAt(header, offset); err != nil || string(header[:4]) != localSignature {
		return 0, 0, fmt.Errorf("the entry %.200q is damaged", f.Name)
	}
	nameLength := int64(binary.LittleEndian.Uint16(header[26:]))
	extraLength := int64(binary.LittleEndian.Uint16(header[28:]))
	method := binary.LittleEndian.Uint16(header[8:])
	if string(header[localSize:]) != f.Name || nameLength != int64(len(f.Name)) || method != f.Method {
		return 0, 0, fmt.Errorf("the entry %.200q is called otherwise in its own header", f.Name)
	}
	const described = 1 << 3
	if f.Flags&described != 0 {
		slack = maxDescriptor
	}
	return offset + localSize + nameLength + extraLength + int64(f.CompressedSize64), slack, nil
}
