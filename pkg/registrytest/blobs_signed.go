package registrytest

import (
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// The storage posts the callback once the object is there, and the uploader
// gets what the callback answers.
func testCallback(t *testing.T, b registry.Blobs) {
	const callback, answer = `{"upload": "示例 & \"y\""}`, `{"body": "released ✓"}`
	posts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts++
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.URL.RequestURI() != "/ingest?a=b" {
			t.Errorf("the callback is %s %s, %v; want POST /ingest?a=b", r.Method, r.URL, err)
		}
		if string(body) != callback {
			t.Errorf("the callback's body is %q, want %q", body, callback)
		}
		object, info, err := b.Open(r.Context(), uploadedKey)
		if err != nil || info.Size != int64(len("bytes")) {
			t.Errorf("during the callback the object has %d bytes, %v", info.Size, err)
			return
		}
		object.Close()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, answer)
	}))
	defer server.Close()
	url, err := b.PresignUpload(t.Context(), uploadedKey, time.Minute, server.URL+"/ingest?a=b", callback)
	wantNoError(t, err)
	response, got := send(t, http.MethodPut, url, "bytes")
	equal(t, response.StatusCode, http.StatusOK)
	equal(t, got, answer)
	equal(t, posts, 1)
}

func testDownload(t *testing.T, b registry.Blobs) {
	put(t, b, uploadedKey, "bytes")
	const name = "hello-1.0.0-rc.1+build.5.zip"
	url, err := b.PresignDownload(t.Context(), uploadedKey, name, time.Minute)
	wantNoError(t, err)
	for range 2 { // a URL may be used again until it expires
		response, got := send(t, http.MethodGet, url, "")
		equal(t, response.StatusCode, http.StatusOK)
		equal(t, got, "bytes")
		kind, params, err := mime.ParseMediaType(response.Header.Get("Content-Disposition"))
		wantNoError(t, err)
		equal(t, kind, "attachment")
		equal(t, params["filename"], name)
	}
}

func testWrongUse(t *testing.T, b registry.Blobs) {
	put(t, b, "uploads/mine.zip", "mine")
	put(t, b, "uploads/other.zip", "other")
	upload, err := b.PresignUpload(t.Context(), "uploads/mine.zip", time.Minute, "http://127.0.0.1:1/", "{}")
	wantNoError(t, err)
	download, err := b.PresignDownload(t.Context(), "uploads/mine.zip", "mine.zip", time.Minute)
	wantNoError(t, err)
	unsigned, _, _ := strings.Cut(download, "?")
	for _, use := range []struct{ name, method, url string }{
		{"GET on an upload URL", http.MethodGet, upload},
		{"PUT on a download URL", http.MethodPut, download},
		{"DELETE on an upload URL", http.MethodDelete, upload},
		{"an upload URL for another key", http.MethodPut, strings.Replace(upload, "mine", "other", 1)},
		{"a download URL for another key", http.MethodGet, strings.Replace(download, "mine", "other", 1)},
		{"no signature", http.MethodGet, unsigned},
	} {
		response, answer := send(t, use.method, use.url, "stolen")
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %s %q, want 403", use.name, response.Status, answer)
		}
	}
	equal(t, read(t, b, "uploads/mine.zip"), "mine")
	equal(t, read(t, b, "uploads/other.zip"), "other")
}

// Expiry is counted in whole seconds by the storage's clock, which a test
// can't move: it waits.
func testExpiry(t *testing.T, b registry.Blobs) {
	put(t, b, "uploads/a.zip", "bytes")
	upload, err := b.PresignUpload(t.Context(), "uploads/a.zip", time.Second, "http://127.0.0.1:1/", "{}")
	wantNoError(t, err)
	download, err := b.PresignDownload(t.Context(), "uploads/a.zip", "a.zip", time.Second)
	wantNoError(t, err)
	time.Sleep(2100 * time.Millisecond)
	for method, url := range map[string]string{http.MethodPut: upload, http.MethodGet: download} {
		response, _ := send(t, method, url, "late")
		equal(t, response.StatusCode, http.StatusForbidden)
	}
	equal(t, read(t, b, "uploads/a.zip"), "bytes")
}
