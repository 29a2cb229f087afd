package oss

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	maxCallbackURLs = 5
	formType        = "application/x-www-form-urlencoded"
)

// callback is what an upload says about whom to tell of it.
type callback struct {
	URL      string `json:"callbackUrl"` // several, separated by ";", are tried in turn
	Host     string `json:"callbackHost"`
	Body     string `json:"callbackBody"`
	BodyType string `json:"callbackBodyType"`

	urls      []string
	variables map[string]string // x:name -> value
}

// parseCallback returns nil when the upload asks for no callback. It stands in
// the query or in a header, as base64 of JSON.
func parseCallback(c *call) (*callback, error) {
	encoded := c.query.Get("callback")
	variables := c.query.Get("callback-var")
	if encoded == "" {
		encoded, variables = c.Header.Get("x-oss-callback"), c.Header.Get("x-oss-callback-var")
	}
	if encoded == "" {
		return nil, nil
	}
	var cb callback
	if err := decodeParameter("callback", encoded, &cb); err != nil {
		return nil, err
	}
	if variables != "" {
		if err := decodeParameter("callback-var", variables, &cb.variables); err != nil {
			return nil, err
		}
	}
	return &cb, cb.check()
}

func decodeParameter(name, encoded string, v any) error {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return invalidArgument("The %s configuration is not base64 encoded: %v.", name, err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return invalidArgument("The %s configuration is not json format: %v.", name, err)
	}
	return nil
}

func (cb *callback) check() error {
	if cb.Body == "" {
		e := invalidArgument("The callback configuration has no callbackBody.")
		e.ec = "0007-00000011"
		return e
	}
	if cb.BodyType == "" {
		cb.BodyType = formType
	}
	if cb.BodyType != formType && cb.BodyType != "application/json" {
		return invalidArgument("callbackBodyType must be %s or application/json, not %q.", formType, cb.BodyType)
	}
	for name := range cb.variables {
		if !strings.HasPrefix(name, "x:") || name != strings.ToLower(name) {
			return invalidArgument("The callback variable %q must begin with x: and be lower case.", name)
		}
	}
	return cb.splitURL()
}

func (cb *callback) splitURL() error {
	for address := range strings.SplitSeq(cb.URL, ";") {
		if address == "" {
			continue
		}
		if !strings.Contains(address, "://") {
			address = "http://" + address
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return invalidArgument("The callbackUrl %q is not an http or https address.", address)
		}
		cb.urls = append(cb.urls, address)
	}
	if n := len(cb.urls); n == 0 || n > maxCallbackURLs {
		e := invalidArgument("callbackUrl must have 1 to %d addresses, not %d.", maxCallbackURLs, n)
		e.ec = "0007-00000005"
		return e
	}
	return nil
}

// expand puts the variables into the callback's body: a string is quoted in
// JSON and escaped in a form; one that is not known is empty.
func (cb *callback) expand(values map[string]string) string {
	var b strings.Builder
	rest := cb.Body
	for {
		before, after, found := strings.Cut(rest, "${")
		name, tail, closed := strings.Cut(after, "}")
		if !found || !closed {
			b.WriteString(rest)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(cb.encode(name, values[name]))
		rest = tail
	}
}

func (cb *callback) encode(name, value string) string {
	switch {
	case name == "size":
		return value
	case cb.BodyType == formType:
		return url.QueryEscape(value)
	}
	quoted, err := json.Marshal(value)
	if err != nil { // a string always can be
		panic(err)
	}
	return string(quoted)
}

// callbackValues are the variables that an upload can use.
func callbackValues(c *call, o *object, cb *callback) map[string]string {
	values := map[string]string{
		"bucket": c.bucket, "object": c.key, "etag": hexMD5(o),
		"size": strconv.FormatInt(o.Size, 10), "mimeType": o.Headers["Content-Type"],
		"reqId": c.id, "operation": "PutObject", "clientIp": clientIP(c.Request),
	}
	for name, value := range cb.variables {
		values[name] = value
	}
	return values
}

func clientIP(r *http.Request) string {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return ip
}
