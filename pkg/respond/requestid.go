package respond

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/trace"
)

// RequestIDHeader is where the gateway tells a function under which id the
// platform, and so the client, knows the request.
const RequestIDHeader = "X-Request-Id"

// idForm bounds what is believed: whoever calls a function past the gateway
// chooses the header.
var idForm = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// WithRequestID returns a context that belongs to a new request, and carries the
// id under which the platform knows it.
func WithRequestID(ctx context.Context, id string) context.Context {
	return trace.With(ctx, &trace.Request{ID: id, Invocation: id})
}

// RequestID returns the id of the request to which ctx belongs.
func RequestID(ctx context.Context) string { return trace.From(ctx).ID }

// AddressHeader is the header by which the gateway tells a function who asks.
const AddressHeader = "X-Forwarded-For"

// HostHeader is the header by which the gateway tells a function which host was
// asked. Nothing may be decided by it but where to send the asker: whoever calls
// a function past the gateway chooses it.
const HostHeader = "X-Forwarded-Host"

// ClientAddress returns the address from which a request came, as far as the
// gateway and the platform tell.
func ClientAddress(r *http.Request) string {
	if address := r.Header.Get(AddressHeader); address != "" {
		return address[strings.LastIndexAny(address, " ,")+1:]
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// Forwarded lets h, which is behind the gateway, answer and log under the id of
// the gateway's request, so that one id leads through all logs. The gateway
// itself must not: there the header is the client's.
func Forwarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := r.Header.Get(RequestIDHeader); idForm.MatchString(id) {
			trace.From(r.Context()).ID = id
		}
		h.ServeHTTP(w, r)
	})
}
