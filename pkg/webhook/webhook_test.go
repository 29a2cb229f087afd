package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/webhook"
)

// serve answers on a loopback port and returns a webhook for it.
func serve(t *testing.T, h http.HandlerFunc) (w registry.Webhook, host string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return registry.Webhook{ID: "W", URL: server.URL + "/hook?access_token=secret"}, server.Listener.Addr().String()
}

func now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC) }

func poster(allowed ...string) *webhook.Poster {
	return webhook.New(allowed, func(id string) string { return "secret of " + id }, "https://registry.example", now)
}

func message() registry.Message {
	return registry.Message{ID: "0a1b", Package: "Hello", Event: registry.Event{
		Subject: "package/hello", Seq: 3, Time: now(), Action: "publish", Detail: "1.0.0 sha256 abc", User: "alice", Token: "ci", From: "192.0.2.1", RequestID: "1-2",
	}}
}

func TestWhatIsPosted(t *testing.T) {
	var body string
	var header http.Header
	w, host := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || r.RequestURI != "/hook?access_token=secret" {
			t.Errorf("%s %s: %v", r.Method, r.RequestURI, err)
		}
		body, header = string(text), r.Header
	})
	if status, err := poster(host).Post(t.Context(), w, message()); err != nil || status != 200 {
		t.Fatalf("%d, %v", status, err)
	}
	const want = `{"id":"0a1b","event":"publish","package":"Hello","version":"1.0.0","detail":"1.0.0 sha256 abc","user":"alice",` +
		`"time":"2026-01-02T03:04:05.000000006Z","registry":"https://registry.example"}`
	if body != want {
		t.Errorf("body %s\nwant %s", body, want)
	}
	mac := hmac.New(sha256.New, []byte("secret of W"))
	io.WriteString(mac, "1767323045."+want)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Registry-Event": "publish", "X-Registry-Delivery": "0a1b", "X-Registry-Timestamp": "1767323045",
		"X-Registry-Signature": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	} {
		if got := header.Get(name); got != value {
			t.Errorf("%s: %s, want %s", name, got, value)
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	followed := false
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		status int
		words  string
	}{
		"200": {func(http.ResponseWriter, *http.Request) {}, 200, ""},
		"204": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, ""},
		"404": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "inner secret", 404) }, 404, "answers 404"},
		"500": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, 500, "answers 500"},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			followed = followed || r.URL.Path == "/next"
			http.Redirect(w, r, "/next", http.StatusTemporaryRedirect)
		}, 307, "redirects are not followed"},
		"cut off": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 0, "the connection failed"},
		"endless body": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1 << 20 {
				if _, err := io.WriteString(w, strings.Repeat("x", 1024)); err != nil {
					return
				}
			}
		}, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w, host := serve(t, test.answer)
			status, err := poster(host).Post(t.Context(), w, message())
			if status != test.status || (test.words == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), test.words)) {
				t.Errorf("%d, %v", status, err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), host)) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	if followed {
		t.Error("a redirect was followed")
	}
}

func TestASlowReceiverIsNotWaitedFor(t *testing.T) {
	release := make(chan struct{})
	w, host := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if status, err := poster(host).Post(ctx, w, message()); status != 0 || err == nil || !strings.Contains(err.Error(), "does not answer within") {
		t.Errorf("%d, %v", status, err)
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	w, host := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		w.URL, "https://" + host + "/secret", "https://localhost:" + port + "/secret", "https://169.254.169.254/secret", "https://100.100.100.200/secret",
		"http://example.com/secret", "https://[::ffff:127.0.0.1]:" + port, "ftp://example.com/secret", "https://user:secret@" + host,
	} {
		status, err := poster("other.example").Post(t.Context(), registry.Webhook{ID: "W", URL: address}, message())
		if status != 0 || err == nil || !strings.Contains(err.Error(), "is not asked") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %d, %v", address, status, err)
		}
	}
}
