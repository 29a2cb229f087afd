package registrytest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Blobs tests a registry.Blobs. Each one that open returns is empty, serves
// the URLs it signs, and can reach this process on a loopback address.
func Blobs(t *testing.T, open func(*testing.T) registry.Blobs) {
	tests := map[string]func(*testing.T, registry.Blobs){
		"an uploaded object can be opened":             testUploadOpen,
		"a missing object is NotFound":                 testMissingObject,
		"an upload overwrites what was uploaded":       testUploadAgain,
		"the callback's answer reaches the uploader":   testCallback,
		"a download is the object, under its name":     testDownload,
		"a URL is good for its method and key only":    testWrongUse,
		"a URL ends when it expires":                   testExpiry,
		"a deleted object is gone, and may be already": testDeleteObject,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// uploadedKey has what URLs like to spoil.
const uploadedKey = "packages/hello/1.0.0-rc.1+build.5/a b%20c.zip"

func testUploadOpen(t *testing.T, b registry.Blobs) {
	for _, text := range []string{"", "PK", strings.Repeat("0123456789abcdef", 1<<16)} {
		put(t, b, uploadedKey, text)
		body, info, err := b.Open(t.Context(), uploadedKey)
		wantNoError(t, err)
		got, err := io.ReadAll(body)
		wantNoError(t, err)
		wantNoError(t, body.Close())
		equal(t, info, registry.BlobInfo{Size: int64(len(text))})
		if string(got) != text {
			t.Fatalf("opened an object of %d bytes, want the %d uploaded ones", len(got), len(text))
		}
	}
}

func testMissingObject(t *testing.T, b registry.Blobs) {
	_, _, err := b.Open(t.Context(), "uploads/none.zip")
	wantCode(t, err, registry.NotFound)
	wantExists(t, b, "uploads/none.zip", false)
	put(t, b, "uploads/none.zip.old", "other")
	wantExists(t, b, "uploads/none.zip", false)
	wantExists(t, b, "uploads/none.zip.old", true)
	url, err := b.PresignDownload(t.Context(), "uploads/none.zip", "none.zip", time.Minute)
	wantNoError(t, err)
	response, _ := send(t, http.MethodGet, url, "")
	equal(t, response.StatusCode, http.StatusNotFound)
}

func wantExists(t *testing.T, b registry.Blobs, key string, want bool) {
	t.Helper()
	got, err := b.Exists(t.Context(), key)
	wantNoError(t, err)
	equal(t, got, want)
}

func testUploadAgain(t *testing.T, b registry.Blobs) {
	put(t, b, uploadedKey, "first")
	put(t, b, uploadedKey, "second")
	equal(t, read(t, b, uploadedKey), "second")
}

func testDeleteObject(t *testing.T, b registry.Blobs) {
	put(t, b, uploadedKey, "bytes")
	put(t, b, "uploads/other.zip", "other")
	for range 2 {
		wantNoError(t, b.Delete(t.Context(), uploadedKey))
		_, _, err := b.Open(t.Context(), uploadedKey)
		wantCode(t, err, registry.NotFound)
	}
	equal(t, read(t, b, "uploads/other.zip"), "other")
}

// put uploads an object as a client does.
func put(t *testing.T, b registry.Blobs, key, text string) {
	t.Helper()
	callback := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, "{}")
	}))
	defer callback.Close()
	url, err := b.PresignUpload(t.Context(), key, time.Minute, callback.URL, "{}")
	wantNoError(t, err)
	response, answer := send(t, http.MethodPut, url, text)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("PUT %s: %s: %s", key, response.Status, answer)
	}
}

func read(t *testing.T, b registry.Blobs, key string) string {
	t.Helper()
	body, _, err := b.Open(t.Context(), key)
	wantNoError(t, err)
	defer body.Close()
	text, err := io.ReadAll(body)
	wantNoError(t, err)
	return string(text)
}

// send makes a request as the CLI does: what it sends is chunked and has no
// content type.
func send(t *testing.T, method, url, text string) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if method == http.MethodPut {
		body = io.MultiReader(strings.NewReader(text))
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	wantNoError(t, err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	wantNoError(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	wantNoError(t, err)
	return response, string(answer)
}
