package oss_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

// receiver is a callback's address.
type receiver struct {
	url string
	mu  sync.Mutex
	got []received
}

type received struct {
	host, body string
	header     http.Header
}

func newReceiver(t *testing.T, status int, answer string) *receiver {
	return newReceiverFunc(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, answer)
	})
}

func newReceiverFunc(t *testing.T, answer http.HandlerFunc) *receiver {
	r := &receiver{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.got = append(r.got, received{q.Host, string(body), q.Header})
		r.mu.Unlock()
		answer(w, q)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL + "/ingest?x=1"
	return r
}

// callback returns the parameter of an upload that calls the receiver.
func (r *receiver) callback(t *testing.T, fields map[string]string) string {
	t.Helper()
	all := map[string]string{"callbackUrl": r.url}
	for name, value := range fields {
		all[name] = value
	}
	return base64JSON(t, all)
}

func base64JSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(text)
}

func (r *receiver) last(t *testing.T) received {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) == 0 {
		t.Fatal("no callback came")
	}
	return r.got[len(r.got)-1]
}

func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.got)
}

func TestCallbackFillsInVariables(t *testing.T) {
	r := newReceiver(t, 200, "{}")
	e := start(t)
	const etag = "5D41402ABC4B2A76B9719D911017C592"
	tests := []struct{ name, bodyType, body, want string }{
		{"form", "", "b=${bucket}&o=${object}&e=${etag}&s=${size}&m=${mimeType}&u=${x:upload}&n=${x:none}",
			"b=registry&o=a+b%2F%26.zip&e=" + etag + "&s=5&m=application%2Fzip&u=%22q%22&n="},
		{"JSON", "application/json", `{"b":${bucket},"o":${object},"e":${etag},"s":${size},"u":${x:upload}}`,
			`{"b":"registry","o":"a b/\u0026.zip","e":"` + etag + `","s":5,"u":"\"q\""}`},
		{"nothing to fill in", "", "a=$1&b=${", "a=$1&b=${"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fields := map[string]string{"callbackBody": test.body, "callbackBodyType": test.bodyType, "callbackHost": "registry.example"}
			var answer []byte
			put(t, e.Bucket, "a b/&.zip", "hello", sdk.ContentType("application/zip"),
				sdk.Callback(r.callback(t, fields)), sdk.CallbackVar(base64JSON(t, map[string]string{"x:upload": `"q"`})),
				sdk.CallbackResult(&answer))
			got := r.last(t)
			if got.body != test.want {
				t.Errorf("body %s, want %s", got.body, test.want)
			}
			if want := test.bodyType; want != "" && got.header.Get("Content-Type") != want {
				t.Errorf("type %s, want %s", got.header.Get("Content-Type"), want)
			}
			if got.host != "registry.example" || got.header.Get("x-oss-bucket") != bucketName || string(answer) != "{}" {
				t.Errorf("host %s, header %v, answer %q", got.host, got.header, answer)
			}
		})
	}
}

func TestCallbackThatFailsKeepsTheObject(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, "Error status : 502."},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }, "not valid json"},
		{"redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", 302) }, "Error status : 302."},
		{"no length", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "{}")
			w.(http.Flusher).Flush()
		}, "content-length"},
		{"connection lost", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "can not connect"},
	}
	e := start(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newReceiverFunc(t, test.answer)
			err := e.PutObject("a", strings.NewReader(test.name), sdk.Callback(r.callback(t, map[string]string{"callbackBody": "x"})))
			wantError(t, err, http.StatusNonAuthoritativeInfo, "CallbackFailed")
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
			if got := get(t, e.Bucket, "a"); got != test.name {
				t.Errorf("stored %q", got)
			}
			if r.count() != 1 {
				t.Errorf("called %d times", r.count())
			}
		})
	}
}

func TestCallbackTimesOut(t *testing.T) {
	done := make(chan struct{})
	r := newReceiverFunc(t, func(http.ResponseWriter, *http.Request) { <-done })
	defer close(done)
	e := start(t, func(o *oss.Options) { o.CallbackTimeout = 50 * time.Millisecond })
	err := e.PutObject("a", strings.NewReader("x"), sdk.Callback(r.callback(t, map[string]string{"callbackBody": "x"})))
	wantError(t, err, http.StatusNonAuthoritativeInfo, "CallbackFailed")
	if !strings.Contains(err.Error(), "Cost too long time.") {
		t.Errorf("got %v", err)
	}
}

func TestCallbackTriesAddressesInTurn(t *testing.T) {
	bad, good, unasked := newReceiver(t, 500, "{}"), newReceiver(t, 200, "{}"), newReceiver(t, 200, "{}")
	e := start(t)
	fields := map[string]string{
		"callbackUrl":  strings.Join([]string{bad.url, strings.TrimPrefix(good.url, "http://"), unasked.url}, ";"),
		"callbackBody": "x",
	}
	put(t, e.Bucket, "a", "x", sdk.Callback(base64JSON(t, fields)))
	if bad.count() != 1 || good.count() != 1 || unasked.count() != 0 {
		t.Errorf("called %d, %d, %d times", bad.count(), good.count(), unasked.count())
	}
}

func TestCallbackMalformedIsRefusedBeforeStoring(t *testing.T) {
	e := start(t)
	tests := map[string]string{
		"not base64":  "{}",
		"not JSON":    base64.StdEncoding.EncodeToString([]byte("x")),
		"no body":     base64JSON(t, map[string]string{"callbackUrl": "http://h"}),
		"no address":  base64JSON(t, map[string]string{"callbackBody": "x"}),
		"six":         base64JSON(t, map[string]string{"callbackBody": "x", "callbackUrl": "a;b;c;d;e;f"}),
		"not http":    base64JSON(t, map[string]string{"callbackBody": "x", "callbackUrl": "ftp://h"}),
		"type":        base64JSON(t, map[string]string{"callbackBody": "x", "callbackUrl": "h", "callbackBodyType": "text/plain"}),
		"wrong types": base64JSON(t, map[string]int{"callbackUrl": 1}),
	}
	for name, callback := range tests {
		t.Run(name, func(t *testing.T) {
			err := e.PutObject("a", strings.NewReader("x"), sdk.Callback(callback))
			wantError(t, err, http.StatusBadRequest, "InvalidArgument")
		})
	}
	wantAbsent(t, e.Bucket, "a")
}
