package manifest

import (
	"errors"
	"io"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// wrapper is the directory into which a ZIP's contents are put. It is the one of
// the publisher of Serverless Devs 2.
const wrapper = "package/"

// WrapZIP is a registry.Wrap for the ZIPs that are served. One that was released
// under other rules, and would be refused today, is Forbidden.
func WrapZIP(to io.Writer, from io.ReaderAt, size int64) error {
	err := zipfile.Wrap(to, from, size, wrapper)
	if refused, ok := errors.AsType[*zipfile.Refusal](err); ok {
		return &registry.Error{Code: registry.Forbidden, Message: "No ZIP for old clients is made of this release, whose own would be refused today: " + refused.Error(), Err: err}
	}
	return err
}

var _ registry.Wrap = WrapZIP
