package oss_test

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

// startV1 returns an emulator that allows V1 signatures, and a client that
// makes them.
func startV1(t *testing.T) (*emulator, *sdk.Bucket) {
	e := start(t, func(o *oss.Options) { o.AllowV1 = true })
	return e, bucketOf(t, e.client(t, keyID, keySecret, sdk.AuthVersion(sdk.AuthV1)), bucketName)
}

func TestV1Headers(t *testing.T) {
	e, bucket := startV1(t)
	put(t, bucket, "a b/包", "x", sdk.Meta("k", "1"), sdk.Meta("k-2", "2"), sdk.ContentType("text/plain"))
	if got := get(t, bucket, "a b/包", sdk.ResponseContentType("text/html")); got != "x" {
		t.Errorf("got %q", got)
	}
	if _, err := bucket.CopyObject("a b/包", "copy"); err != nil {
		t.Error(err)
	}
	if list, err := bucket.ListObjectsV2(sdk.MaxKeys(1)); err != nil || len(list.Objects) != 1 {
		t.Errorf("got %+v, %v", list, err)
	} else if _, err := bucket.ListObjectsV2(sdk.ContinuationToken(list.NextContinuationToken)); err != nil {
		t.Error(err)
	}
	if _, err := e.client(t, keyID, keySecret, sdk.AuthVersion(sdk.AuthV1)).ListBuckets(); err != nil {
		t.Error(err)
	}
	wrong := bucketOf(t, e.client(t, keyID, "wrong", sdk.AuthVersion(sdk.AuthV1)), bucketName)
	wantError(t, wrong.PutObject("a", strings.NewReader("x")), 403, "SignatureDoesNotMatch")
}

func TestV1URLs(t *testing.T) {
	e, bucket := startV1(t)
	receiver := newReceiver(t, 200, "{}")
	signed := sign(t, bucket, sdk.HTTPPut, "a b", 60, sdk.AddParam("callback", receiver.callback(t, map[string]string{"callbackBody": "x"})),
		sdk.AddParam("callback-var", base64JSON(t, map[string]string{"x:a": "1"})))
	r, body := do(t, "PUT", signed, unsized("zip"))
	wantStatus(t, r, body, 200, "")
	signed = sign(t, bucket, sdk.HTTPGet, "a b", 60)
	if r, body = do(t, "GET", signed, nil); body != "zip" {
		t.Errorf("got %s %q", r.Status, body)
	}
	r, body = do(t, "HEAD", signed, nil)
	wantStatus(t, r, body, 403, "")
	r, body = do(t, "GET", alter(t, signed, "response-content-type", "text/html"), nil)
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "GET", alter(t, signed, "Expires", "x"), nil)
	wantStatus(t, r, body, 403, "AccessDenied")
	e.clock.Advance(62 * time.Second)
	r, body = do(t, "GET", signed, nil)
	wantStatus(t, r, body, 403, "AccessDenied")
}

func TestV1WithTemporaryCredentials(t *testing.T) {
	e, _ := startV1(t)
	role := e.account.Issue(time.Hour)
	client := e.client(t, role.AccessKeyID, role.AccessKeySecret, sdk.AuthVersion(sdk.AuthV1), sdk.SecurityToken(role.SecurityToken))
	bucket := bucketOf(t, client, bucketName)
	put(t, bucket, "a", "x")
	r, body := do(t, "GET", sign(t, bucket, sdk.HTTPGet, "a", 60), nil)
	wantStatus(t, r, body, 200, "")
}

func TestV1URLIsRefusedToNewAccounts(t *testing.T) {
	e := start(t)
	bucket := bucketOf(t, e.client(t, keyID, keySecret, sdk.AuthVersion(sdk.AuthV1)), bucketName)
	r, body := do(t, "GET", sign(t, bucket, sdk.HTTPGet, "a", 60), nil)
	wantStatus(t, r, body, 403, "AccessDenied")
}
