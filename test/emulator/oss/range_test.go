package oss_test

import (
	"net/http"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestRanges(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "0123456789")
	put(t, s.Bucket, s.key("empty"), "")
	tests := []struct {
		key, header, behavior string
		status                int
		want, contentRange    string
	}{
		{"a", "bytes=2-4", "", 206, "234", "bytes 2-4/10"},
		{"a", "bytes=7-", "", 206, "789", "bytes 7-9/10"},
		{"a", "bytes=-3", "", 206, "789", "bytes 7-9/10"},
		{"a", "bytes=0-9", "", 206, "0123456789", "bytes 0-9/10"},
		{"a", "bytes=7-20", "", 200, "0123456789", ""},
		{"a", "bytes=7-20", "standard", 206, "789", "bytes 7-9/10"},
		{"a", "bytes=10-", "", 200, "0123456789", ""},
		{"a", "bytes=10-", "standard", 416, "", ""},
		{"a", "bytes=10-20", "standard", 416, "", ""},
		{"a", "bytes=4-2", "", 200, "0123456789", ""},
		{"a", "bytes=4-2", "standard", 200, "0123456789", ""},
		{"a", "bytes=x-y", "", 200, "0123456789", ""},
		{"a", "bytes=-", "", 200, "0123456789", ""},
		{"a", "lines=1-2", "", 200, "0123456789", ""},
		{"a", "bytes=99999999999999999999-", "", 200, "0123456789", ""},
		{"empty", "bytes=0-", "", 200, "", ""},
		{"empty", "bytes=0-", "standard", 416, "", ""},
	}
	for _, test := range tests {
		t.Run(test.key+" "+test.header+" "+test.behavior, func(t *testing.T) {
			options := []sdk.Option{sdk.SetHeader("Range", test.header)}
			if test.behavior != "" {
				options = append(options, sdk.RangeBehavior(test.behavior))
			}
			result, err := s.DoGetObject(&sdk.GetObjectRequest{ObjectKey: s.key(test.key)}, options)
			if test.status == http.StatusRequestedRangeNotSatisfiable {
				wantError(t, err, test.status, "InvalidRange")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer result.Response.Close()
			got := readAll(t, result.Response)
			if result.Response.StatusCode != test.status || got != test.want ||
				result.Response.Headers.Get("Content-Range") != test.contentRange {
				t.Errorf("got %d %q %v", result.Response.StatusCode, got, result.Response.Headers)
			}
		})
	}
}

func TestSeveralRangesAreRefused(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "0123456789")
	_, err := s.GetObject(s.key("a"), sdk.SetHeader("Range", "bytes=0-1,3-4"))
	wantError(t, err, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
}

func TestConditions(t *testing.T) {
	s := anyService(t)
	var header http.Header
	put(t, s.Bucket, s.key("a"), "x", sdk.GetResponseHeader(&header))
	etag := header.Get("ETag")
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	tests := []struct {
		name   string
		option sdk.Option
		status int
	}{
		{"If-Match holds", sdk.IfMatch(etag), 200},
		{"If-Match fails", sdk.IfMatch("other"), 412},
		{"If-None-Match holds", sdk.IfNoneMatch("other"), 200},
		{"If-None-Match fails", sdk.IfNoneMatch(etag), 304},
		{"If-Modified-Since holds", sdk.IfModifiedSince(past.UTC()), 200},
		{"If-Modified-Since fails", sdk.IfModifiedSince(future.UTC()), 304},
		{"If-Unmodified-Since holds", sdk.IfUnmodifiedSince(future.UTC()), 200},
		{"If-Unmodified-Since fails", sdk.IfUnmodifiedSince(past.UTC()), 412},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, err := s.Do("GET", s.key("a"), map[string]any{}, []sdk.Option{test.option}, nil, nil)
			if response == nil {
				t.Fatal(err)
			}
			defer response.Close()
			if response.StatusCode != test.status {
				t.Errorf("got %d (%v), want %d", response.StatusCode, err, test.status)
			}
			if test.status == http.StatusPreconditionFailed {
				wantError(t, err, test.status, "PreconditionFailed")
			}
		})
	}
}

func TestResponseOverrides(t *testing.T) {
	s := anyService(t)
	put(t, s.Bucket, s.key("a"), "x", sdk.ContentType("application/zip"), sdk.CacheControl("no-store"))
	var h http.Header
	get(t, s.Bucket, s.key("a"), sdk.ResponseContentType("text/plain"),
		sdk.ResponseContentDisposition(`attachment; filename="a.txt"`), sdk.GetResponseHeader(&h))
	for name, want := range map[string]string{
		"Content-Type": "text/plain", "Content-Disposition": `attachment; filename="a.txt"`, "Cache-Control": "no-store",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
