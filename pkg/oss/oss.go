// Package oss keeps ZIPs in Alibaba Cloud OSS.
package oss

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

var _ registry.Blobs = (*Blobs)(nil)

// Time limits of a call's connection and of each of its reads and writes, in
// seconds.
const (
	connectTimeout   = 2
	readWriteTimeout = 30
)

// Config says where the bucket is.
type Config struct {
	Endpoint       string // that the functions use: https://oss-REGION-internal.aliyuncs.com
	PublicEndpoint string // that clients are sent to
	Region         string
	Bucket         string
	Credentials    credentials.Source
}

// Blobs is one bucket. It is safe for concurrent use.
type Blobs struct {
	bucket *sdk.Bucket // reached by the functions
	public *sdk.Bucket // reached by clients; signs only
}

// New returns the bucket; it makes no call.
func New(c Config) (*Blobs, error) {
	bucket, err := open(c, c.Endpoint)
	if err != nil {
		return nil, err
	}
	public, err := open(c, c.PublicEndpoint)
	return &Blobs{bucket: bucket, public: public}, err
}

func open(c Config, endpoint string) (*sdk.Bucket, error) {
	client, err := sdk.New(endpoint, "", "",
		sdk.SetCredentialsProvider(provider{c.Credentials}),
		sdk.AuthVersion(sdk.AuthV4),
		sdk.Region(c.Region),
		sdk.Timeout(connectTimeout, readWriteTimeout),
		sdk.RedirectEnabled(false),
	)
	if err != nil {
		return nil, fmt.Errorf("OSS endpoint %q: %w", endpoint, err)
	}
	return client.Bucket(c.Bucket)
}

// provider is asked by the SDK at each request, so that it always has the
// role's newest credentials.
type provider struct{ source credentials.Source }

func (p provider) GetCredentials() sdk.Credentials { return key(p.source()) }

type key credentials.Credentials

func (k key) GetAccessKeyID() string     { return k.AccessKeyID }
func (k key) GetAccessKeySecret() string { return k.AccessKeySecret }
func (k key) GetSecurityToken() string   { return k.SecurityToken }

// callback is the "callback" parameter of PutObject.
type callback struct {
	URL      string `json:"callbackUrl"`
	Body     string `json:"callbackBody"`
	BodyType string `json:"callbackBodyType"`
}

// PresignUpload implements registry.Blobs. No header is signed: the CLI sends
// neither a content type nor a length.
func (b *Blobs) PresignUpload(ctx context.Context, key string, expires time.Duration, callbackURL, body string) (string, error) {
	c, err := json.Marshal(callback{URL: callbackURL, Body: body, BodyType: "application/json"})
	if err != nil {
		return "", err
	}
	return sign(ctx, b.public, key, sdk.HTTPPut, expires, sdk.AddParam("callback", base64.StdEncoding.EncodeToString(c)))
}

// PresignDownload implements registry.Blobs.
func (b *Blobs) PresignDownload(ctx context.Context, key, fileName string, expires time.Duration) (string, error) {
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": fileName})
	return sign(ctx, b.public, key, sdk.HTTPGet, expires, sdk.ResponseContentDisposition(disposition))
}

func sign(ctx context.Context, b *sdk.Bucket, key string, method sdk.HTTPMethod, expires time.Duration, option sdk.Option) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	address, err := b.SignURL(key, method, int64(expires/time.Second), option)
	if err != nil {
		return "", fmt.Errorf("sign %s of %s: %w", method, key, err)
	}
	return address, nil
}

// Open implements registry.Blobs.
func (b *Blobs) Open(ctx context.Context, key string) (io.ReadCloser, registry.BlobInfo, error) {
	trace.From(ctx).CountOSS()
	result, err := b.bucket.DoGetObject(&sdk.GetObjectRequest{ObjectKey: key}, []sdk.Option{sdk.WithContext(ctx)})
	if err != nil {
		return nil, registry.BlobInfo{}, coded("read", key, err)
	}
	size, err := strconv.ParseInt(result.Response.Headers.Get("Content-Length"), 10, 64)
	if err != nil {
		return nil, registry.BlobInfo{}, errors.Join(coded("read", key, err), result.Response.Body.Close())
	}
	return result.Response, registry.BlobInfo{Size: size}, nil
}

// Exists implements registry.Blobs: by a list, for asking for the object itself
// needs the right to read it.
func (b *Blobs) Exists(ctx context.Context, key string) (bool, error) {
	trace.From(ctx).CountOSS()
	list, err := b.bucket.ListObjectsV2(sdk.Prefix(key), sdk.MaxKeys(1), sdk.WithContext(ctx))
	if err != nil {
		return false, coded("list", key, err)
	}
	return len(list.Objects) > 0 && list.Objects[0].Key == key, nil
}

// Delete implements registry.Blobs.
func (b *Blobs) Delete(ctx context.Context, key string) error {
	trace.From(ctx).CountOSS()
	return coded("delete", key, b.bucket.DeleteObject(key, sdk.WithContext(ctx)))
}

// coded gives an error of the service a code.
func coded(do, key string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s object %s: %w", do, key, err)
	if _, ok := errors.AsType[*url.Error](err); ok { // no connection, or no answer
		return busy(err)
	}
	s, ok := errors.AsType[sdk.ServiceError](err)
	switch {
	case !ok:
		return err
	case s.StatusCode == http.StatusNotFound && s.Code == "NoSuchKey":
		return &registry.Error{Code: registry.NotFound, Message: "There is no such object.", Err: err}
	case s.StatusCode == http.StatusServiceUnavailable:
		return busy(err)
	}
	return err
}

func busy(err error) error {
	return &registry.Error{Code: registry.Unavailable, Message: "The registry's storage is busy. Try again in some seconds.", Err: err}
}
