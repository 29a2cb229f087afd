package browser

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// outside stands for all hosts but loopback addresses. It is a proxy that lets
// nothing through and keeps what was asked: also what a page's events don't tell
// of, such as the requests of its workers.
type outside struct {
	server *httptest.Server

	mu    sync.Mutex
	asked []string // METHOD URL, or CONNECT HOST:PORT
}

func newOutside() *outside {
	o := &outside{}
	o.server = httptest.NewServer(o)
	return o
}

// address is HOST:PORT.
func (o *outside) address() string { return o.server.Listener.Addr().String() }

func (o *outside) close() { o.server.Close() }

func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, r.Method+" "+r.RequestURI)
	http.Error(w, "Tests reach no other host.", http.StatusForbidden)
}

// requests are all that were made.
func (o *outside) requests() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asked)
}
