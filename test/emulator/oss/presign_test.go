package oss_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func sign(t testing.TB, b *sdk.Bucket, method sdk.HTTPMethod, key string, seconds int64, options ...sdk.Option) string {
	t.Helper()
	signed, err := b.SignURL(key, method, seconds, options...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// alter replaces a parameter of a URL.
func alter(t *testing.T, signed, name, value string) string {
	t.Helper()
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestPresignedURLs(t *testing.T) {
	s := anyService(t)
	key := s.key("a b/包+.zip")
	r, body := do(t, "PUT", sign(t, s.Bucket, sdk.HTTPPut, key, 60), strings.NewReader("zip"))
	wantStatus(t, r, body, 200, "")
	r, body = do(t, "GET", sign(t, s.Bucket, sdk.HTTPGet, key, 60), nil)
	if wantStatus(t, r, body, 200, ""); body != "zip" {
		t.Errorf("got %q", body)
	}
	r, body = do(t, "HEAD", sign(t, s.Bucket, sdk.HTTPHead, key, 60), nil)
	if wantStatus(t, r, body, 200, ""); r.ContentLength != 3 {
		t.Errorf("length %d", r.ContentLength)
	}
	r, body = do(t, "DELETE", sign(t, s.Bucket, sdk.HTTPDelete, key, 60), nil)
	wantStatus(t, r, body, 204, "")
}

func TestPresignedURLSignsTheMethod(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x")
	signed := sign(t, s.Bucket, sdk.HTTPGet, s.key("a"), 60)
	r, body := do(t, "PUT", signed, strings.NewReader("changed"))
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "HEAD", signed, nil)
	wantStatus(t, r, body, 403, "")
	if r.Header.Get("x-oss-err") == "" {
		t.Error("the error is not in x-oss-err")
	}
	if got := get(t, s.Bucket, s.key("a")); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestPresignedURLAltered(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x")
	signed := sign(t, s.Bucket, sdk.HTTPGet, s.key("a"), 60, sdk.ResponseContentType("text/plain"))
	for name, value := range map[string]string{
		"x-oss-expires":         "61",
		"response-content-type": "text/html",
		"added":                 "1",
		"x-oss-signature":       strings.Repeat("0", 64),
	} {
		t.Run(name, func(t *testing.T) {
			r, body := do(t, "GET", alter(t, signed, name, value), nil)
			wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
		})
	}
	r, body := do(t, "GET", strings.Replace(signed, "?", "2?", 1), nil)
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "GET", signed, nil, "x-oss-meta-added", "1")
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "GET", signed, nil)
	if wantStatus(t, r, body, 200, ""); r.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("as it was: %v", r.Header)
	}
}

func TestPresignedURLSignsHeaders(t *testing.T) {
	s := anyService(t)
	signed := sign(t, s.Bucket, sdk.HTTPPut, s.key("a"), 60, sdk.ContentType("application/zip"), sdk.Meta("k", "v"))
	r, body := do(t, "PUT", signed, strings.NewReader("x"))
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "PUT", signed, strings.NewReader("x"), "Content-Type", "application/zip", "x-oss-meta-k", "other")
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "PUT", signed, strings.NewReader("x"), "Content-Type", "application/zip", "x-oss-meta-k", "v")
	wantStatus(t, r, body, 200, "")
}

func TestPresignedURLAdditionalHeaders(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	bucket := bucketOf(t, e.client(t, keyID, keySecret, sdk.AdditionalHeaders([]string{"x-purpose", "If-Match"})), bucketName)
	signed := sign(t, bucket, sdk.HTTPGet, "a", 60, sdk.IfMatch("*"), sdk.SetHeader("X-Purpose", "test"))
	if !strings.Contains(signed, "x-oss-additional-headers=if-match%3Bx-purpose") {
		t.Fatalf("the SDK did not name the headers: %s", signed)
	}
	r, body := do(t, "GET", signed, nil, "If-Match", "*", "X-Purpose", "test")
	wantStatus(t, r, body, 200, "")
	r, body = do(t, "GET", signed, nil, "If-Match", "*", "X-Purpose", "other")
	wantStatus(t, r, body, 403, "SignatureDoesNotMatch")
	r, body = do(t, "GET", signed, nil, "If-Match", "*")
	wantStatus(t, r, body, 400, "InvalidArgument")
}

func TestPresignedURLExpires(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	signed := sign(t, e.Bucket, sdk.HTTPGet, "a", 60)
	e.clock.Advance(58 * time.Second)
	r, body := do(t, "GET", signed, nil)
	wantStatus(t, r, body, 200, "")
	e.clock.Advance(4 * time.Second)
	r, body = do(t, "GET", signed, nil)
	wantStatus(t, r, body, 403, "AccessDenied")
	if !strings.Contains(body, "Request has expired.") {
		t.Errorf("got %q", body)
	}
}

func TestPresignedURLIsNotForTheFuture(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	signed := sign(t, e.Bucket, sdk.HTTPGet, "a", 3600)
	e.clock.Advance(-14 * time.Minute)
	r, body := do(t, "GET", signed, nil)
	wantStatus(t, r, body, 200, "")
	e.clock.Advance(-2 * time.Minute)
	r, body = do(t, "GET", signed, nil)
	wantStatus(t, r, body, 403, "AccessDenied")
}

func TestPresignedURLMalformed(t *testing.T) {
	e := start(t)
	signed := sign(t, e.Bucket, sdk.HTTPGet, "a", 60)
	for name, values := range map[string][]string{
		"x-oss-signature-version": {"OSS2", ""},
		"x-oss-expires":           {"x", "-1", "604801", "", "99999999999999999999"},
		"x-oss-credential":        {"", "a/b", keyID + "/20200101/cn-hangzhou/oss/aliyun_v4_request"},
		"x-oss-signature":         {""},
	} {
		for _, value := range values {
			r, body := do(t, "GET", alter(t, signed, name, value), nil)
			wantStatus(t, r, body, 400, "InvalidArgument")
		}
	}
	r, body := do(t, "GET", alter(t, signed, "x-oss-date", "yesterday"), nil)
	wantStatus(t, r, body, 403, "AccessDenied")
}

func TestPresignedURLWithTemporaryCredentials(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	role := e.account.Issue(time.Hour)
	client := e.client(t, role.AccessKeyID, role.AccessKeySecret, sdk.SecurityToken(role.SecurityToken))
	bucket := bucketOf(t, client, bucketName)
	if got := get(t, bucket, "a"); got != "x" {
		t.Errorf("got %q", got)
	}
	signed := sign(t, bucket, sdk.HTTPGet, "a", 2*3600)
	r, body := do(t, "GET", signed, nil)
	wantStatus(t, r, body, 200, "")
	r, body = do(t, "GET", alter(t, signed, "x-oss-security-token", "other"), nil)
	wantStatus(t, r, body, 403, "InvalidSecurityToken")
	e.clock.Advance(61 * time.Minute)
	r, body = do(t, "GET", signed, nil)
	wantStatus(t, r, body, 403, "SecurityTokenExpired")
}

// The official client uploads so: chunked, without Content-Type, to a signed
// URL that names a callback.
func TestUploadAsTheCommandLineClient(t *testing.T) {
	receiver := newReceiver(t, http.StatusOK, `{"ok":true}`)
	e := start(t)
	signed := sign(t, e.Bucket, sdk.HTTPPut, "uploads/1.zip", 60,
		sdk.AddParam("callback", receiver.callback(t, map[string]string{"callbackBody": "object=${object}&size=${size}"})))
	r, body := do(t, "PUT", signed, unsized("the zip"))
	if wantStatus(t, r, body, 200, ""); body != `{"ok":true}` || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got %q %v", body, r.Header)
	}
	if got := receiver.last(t); got.body != "object=uploads%2F1.zip&size=7" {
		t.Errorf("the callback got %q", got.body)
	}
	if got := get(t, e.Bucket, "uploads/1.zip"); got != "the zip" {
		t.Errorf("stored %q", got)
	}
}
