package manifest

import (
	"archive/zip"
	"fmt"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// wrapper is the directory into which a ZIP's contents are put. It is the one of
// the publisher of Serverless Devs 2.
const wrapper = "package/"

// dataDescriptor is the flag of an entry whose sizes stand behind its data
// (APPNOTE.TXT 6.3, section 4.4.4).
const dataDescriptor = 1 << 3

// WrapZIP is a registry.Wrap for ZIPs that InspectZIP lets pass. The entries'
// data are copied as they are, compressed.
func WrapZIP(to io.Writer, r io.ReaderAt, size int64) error {
	in, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	if topDirectory(in.File) != "" {
		_, err := io.Copy(to, io.NewSectionReader(r, 0, size))
		return err
	}
	out := zip.NewWriter(to)
	for _, f := range in.File {
		if err := wrapEntry(out, f); err != nil {
			return fmt.Errorf("entry %.200q: %w", f.Name, err)
		}
	}
	return out.Close()
}

// wrapEntry copies one entry. The extra fields stay behind: some repeat the
// name, and the others differ between an entry's two headers, of which
// archive/zip shows one. Times remain to two seconds.
func wrapEntry(out *zip.Writer, f *zip.File) error {
	header := f.FileHeader
	header.Name = wrapper + f.Name
	header.Extra = nil
	header.Flags &^= dataDescriptor
	if f.Mode().IsDir() { // has no contents, which some write as two bytes
		header.Method, header.CRC32, header.CompressedSize64, header.UncompressedSize64 = zip.Store, 0, 0, 0
	}
	to, err := out.CreateRaw(&header)
	if err != nil || f.Mode().IsDir() {
		return err
	}
	from, err := f.OpenRaw()
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return err
}

var _ registry.Wrap = WrapZIP
