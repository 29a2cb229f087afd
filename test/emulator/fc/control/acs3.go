package control

import (
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
)

const algorithmACS3 = "ACS3-HMAC-SHA256"

// acs3 is what the Authorization header of an ACS3 signature says.
type acs3 struct {
	keyID     string
	headers   []string // the signed ones
	signature string
}

// parseACS3 reads Credential=...,SignedHeaders=a;b,Signature=...
func parseACS3(text string) (*acs3, error) {
	a := new(acs3)
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Credential":
			a.keyID = value
		case "SignedHeaders":
			a.headers = strings.Split(value, ";")
		case "Signature":
			a.signature = value
		}
	}
	if a.keyID == "" || len(a.headers) == 0 || a.signature == "" {
		return nil, invalid("the Authorization header must have Credential, SignedHeaders and Signature")
	}
	return a, nil
}

// readACS3 reads the signature that the vendor's SDKs make today
// (@alicloud/openapi-core, utils.js). All x-acs- headers and the host must be
// signed, else they could be changed.
func (s *Service) readACS3(c *call, text string) (func(*call) error, error) {
	a, err := parseACS3(text)
	if err != nil {
		return nil, err
	}
	c.key = a.keyID
	secret, err := s.secret(a.keyID, c.Header.Get("X-Acs-Security-Token"))
	if err != nil {
		return nil, err
	}
	for _, name := range append(headersWith(c, "x-acs-"), "host", "x-acs-date", "x-acs-content-sha256") {
		if !slices.Contains(a.headers, name) {
			return nil, invalid("the signature does not cover the header %s", name)
		}
	}
	if err := c.checkDate("X-Acs-Date", "2006-01-02T15:04:05Z"); err != nil {
		return nil, err
	}
	return func(c *call) error {
		if err := compare(hexHash(c.body), c.Header.Get("X-Acs-Content-Sha256")); err != nil {
			return err
		}
		want := sign(secret, algorithmACS3+"\n"+hexHash(a.canonicalRequest(c)))
		return compare(hex.EncodeToString(want), a.signature)
	}, nil
}

func (a *acs3) canonicalRequest(c *call) string {
	path, _, _ := strings.Cut(c.RequestURI, "?")
	path = strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(path)
	return c.Method + "\n" + path + "\n" + canonicalQuery(c.URL.Query()) + "\n" +
		canonicalHeaders(c, a.headers) + "\n" + strings.Join(a.headers, ";") + "\n" +
		c.Header.Get("X-Acs-Content-Sha256")
}

func canonicalQuery(query url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			pairs = append(pairs, encode(name)+"="+encode(value))
		}
	}
	return strings.Join(pairs, "&")
}

// encode is the percent-encoding of RFC 3986.
func encode(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// canonicalHeaders are lines of the headers with these names, in their order.
func canonicalHeaders(c *call, names []string) string {
	var lines strings.Builder
	for _, name := range names {
		value := strings.Join(c.Header.Values(name), ",")
		if name == "host" {
			value = c.Host
		}
		lines.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	return lines.String()
}

// headersWith returns the names of a call's headers that begin with a prefix,
// in lower case, sorted.
func headersWith(c *call, prefix string) []string {
	var names []string
	for name := range c.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
