package tablestore

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

const maxClockSkew = 15 * time.Minute

// Headers of a request, in the form that net/http gives them.
const (
	headerPrefix      = "X-Ots-"
	headerDate        = "X-Ots-Date"
	headerAPIVersion  = "X-Ots-Apiversion"
	headerAccessKey   = "X-Ots-Accesskeyid"
	headerContentMD5  = "X-Ots-Contentmd5"
	headerInstance    = "X-Ots-Instancename"
	headerToken       = "X-Ots-Ststoken"
	headerSignature   = "X-Ots-Signature"
	headerRequestID   = "X-Ots-Requestid"
	headerContentType = "X-Ots-Contenttype"
)

var requiredHeaders = []string{headerDate, headerAPIVersion, headerAccessKey, headerContentMD5, headerInstance, headerSignature}

// authenticate checks a request's headers: its date, the MD5 of its body, its
// instance and its signature.
func (s *Service) authenticate(r *http.Request, body []byte) error {
	for _, name := range requiredHeaders {
		if r.Header.Get(name) == "" {
			return invalid("Missing header: '%s'.", strings.ToLower(name))
		}
	}
	if err := s.checkDate(r.Header.Get(headerDate)); err != nil {
		return err
	}
	sum := md5.Sum(body)
	if base64.StdEncoding.EncodeToString(sum[:]) != r.Header.Get(headerContentMD5) {
		return authFailed("Mismatch between MD5 value of request body and x-ots-contentmd5 in header.")
	}
	if r.Header.Get(headerInstance) != s.instance {
		return authFailed("The instance is not found.")
	}
	secret, err := s.account.Secret(r.Header.Get(headerAccessKey), r.Header.Get(headerToken))
	switch {
	case errors.Is(err, sts.ErrUnknownKey):
		return authFailed("The AccessKeyID does not exist.")
	case err != nil:
		return authFailed("Invalid security token: %v.", err)
	}
	given, err := base64.StdEncoding.DecodeString(r.Header.Get(headerSignature))
	if err != nil || !hmac.Equal(given, sign(r, secret)) {
		return authFailed("Signature mismatch.")
	}
	return nil
}

// checkDate trusts whole seconds only: the Go SDK's fraction is not one.
func (s *Service) checkDate(value string) error {
	date, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return invalid("Invalid date format: %s.", value)
	}
	if s.clock().Sub(date).Abs() > maxClockSkew {
		return authFailed("Mismatch between system time and x-ots-date: %s.", value)
	}
	return nil
}

// sign computes the signature that a request must have: HMAC-SHA1 over path,
// method, an empty query and the x-ots-* headers, sorted. The names' canonical
// forms sort as the lower case that is signed.
func sign(r *http.Request, secret string) []byte {
	names := make([]string, 0, 16)
	for name := range r.Header {
		if strings.HasPrefix(name, headerPrefix) && name != headerSignature {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	text := make([]byte, 0, 512)
	text = append(text, r.URL.Path...)
	text = append(text, '\n')
	text = append(text, r.Method...)
	text = append(text, "\n\n"...)
	for _, name := range names {
		text = appendLower(text, name)
		text = append(text, ':')
		text = append(text, strings.TrimSpace(r.Header[name][0])...)
		text = append(text, '\n')
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(text)
	return mac.Sum(nil)
}

func appendLower(b []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}
