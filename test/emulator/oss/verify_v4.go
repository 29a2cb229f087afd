package oss

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// verifyV4 checks a V4 signature, in the URL or else in the header.
func (s *Service) verifyV4(c *call, inURL bool) error {
	var v *signatureV4
	var err error
	if inURL {
		v, err = parseV4Query(c.query)
	} else {
		v, err = parseV4Header(c.Header)
	}
	if err != nil {
		return err
	}
	if v.region != s.options.Region {
		return invalidArgument("The credential names the region %q; this bucket's is %q.", v.region, s.options.Region)
	}
	if err := v.checkTime(c, inURL); err != nil {
		return err
	}
	secret, err := s.secret(c, v.keyID, v.token)
	if err != nil {
		return err
	}
	stringToSign, err := v.stringToSign(c)
	if err != nil {
		return err
	}
	return compare(v.sign(secret, stringToSign), v.signature, v.keyID, stringToSign, "0002-00000201")
}

func (v *signatureV4) checkTime(c *call, inURL bool) error {
	if !inURL {
		return checkSkew(v.time, c.now)
	}
	if v.time.After(c.now.Add(maxSkew)) {
		e := refuse(http.StatusForbidden, "AccessDenied", "The URL is not valid before %s.", timestamp(v.time))
		e.ec = "0002-00000235"
		return e
	}
	if ends := v.time.Add(v.expires); c.now.After(ends) {
		return expired(ends, c.now, "")
	}
	return nil
}

// stringToSign is the algorithm, the date, the scope and the hash of the
// canonical request.
func (v *signatureV4) stringToSign(c *call) (string, error) {
	headers, err := v.canonicalHeaders(c)
	if err != nil {
		return "", err
	}
	canonical := strings.Join([]string{
		c.Method, canonicalPath(c), canonicalQuery(c.query), headers,
		strings.Join(v.additional, ";"), unsignedBody,
	}, "\n")
	hash := sha256.Sum256([]byte(canonical))
	return strings.Join([]string{algorithmV4, v.date, v.scope(), hex.EncodeToString(hash[:])}, "\n"), nil
}

func (v *signatureV4) scope() string {
	return v.day + "/" + v.region + "/oss/" + terminatorV4
}

// sign derives a key from the secret and the scope, and signs with it.
func (v *signatureV4) sign(secret, stringToSign string) string {
	key := []byte("aliyun_v4" + secret)
	for _, part := range []string{v.day, v.region, "oss", terminatorV4, stringToSign} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

// canonicalPath names the bucket also where the address has it in the host.
func canonicalPath(c *call) string {
	if c.bucket == "" {
		return "/"
	}
	return "/" + c.bucket + "/" + strings.ReplaceAll(escape(c.key), "%2F", "/")
}

// canonicalQuery has every parameter but the signature, by its escaped name.
func canonicalQuery(query url.Values) string {
	var pairs []string
	for name, values := range query {
		if name == "x-oss-signature" {
			continue
		}
		for _, value := range values {
			pair := escape(name)
			if value != "" {
				pair += "=" + escape(value)
			}
			pairs = append(pairs, pair)
		}
	}
	sortByName(pairs, "=")
	return strings.Join(pairs, "&")
}

// sortByName sorts by what stands before the separator: "a=" comes before
// "a-b=", though "=" comes after "-".
func sortByName(pairs []string, separator string) {
	slices.SortFunc(pairs, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, separator)
		nameB, _, _ := strings.Cut(b, separator)
		return strings.Compare(nameA, nameB)
	})
}

// escape leaves letters, digits and -_.~ as they are.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// canonicalHeaders has Content-Type, Content-MD5, all x-oss-* headers and the
// additional ones, one to a line.
func (v *signatureV4) canonicalHeaders(c *call) (string, error) {
	lines := make([]string, 0, 8)
	for name, values := range c.Header {
		name = strings.ToLower(name)
		if alwaysSigned(name) {
			lines = append(lines, name+":"+strings.TrimSpace(values[0])+"\n")
		}
	}
	for _, name := range v.additional {
		if alwaysSigned(name) {
			continue
		}
		value := c.Header.Get(name)
		if name == "host" {
			value = c.Host
		}
		if value == "" {
			return "", invalidArgument("The signature covers the header %q, which the request does not have.", name)
		}
		lines = append(lines, name+":"+strings.TrimSpace(value)+"\n")
	}
	sortByName(lines, ":")
	return strings.Join(lines, ""), nil
}

func alwaysSigned(header string) bool {
	return header == "content-type" || header == "content-md5" || strings.HasPrefix(header, "x-oss-")
}
