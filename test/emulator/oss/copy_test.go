package oss_test

import (
	"net/http"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestCopy(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("from a+b/包"), "bytes", sdk.ContentType("application/zip"), sdk.Meta("k", "v"),
		sdk.GetResponseHeader(&header))
	result, err := s.CopyObject(s.key("from a+b/包"), s.key("to"))
	if err != nil {
		t.Fatal(err)
	}
	if result.ETag != header.Get("ETag") || result.LastModified.IsZero() {
		t.Errorf("got %+v", result)
	}
	if got := get(t, s.Bucket, s.key("to"), sdk.GetResponseHeader(&header)); got != "bytes" {
		t.Errorf("got %q", got)
	}
	if header.Get("Content-Type") != "application/zip" || header.Get("X-Oss-Meta-K") != "v" {
		t.Errorf("metadata not copied: %v", header)
	}
}

func TestCopyIsIndependentOfItsSource(t *testing.T) {
	dir := t.TempDir()
	e := start(t, onDisk(dir))
	put(t, e.Bucket, "a", "bytes")
	if _, err := e.CopyObject("a", "b"); err != nil {
		t.Fatal(err)
	}
	if err := e.DeleteObject("a"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, e.Bucket, "b"); got != "bytes" {
		t.Errorf("got %q", got)
	}
	wantBodies(t, dir, 1)
}

func TestCopyReplacesMetadata(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x", sdk.Meta("old", "1"))
	if err := s.SetObjectMeta(s.key("a"), sdk.Meta("new", "2"), sdk.ContentType("text/plain")); err != nil {
		t.Fatal(err)
	}
	h, err := s.GetObjectDetailedMeta(s.key("a"))
	if err != nil {
		t.Fatal(err)
	}
	if h.Get("X-Oss-Meta-Old") != "" || h.Get("X-Oss-Meta-New") != "2" || h.Get("Content-Type") != "text/plain" {
		t.Errorf("got %v", h)
	}
	if got := get(t, s.Bucket, s.key("a")); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestCopyConditions(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("a"), "x", sdk.GetResponseHeader(&header))
	put(t, s.Bucket, s.key("taken"), "y")
	_, err := s.CopyObject(s.key("a"), s.key("b"), sdk.CopySourceIfMatch("other"))
	wantError(t, err, http.StatusPreconditionFailed, "PreconditionFailed")
	wantAbsent(t, s.Bucket, s.key("b"))
	_, err = s.CopyObject(s.key("a"), s.key("taken"), sdk.ForbidOverWrite(true))
	wantError(t, err, http.StatusConflict, "FileAlreadyExists")
	_, err = s.CopyObject(s.key("absent"), s.key("b"))
	wantError(t, err, http.StatusNotFound, "NoSuchKey")
	_, err = s.CopyObject(s.key("a"), s.key("b"), sdk.CopySourceIfMatch(header.Get("ETag")), sdk.ForbidOverWrite(true))
	if err != nil {
		t.Error(err)
	}
}

func TestCopyRefused(t *testing.T) {
	dir := t.TempDir()
	e := start(t, onDisk(dir))
	put(t, e.Bucket, "a", "x")
	for _, source := range []string{"a", "/registry", "/registry/", "/registry/%zz", "/B/a"} {
		response, err := e.Do("PUT", "c", map[string]any{}, []sdk.Option{sdk.SetHeader("x-oss-copy-source", source)}, nil, nil)
		if response != nil {
			response.Close()
		}
		wantError(t, err, http.StatusBadRequest, "InvalidArgument")
	}
	_, err := e.CopyObjectFrom("absent-bucket", "a", "c")
	wantError(t, err, http.StatusNotFound, "NoSuchBucket")
	_, err = e.CopyObjectTo("absent-bucket", "c", "a")
	wantError(t, err, http.StatusNotFound, "NoSuchBucket")
	wantAbsent(t, e.Bucket, "c")
	wantBodies(t, dir, 1)
}
