package zipfile

import (
	"archive/zip"
	"fmt"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// wrapper is the directory into which a ZIP's contents are put. It is the one of
// the publisher of Serverless Devs 2.
const wrapper = "package/"

// Wrap is a registry.Wrap for ZIPs that were released. The entries' data are
// copied as they are, compressed; links are relative, and lead to the same.
func Wrap(to io.Writer, r io.ReaderAt, size int64) error {
	in, err := zip.NewReader(r, size)
	if err != nil {
		return err
	}
	if root(in.File, func(f *zip.File) string { return f.Name }) != "" {
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
	header.Flags &^= flagDescriptor
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

var _ registry.Wrap = Wrap
