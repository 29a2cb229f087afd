// Package hostile is an upstream registry for tests: it speaks V3 as the public
// one does, and plays every trick that one could play on those who ask it.
package hostile

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Upstream is a registry on a loopback port. It is safe for concurrent use.
type Upstream struct {
	// URL is the base of its V3 API, Host the HOST:PORT in it.
	URL, Host string

	canary *httptest.Server
	closed chan struct{} // by the end of the test

	mu       sync.Mutex
	releases map[string][]release // by name, in the order of publishing
	tricks   map[Kind]Trick
	requests []*http.Request
	touched  int // requests to the canary
}

// Trick answers a request in the place of the honest answer.
type Trick func(u *Upstream, w http.ResponseWriter, r *http.Request)

// Kind says which requests a trick is for.
type Kind int

// The kinds of requests.
const (
	Answers Kind = iota // whatever is below /v3
	ZIPs                // downloads
)

// New starts an upstream with no packages and no tricks, until the test ends.
func New(t testing.TB) *Upstream {
	t.Helper()
	u := &Upstream{closed: make(chan struct{}), releases: map[string][]release{}, tricks: map[Kind]Trick{}}
	u.canary = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.touched++
	}))
	t.Cleanup(u.canary.Close)
	server := httptest.NewServer(u)
	u.URL, u.Host = server.URL+"/v3", server.Listener.Addr().(*net.TCPAddr).String()
	t.Cleanup(func() {
		close(u.closed)
		server.CloseClientConnections()
		server.Close()
	})
	return u
}

// Play answers every request of a kind by a trick, until the next call; nil is
// the honest answer.
func (u *Upstream) Play(k Kind, trick Trick) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.tricks[k] = trick
}

// ServeHTTP implements http.Handler.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind := Answers
	if strings.HasPrefix(r.URL.Path, zipPath) {
		kind = ZIPs
	}
	u.mu.Lock()
	u.requests = append(u.requests, r.Clone(r.Context()))
	trick := u.tricks[kind]
	u.mu.Unlock()
	if trick != nil {
		trick(u, w, r)
		return
	}
	u.answer(w, r)
}

// Requests returns what was asked, but for downloads: nobody's login, header or
// query may be among it.
func (u *Upstream) Requests() []*http.Request { return u.asked(Answers) }

// Downloads returns the requests for ZIPs.
func (u *Upstream) Downloads() []*http.Request { return u.asked(ZIPs) }

func (u *Upstream) asked(k Kind) []*http.Request {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []*http.Request
	for _, r := range u.requests {
		if strings.HasPrefix(r.URL.Path, zipPath) == (k == ZIPs) {
			all = append(all, r)
		}
	}
	return all
}

// Reached tells how often somebody was led to an address that is neither public
// nor the upstream's: it must stay 0.
func (u *Upstream) Reached() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.touched
}
