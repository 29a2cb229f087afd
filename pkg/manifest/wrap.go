package manifest

import (
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// wrapper is the directory into which a ZIP's contents are put. It is the one of
// the publisher of Serverless Devs 2.
const wrapper = "package/"

// WrapZIP is a registry.Wrap for the ZIPs that are served.
func WrapZIP(to io.Writer, from io.ReaderAt, size int64) error {
	return zipfile.Wrap(to, from, size, wrapper)
}

var _ registry.Wrap = WrapZIP
