package oss

import (
	"context"
	"errors"
	"io"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

var _ registry.ZIPs = (*Blobs)(nil)

// PutZIP implements registry.ZIPs. The SDK compares the CRC-64 of what it sent
// with that of what the service has stored.
func (b *Blobs) PutZIP(ctx context.Context, key string, body io.Reader) error {
	trace.From(ctx).CountOSS()
	if _, ok := body.(io.Closer); ok { // the SDK's client would close it, and it is the caller's
		body = struct{ io.Reader }{body}
	}
	err := b.bucket.PutObject(key, body, sdk.WithContext(ctx), sdk.ForbidOverWrite(true))
	if s, ok := errors.AsType[sdk.ServiceError](err); ok && s.Code == "FileAlreadyExists" {
		return nil
	}
	return coded("write", key, err)
}
