package fc

import (
	"net/http"
	"strconv"
	"strings"
)

// appendRequest appends a request's head: the client's headers but those of
// its connection and those that are the platform's, then extra.
func appendRequest(b []byte, r *http.Request, extra []byte) []byte {
	b = append(b, r.Method...)
	b = append(b, ' ')
	if target := r.RequestURI; strings.HasPrefix(target, "/") {
		b = append(b, target...)
	} else {
		b = append(b, r.URL.RequestURI()...)
	}
	b = append(b, " HTTP/1.1\r\n"...)
	b = appendHeader(b, "Host", r.Host)
	for name, values := range r.Header {
		if !forwardable(name) || ofConnection(name) || name == "Content-Length" || name == "Expect" {
			continue
		}
		for _, value := range values {
			b = appendHeader(b, name, value)
		}
	}
	switch {
	case r.ContentLength < 0:
		b = appendHeader(b, "Transfer-Encoding", "chunked")
	case r.ContentLength > 0 || r.Header["Content-Length"] != nil:
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, r.ContentLength, 10)
		b = append(b, "\r\n"...)
	}
	b = append(b, extra...)
	return append(b, "\r\n"...)
}

// ofConnection tells whether a header is about one connection, not the
// message.
func ofConnection(name string) bool {
	switch name {
	case "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Te", "Trailer", "Upgrade":
		return true
	}
	return false
}
