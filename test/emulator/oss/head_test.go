package oss_test

import (
	"net/http"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestObjectMeta(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("a"), "hello", sdk.GetResponseHeader(&header), sdk.Meta("k", "v"))
	if exists, err := s.IsObjectExist(s.key("a")); err != nil || !exists {
		t.Errorf("exists: %v, %v", exists, err)
	}
	h, err := s.GetObjectMeta(s.key("a"))
	if err != nil {
		t.Fatal(err)
	}
	if h.Get("Content-Length") != "5" || h.Get("ETag") != header.Get("ETag") || h.Get("Last-Modified") == "" {
		t.Errorf("got %v", h)
	}
}

func TestHeadOfRange(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "0123456789")
	h, err := s.GetObjectDetailedMeta(s.key("a"), sdk.Range(2, 4))
	if err != nil || h.Get("Content-Length") != "3" || h.Get("Content-Range") != "bytes 2-4/10" {
		t.Errorf("got %v, %v", h, err)
	}
}

func TestUnknownMethods(t *testing.T) {
	e := start(t)
	for _, on := range []struct{ bucket, key string }{{}, {bucketName, ""}, {bucketName, "a"}} {
		response, err := e.Client.Conn.Do("PATCH", on.bucket, on.key, map[string]any{}, map[string]string{}, nil, 0, nil)
		if response != nil {
			response.Close()
		}
		wantError(t, err, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}
