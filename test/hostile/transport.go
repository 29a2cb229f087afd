package hostile

import (
	"net/http"
	"strings"
	"time"
)

// maxEndless bounds a body that has no end, in bytes, so that a test that takes
// all of it fails, and ends.
const maxEndless = 1 << 30

// Transport returns the tricks that can be played on every request, by name.
func Transport() map[string]Trick {
	return map[string]Trick{
		"status 500":                  status(http.StatusInternalServerError),
		"status 503":                  status(http.StatusServiceUnavailable),
		"status 429":                  status(http.StatusTooManyRequests),
		"status 401":                  status(http.StatusUnauthorized),
		"a page of HTML":              text("<!doctype html><title>Sign in</title>"),
		"nothing":                     text(""),
		"a redirect to itself":        func(_ *Upstream, w http.ResponseWriter, r *http.Request) { redirect(w, r.URL.Path) },
		"a redirect to longer paths":  func(_ *Upstream, w http.ResponseWriter, r *http.Request) { redirect(w, r.URL.Path+"/x") },
		"a redirect to a private one": func(u *Upstream, w http.ResponseWriter, _ *http.Request) { redirect(w, u.canary.URL) },
		"a redirect to the metadata":  func(_ *Upstream, w http.ResponseWriter, _ *http.Request) { redirect(w, "http://100.100.100.200/") },
		"a redirect to a file":        func(_ *Upstream, w http.ResponseWriter, _ *http.Request) { redirect(w, "file:///etc/passwd") },
		"a redirect to nowhere":       func(_ *Upstream, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusFound) },
		"a body that is cut":          cut,
		"a connection that is cut":    func(*Upstream, http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no HTTP":                     garbage,
		"a header of 1 MB": func(_ *Upstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", 1<<20))
		},
		"an endless body":       endless,
		"a slow drip":           drip,
		"no answer":             hang,
		"a header, and no body": hangInBody,
		"gzip that nobody asked": func(_ *Upstream, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write([]byte("\x1f\x8b\x08"))
		}, //nolint:errcheck
	}
}

// After is the honest answer once a channel is closed.
func After(closed <-chan struct{}) Trick {
	return func(u *Upstream, w http.ResponseWriter, r *http.Request) {
		select {
		case <-closed:
			u.answer(w, r)
		case <-r.Context().Done():
		case <-u.closed:
		}
	}
}

func status(code int) Trick {
	return func(_ *Upstream, w http.ResponseWriter, _ *http.Request) { write(w, code, "out of order") }
}

func text(body string) Trick {
	return func(_ *Upstream, w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) } //nolint:errcheck
}

func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
}

func cut(_ *Upstream, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100000")
	w.Write([]byte(`{"request_id": "upstream", "body": {"na`)) //nolint:errcheck
}

func garbage(_ *Upstream, w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()                      //nolint:errcheck
	conn.Write([]byte("SSH-2.0-hello\r\n")) //nolint:errcheck
}

// endless begins like a right answer.
func endless(_ *Upstream, w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte(`{"request_id": "upstream", "body": {"name": "`)) //nolint:errcheck
	block := []byte(strings.Repeat("x", 64<<10))
	for range maxEndless / len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func drip(u *Upstream, w http.ResponseWriter, r *http.Request) {
	for {
		if _, err := w.Write([]byte(" ")); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
			return
		case <-u.closed:
			return
		}
	}
}

func hang(u *Upstream, _ http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-u.closed:
	}
}

func hangInBody(u *Upstream, w http.ResponseWriter, r *http.Request) {
	w.Write([]byte("{")) //nolint:errcheck
	w.(http.Flusher).Flush()
	hang(u, w, r)
}
