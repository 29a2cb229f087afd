package oss

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// signatureV1 is what a request with a V1 signature says about it.
type signatureV1 struct {
	keyID     string
	token     string
	date      string // as it is signed: x-oss-date, else Date, or a URL's Expires
	signature string
}

// verifyV1 checks a V1 signature, in the URL or else in the header. Accounts
// made since March 2025 may not use it; the words of that refusal are ours.
func (s *Service) verifyV1(c *call, inURL bool) error {
	if !s.options.AllowV1 {
		return refuse(http.StatusForbidden, "AccessDenied",
			"The V1 signature is not available to this account; sign with %s.", algorithmV4)
	}
	var v *signatureV1
	var err error
	if inURL {
		v, err = parseV1Query(c.query, c.now)
	} else {
		v, err = parseV1Header(c.Header, c.now)
	}
	if err != nil {
		return err
	}
	secret, err := s.secret(c, v.keyID, v.token)
	if err != nil {
		return err
	}
	stringToSign := v.stringToSign(c)
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(stringToSign))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return compare(want, v.signature, v.keyID, stringToSign, "")
}

// parseV1Header reads "OSS ID:SIGNATURE".
func parseV1Header(h http.Header, now time.Time) (*signatureV1, error) {
	id, signature, found := strings.Cut(strings.TrimPrefix(h.Get("Authorization"), "OSS "), ":")
	if !found {
		return nil, invalidArgument("The Authorization header must be OSS ID:SIGNATURE.")
	}
	signed := h.Get("Date")
	if own := h.Get("x-oss-date"); own != "" { // as ali-oss sends it
		signed = own
	}
	date, err := http.ParseTime(signed)
	if err != nil {
		return nil, refuse(http.StatusForbidden, "AccessDenied", "OSS authentication requires a valid Date.")
	}
	if err := checkSkew(date, now); err != nil {
		return nil, err
	}
	return &signatureV1{
		keyID: id, token: h.Get("x-oss-security-token"), date: signed, signature: signature,
	}, nil
}

func parseV1Query(q url.Values, now time.Time) (*signatureV1, error) {
	seconds, err := strconv.ParseInt(q.Get("Expires"), 10, 64)
	if err != nil {
		e := refuse(http.StatusForbidden, "AccessDenied", "Invalid date (should be seconds since epoch): %s", q.Get("Expires"))
		e.ec = "0002-00000070"
		return nil, e
	}
	if ends := time.Unix(seconds, 0); now.After(ends) {
		return nil, expired(ends, now, "0002-00000069")
	}
	return &signatureV1{
		keyID: q.Get("OSSAccessKeyId"), token: q.Get("security-token"),
		date: q.Get("Expires"), signature: q.Get("Signature"),
	}, nil
}

func (v *signatureV1) stringToSign(c *call) string {
	var headers []string
	for name, values := range c.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-oss-") {
			headers = append(headers, name+":"+values[0]+"\n")
		}
	}
	sortByName(headers, ":")
	return c.Method + "\n" + c.Header.Get("Content-MD5") + "\n" + c.Header.Get("Content-Type") + "\n" +
		v.date + "\n" + strings.Join(headers, "") + resourceV1(c)
}

// resourceV1 is /bucket/key and the parameters that select an operation,
// nothing escaped.
func resourceV1(c *call) string {
	var parameters []string
	for name := range c.query {
		if _, signed := subresources[name]; !signed {
			continue
		}
		if value := c.query.Get(name); value != "" {
			name += "=" + value
		}
		parameters = append(parameters, name)
	}
	sortByName(parameters, "=")
	resource := "/"
	if c.bucket != "" {
		resource += c.bucket + "/" + c.key
	}
	if len(parameters) > 0 {
		resource += "?" + strings.Join(parameters, "&")
	}
	return resource
}
