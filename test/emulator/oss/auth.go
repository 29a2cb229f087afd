package oss

import (
	"cmp"
	"crypto/hmac"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// maxSkew is how far a request's date may be from the service's clock.
const maxSkew = 15 * time.Minute

// authenticate checks the signature, which stands either in the Authorization
// header or in the URL.
func (s *Service) authenticate(c *call) error {
	header := c.Header.Get("Authorization")
	v4URL := c.query.Has("x-oss-signature-version") || c.query.Has("x-oss-signature")
	v1URL := c.query.Has("Signature") || c.query.Has("OSSAccessKeyId")
	switch {
	case header != "" && (v4URL || v1URL):
		return invalidArgument("Only one way to sign is allowed: the Authorization header or the URL.")
	case v4URL:
		return s.verifyV4(c, true)
	case strings.HasPrefix(header, algorithmV4+" "):
		return s.verifyV4(c, false)
	case v1URL, strings.HasPrefix(header, "OSS "):
		return s.verifyV1(c, v1URL)
	case header != "":
		return invalidArgument("The Authorization header has a scheme that is not supported; use %s.", algorithmV4)
	}
	e := refuse(http.StatusForbidden, "AccessDenied", "You have no right to access this object because of bucket acl.")
	e.ec = "0003-00000001"
	return e
}

// secret returns the secret of an access key with which a call is signed.
func (s *Service) secret(c *call, id, token string) (string, error) {
	c.keyID = id
	secret, err := s.options.Account.Secret(id, token)
	switch {
	case errors.Is(err, sts.ErrUnknownKey):
		e := refuse(http.StatusForbidden, "InvalidAccessKeyId",
			"The OSS Access Key Id you provided does not exist in our records.")
		e.ec = "0002-00000902"
		return "", e.with("OSSAccessKeyId", id)
	case errors.Is(err, sts.ErrToken):
		return "", refuse(http.StatusForbidden, "InvalidSecurityToken", "The security token you provided is invalid.")
	case errors.Is(err, sts.ErrExpired):
		return "", refuse(http.StatusForbidden, "SecurityTokenExpired", "The security token you provided has expired.")
	case err != nil:
		return "", err
	}
	return secret, nil
}

// permit tells whether a call's signer may do it: RAM's actions are named like
// the operations, with few exceptions.
func (s *Service) permit(c *call, o operation) error {
	action := map[string]string{
		"CopyObject": "PutObject", "HeadObject": "GetObject", "GetObjectMeta": "GetObject",
		"ListObjectsV2": "ListObjects", "DeleteMultipleObjects": "DeleteObject",
	}[o.name]
	allowed := s.options.Account.Allows(c.keyID, "oss:"+cmp.Or(action, o.name), c.resource())
	// A source that can't be read is refused by the operation.
	if source := c.Header.Get(copySourceHeader); allowed && source != "" {
		name, err := url.PathUnescape(strings.TrimPrefix(source, "/"))
		allowed = err != nil || s.options.Account.Allows(c.keyID, "oss:GetObject", name)
	}
	if !allowed {
		return refuse(http.StatusForbidden, "AccessDenied", "You have no right to access this object because of bucket acl or RAM policy.")
	}
	return nil
}

// compare takes constant time, whatever the signatures are.
func compare(want, got, keyID, stringToSign, ec string) error {
	if hmac.Equal([]byte(want), []byte(got)) {
		return nil
	}
	e := refuse(http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	e.ec = ec
	return e.with("OSSAccessKeyId", keyID).with("SignatureProvided", got).with("StringToSign", stringToSign)
}

// checkSkew compares the date of a request signed in its header with the clock.
func checkSkew(date, now time.Time) error {
	if date.Before(now.Add(-maxSkew)) || date.After(now.Add(maxSkew)) {
		e := refuse(http.StatusForbidden, "RequestTimeTooSkewed",
			"The difference between the request time and the current time is too large.")
		e.ec = "0002-00000504"
		return e.with("RequestTime", timestamp(date)).with("ServerTime", timestamp(now))
	}
	return nil
}

// expired is the answer to a URL after its time.
func expired(expires, now time.Time, ec string) error {
	e := refuse(http.StatusForbidden, "AccessDenied", "Request has expired.")
	e.ec = ec
	return e.with("Expires", timestamp(expires)).with("ServerTime", timestamp(now))
}

// timestamp writes a time as the service's XML does.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
