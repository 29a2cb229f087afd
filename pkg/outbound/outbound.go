// Package outbound reaches hosts that others name: upstream registries, and
// receivers of webhooks. Whoever names one could name the account's own
// network, so that only public addresses are reached, and only by https.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Limits of a request. The whole of it ends with its context.
const (
	maxRedirects  = 3
	maxHeader     = 64 << 10 // bytes of an answer's header
	dialTimeout   = 3 * time.Second
	tlsTimeout    = 5 * time.Second
	idleTimeout   = 10 * time.Second // without a byte, or unused
	maxConnsOfOne = 32               // to one host
)

// Refused says why a host was not asked.
type Refused struct {
	Host string // as it was named, with the port if any
	Why  string
}

func (r *Refused) Error() string { return fmt.Sprintf("host %q is not asked: %s", r.Host, r.Why) }

// New returns a client for hosts that others name. It speaks https to public
// addresses only, which is checked when it connects, so that no name can change
// its mind, and again at each of at most 3 redirects. A host in allowed, as HOST
// or HOST:PORT, may be reached by http and may be private.
//
// The client sends no cookie, no Referer and no credentials, uses no proxy, and
// asks for no compression. A refusal is a *Refused in its error.
func New(allowed []string) *http.Client {
	hosts := allow(allowed)
	return &http.Client{
		Transport: &guard{hosts, &http.Transport{
			DialContext:            hosts.dial,
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  idleTimeout,
			IdleConnTimeout:        idleTimeout,
			MaxConnsPerHost:        maxConnsOfOne,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true,
		}},
		CheckRedirect: func(r *http.Request, before []*http.Request) error {
			if len(before) > maxRedirects {
				return &Refused{r.URL.Host, fmt.Sprintf("more than %d redirects led there", maxRedirects)}
			}
			return nil
		},
	}
}

// Limit returns a body that fails with a *http.MaxBytesError after most bytes,
// instead of ending there as if it were whole.
func Limit(body io.ReadCloser, most int64) io.ReadCloser { return http.MaxBytesReader(nil, body, most) }

// Hide returns an error of the client without the address that it is about,
// but for the host: addresses may hold secrets.
func Hide(err error) error {
	e, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	host := "an address that can't be read"
	if u, failed := url.Parse(e.URL); failed == nil {
		host = u.Host
	}
	return fmt.Errorf("%s: %w", host, e.Err)
}

// Check tells whether the client would try an address, as far as that can be
// told without looking up its host.
func Check(u *url.URL, allowed []string) error { return allow(allowed).check(u) }

// guard stands before the transport at each request, redirected ones too.
type guard struct {
	hosts     hosts
	transport *http.Transport
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.hosts.check(r.URL); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Del("Referer")
	r.Header.Del("Cookie")
	r.Header.Set("User-Agent", "fc-registry")
	return g.transport.RoundTrip(r)
}

// CloseIdleConnections is what http.Client looks for.
func (g *guard) CloseIdleConnections() { g.transport.CloseIdleConnections() }

// hosts are those that may be private, in lower case.
type hosts []string

func allow(names []string) hosts {
	all := make(hosts, len(names))
	for i, name := range names {
		all[i] = strings.ToLower(name)
	}
	return all
}

// have tells whether a host may be private. A port that the address does not
// name is its scheme's.
func (h hosts) have(host, port string) bool {
	host = strings.ToLower(host)
	return slices.Contains(h, host) || slices.Contains(h, net.JoinHostPort(host, port))
}

func (h hosts) check(u *url.URL) error {
	host := u.Hostname()
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return &Refused{u.Host, fmt.Sprintf("the address begins with %q, not https", u.Scheme)}
	case host == "" || u.Opaque != "":
		return &Refused{u.Host, "the address names no host"}
	case u.User != nil:
		return &Refused{u.Host, "the address holds credentials"}
	case h.have(host, port(u)):
		return nil
	case u.Scheme != "https":
		return &Refused{u.Host, "it would be asked by http, and is not among the hosts that may be"}
	}
	if address, err := netip.ParseAddr(host); err == nil && !public(address) {
		return notPublic(u.Host, address.String())
	}
	return nil
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

func notPublic(host, address string) error {
	return &Refused{host, fmt.Sprintf("its address %s is not public, and it is not among the hosts that may be private", address)}
}

// dial connects, and looks at the address after its name was looked up.
func (h hosts) dial(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if !h.have(host, port) {
		dialer.Control = func(_, found string, _ syscall.RawConn) error {
			a, err := netip.ParseAddrPort(found)
			if err != nil || !public(a.Addr()) {
				return notPublic(host, found)
			}
			return nil
		}
	}
	conn, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return idle{conn}, nil
}

// idle is a connection that ends when nothing comes for a while.
type idle struct{ net.Conn }

func (c idle) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(idleTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}
