package fc

import (
	"encoding/base64"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// maxBody is the limit of a request's and of a response's body.
const maxBody = 32 << 20

// buffers are reused for events.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// readBody reads a request's body up to the limit.
func readBody(r *http.Request) ([]byte, *failure) {
	if r.ContentLength == 0 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, gone()
	}
	if len(body) > maxBody {
		return nil, requestTooLarge()
	}
	return body, nil
}

// appendEvent appends the event that an HTTP trigger makes of a request. The
// field names are those of events.HTTPTriggerEvent in fc-runtime-go-sdk.
func appendEvent(e []byte, r *http.Request, body []byte, id, accountID string, now time.Time) []byte {
	domain, prefix := domainOf(r.Host)
	now = now.UTC()
	e = append(e, `{"version":"v1","rawPath":`...)
	e = appendString(e, r.URL.EscapedPath())
	e = append(e, `,"headers":`...)
	e = appendMap(e, r.Header, forwardable)
	e = append(e, `,"queryParameters":`...)
	e = appendQuery(e, r.URL.RawQuery)
	e = append(e, `,"body":`...)
	e = appendBody(e, r.Header.Get("Content-Type"), body)
	e = append(e, `,"requestContext":{"accountId":`...)
	e = appendString(e, accountID)
	e = append(e, `,"domainName":`...)
	e = appendString(e, domain)
	e = append(e, `,"domainPrefix":`...)
	e = appendString(e, prefix)
	e = append(e, `,"http":{"method":`...)
	e = appendString(e, r.Method)
	e = append(e, `,"path":`...)
	e = appendString(e, r.URL.Path)
	e = append(e, `,"protocol":`...)
	e = appendString(e, r.Proto)
	e = append(e, `,"sourceIp":`...)
	e = appendString(e, hostOnly(r.RemoteAddr))
	e = append(e, `,"userAgent":`...)
	e = appendString(e, r.UserAgent())
	e = append(e, `},"requestId":`...)
	e = appendString(e, id)
	e = append(e, `,"time":"`...)
	e = now.AppendFormat(e, "2006-01-02T15:04:05Z")
	e = append(e, `","timeEpoch":"`...)
	e = strconv.AppendInt(e, now.UnixMilli(), 10)
	return append(e, `"}}`...)
}

func domainOf(host string) (name, prefix string) {
	name = hostOnly(host)
	prefix, _, _ = strings.Cut(name, ".")
	return name, prefix
}

func hostOnly(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

// forwardable tells whether a client's header reaches the function: names that
// begin with x-fc- are the platform's own.
func forwardable(name string) bool {
	const reserved = "X-Fc-"
	return len(name) < len(reserved) || !strings.EqualFold(name[:len(reserved)], reserved)
}

// appendBody appends the values of body and isBase64Encoded.
func appendBody(e []byte, contentType string, body []byte) []byte {
	if isText(contentType) && utf8.Valid(body) {
		return append(appendString(e, body), `,"isBase64Encoded":false`...)
	}
	e = append(e, '"')
	e = base64.StdEncoding.AppendEncode(e, body)
	return append(e, `","isBase64Encoded":true`...)
}

// isText is a guess at where the service draws the line: its documentation
// says that a body of binary type comes as base64, not which types are binary.
func isText(contentType string) bool {
	if contentType == "" {
		return true
	}
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

func appendQuery(e []byte, raw string) []byte {
	if raw == "" {
		return append(e, "{}"...)
	}
	values, _ := url.ParseQuery(raw) // what can't be parsed is left out
	return appendMap(e, values, func(string) bool { return true })
}

// appendMap appends an object of strings; several values are joined by commas.
func appendMap(e []byte, values map[string][]string, wanted func(string) bool) []byte {
	e = append(e, '{')
	first := true
	for name, all := range values {
		if !wanted(name) {
			continue
		}
		if !first {
			e = append(e, ',')
		}
		first = false
		e = appendString(e, name)
		e = append(e, ':')
		if len(all) == 1 {
			e = appendString(e, all[0])
		} else {
			e = appendString(e, strings.Join(all, ","))
		}
	}
	return append(e, '}')
}

// appendString appends a JSON string. Bytes that are no UTF-8 become U+FFFD,
// as with encoding/json.
func appendString[T string | []byte](e []byte, s T) []byte {
	const hex = "0123456789abcdef"
	e = append(e, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			if r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
			e = append(append(e, s[start:i]...), "\ufffd"...)
		} else if c == '"' || c == '\\' {
			e = append(append(e, s[start:i]...), '\\', c)
		} else {
			e = append(append(e, s[start:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(e, s[start:]...), '"')
}
