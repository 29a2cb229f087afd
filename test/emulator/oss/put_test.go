package oss_test

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestPutAndGet(t *testing.T) {
	s := anyService(t)
	tests := []struct{ name, key, text string }{
		{"plain", "a.txt", "hello"},
		{"empty", "empty", ""},
		{"slashes", "packages/hello/1.0.0/x.zip", "zip"},
		{"spaces and plus", "a b+c", "1"},
		{"percent", "100%25", "2"},
		{"not ASCII", "包/文件.zip", "3"},
		{"dots", "a/../b/./c", "4"},
		{"doubled slash", "a//b", "5"},
		{"reserved characters", "q?x=1&y#z;'\"<>*~", "6"},
		{"longest", strings.Repeat("k", 1023-len(s.prefix)), "7"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			put(t, s.Bucket, s.key(test.key), test.text)
			if got := get(t, s.Bucket, s.key(test.key)); got != test.text {
				t.Errorf("got %q, want %q", got, test.text)
			}
		})
	}
}

func TestPutAnswersHashes(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("a"), "hello", sdk.GetResponseHeader(&header))
	crc := crc64.Checksum([]byte("hello"), crc64.MakeTable(crc64.ECMA))
	for name, want := range map[string]string{
		"ETag":                 `"5D41402ABC4B2A76B9719D911017C592"`,
		"x-oss-hash-crc64ecma": strconv.FormatUint(crc, 10),
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if len(header.Get("x-oss-request-id")) != 24 {
		t.Errorf("no request id in %v", header)
	}
}

func TestPutKeepsMetadata(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x", sdk.ContentType("text/plain"), sdk.CacheControl("max-age=60"),
		sdk.ContentDisposition("attachment"), sdk.Meta("Sha256", "abc"))
	put(t, s.Bucket, s.key("b"), "x", sdk.ContentType(""))
	h, err := s.GetObjectDetailedMeta(s.key("a"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "Cache-Control": "max-age=60", "Content-Disposition": "attachment",
		"X-Oss-Meta-Sha256": "abc", "Content-Length": "1", "X-Oss-Object-Type": "Normal",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if h, err = s.GetObjectDetailedMeta(s.key("b")); err != nil || h.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("without a type: %q, %v", h.Get("Content-Type"), err)
	}
}

func TestPutChunked(t *testing.T) {
	s := anyService(t)
	if err := s.PutObject(s.key("a"), unsized("chunked")); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s.Bucket, s.key("a")); got != "chunked" {
		t.Errorf("got %q", got)
	}
}

func TestPutChecksContentMD5(t *testing.T) {
	s := anyService(t)
	sum := md5.Sum([]byte("hello"))
	right := base64.StdEncoding.EncodeToString(sum[:])
	put(t, s.Bucket, s.key("right"), "hello", sdk.ContentMD5(right))
	for name, md5 := range map[string]string{"other": right, "malformed": "abc"} {
		err := s.PutObject(s.key(name), strings.NewReader("HELLO"), sdk.ContentMD5(md5))
		wantError(t, err, http.StatusBadRequest, "InvalidDigest")
		wantAbsent(t, s.Bucket, s.key(name))
	}
}

func TestPutForbidOverwrite(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "first", sdk.ForbidOverWrite(true))
	err := s.PutObject(s.key("a"), strings.NewReader("second"), sdk.ForbidOverWrite(true))
	wantError(t, err, http.StatusConflict, "FileAlreadyExists")
	if got := get(t, s.Bucket, s.key("a")); got != "first" {
		t.Errorf("got %q", got)
	}
	put(t, s.Bucket, s.key("a"), "third")
	if got := get(t, s.Bucket, s.key("a")); got != "third" {
		t.Errorf("got %q", got)
	}
}

func TestPutRefusesKeys(t *testing.T) {
	s := anyService(t)
	for _, key := range []string{strings.Repeat("k", 1024), "/a", `\a`} {
		err := s.PutObject(key, strings.NewReader("x"))
		wantError(t, err, http.StatusBadRequest, "InvalidObjectName")
	}
}

func TestPutRefusesWhatItCanNotDo(t *testing.T) {
	e := start(t)
	for name, option := range map[string]sdk.Option{
		"storage class": sdk.ObjectStorageClass(sdk.StorageIA),
		"encryption":    sdk.ServerSideEncryption("AES256"),
		"public":        sdk.ObjectACL(sdk.ACLPublicRead),
	} {
		t.Run(name, func(t *testing.T) {
			err := e.PutObject("a", strings.NewReader("x"), option)
			wantError(t, err, http.StatusNotImplemented, "NotImplemented")
		})
	}
	err := e.SetObjectACL("a", sdk.ACLPrivate)
	wantError(t, err, http.StatusNotImplemented, "NotImplemented")
	_, err = e.InitiateMultipartUpload("a")
	wantError(t, err, http.StatusNotImplemented, "NotImplemented")
	wantAbsent(t, e.Bucket, "a")
}

func TestPutTooMuchMetadata(t *testing.T) {
	s := anyService(t)
	err := s.PutObject(s.key("a"), strings.NewReader("x"), sdk.Meta("m", strings.Repeat("v", 9<<10)))
	wantError(t, err, http.StatusBadRequest, "MetadataTooLarge")
}

func TestPutTooLarge(t *testing.T) {
	e := start(t)
	signed, err := e.SignURL("a", sdk.HTTPPut, 60)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", u.RequestURI(), u.Host, int64(5<<30+1))
	answer := make([]byte, 4096)
	n, err := conn.Read(answer)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(answer[:n]); !strings.HasPrefix(got, "HTTP/1.1 400 ") || !strings.Contains(got, "EntityTooLarge") {
		t.Errorf("got %q", got)
	}
}

func TestPutThatEndsEarlyLeavesNothing(t *testing.T) {
	for _, dir := range []string{"", t.TempDir()} {
		e := start(t, onDisk(dir))
		put(t, e.Bucket, "a", "before")
		for _, framing := range []string{"Content-Length: 1000\r\n\r\nshort", "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"} {
			cutOff(t, e, "a", framing)
			cutOff(t, e, "b", framing)
		}
		broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("the uploader's disk failed")))
		if err := e.PutObject("b", broken); err == nil {
			t.Error("an upload that was given up succeeded")
		}
		if got := get(t, e.Bucket, "a"); got != "before" {
			t.Errorf("got %q", got)
		}
		wantAbsent(t, e.Bucket, "b")
		if dir != "" {
			wantBodies(t, dir, 1)
		}
	}
}

// cutOff begins an upload and closes its sending side before its end.
func cutOff(t *testing.T, e *emulator, key, rest string) {
	t.Helper()
	signed, err := e.SignURL(key, sdk.HTTPPut, 60)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\n%s", u.RequestURI(), u.Host, rest)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(string(answer), "HTTP/1.1 2") {
		t.Errorf("got %q", answer)
	}
}
