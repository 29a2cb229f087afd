package control

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// maxSkew is how far a call's date may be from the service's clock.
const maxSkew = 15 * time.Minute

// authorization reads what a call says of its signer, and returns what is left
// to check when its body is there.
func (s *Service) authorization(c *call) (verify func(*call) error, err error) {
	header := c.Header.Get("Authorization")
	older := strings.HasPrefix(c.URL.Path, "/2016-08-15/")
	switch {
	case header == "":
		return nil, refuse(http.StatusBadRequest, "MissingRequiredHeader", "required HTTP header Authorization was not specified")
	case older && strings.HasPrefix(header, "FC "):
		return s.readFC(c, strings.TrimPrefix(header, "FC "))
	case !older && strings.HasPrefix(header, algorithmACS3+" "):
		return s.readACS3(c, strings.TrimPrefix(header, algorithmACS3+" "))
	}
	return nil, invalid("the Authorization header does not have a scheme that this API takes")
}

// secret returns the secret of an access key presented with a token.
func (s *Service) secret(id, token string) (string, error) {
	secret, err := s.cloud.Account.Secret(id, token)
	switch {
	case errors.Is(err, sts.ErrUnknownKey):
		return "", refuse(http.StatusForbidden, "InvalidAccessKeyID", "invalid access key ID '%s'", id)
	case err != nil: // the code is a guess
		return "", refuse(http.StatusForbidden, "InvalidSecurityToken", "%v", err)
	}
	return secret, nil
}

// permit tells whether the signer may do an operation. RAM's actions are named
// like the operations.
func (s *Service) permit(c *call, operation, function string) error {
	if s.cloud.Account.Allows(c.key, "fc:"+operation, "functions/"+function) {
		return nil
	}
	return refuse(http.StatusForbidden, "AccessDenied",
		"the caller is not authorized to perform 'fc:%s' on resource '%s'", operation, s.arn(function))
}

// checkDate compares a call's date with the clock. The code is a guess.
func (c *call) checkDate(header, layout string) error {
	text := c.Header.Get(header)
	if text == "" {
		return refuse(http.StatusBadRequest, "MissingRequiredHeader", "required HTTP header %s was not specified", header)
	}
	date, err := time.Parse(layout, text)
	if err != nil {
		return invalid("%s %q is not a date in the form %s", header, text, layout)
	}
	if date.Before(c.now.Add(-maxSkew)) || date.After(c.now.Add(maxSkew)) {
		return refuse(http.StatusForbidden, "AccessDenied", "%s %s is more than %v from the server's time %s",
			header, text, maxSkew, c.now.Format(time.RFC3339))
	}
	return nil
}

// compare takes constant time, whatever the signatures are.
func compare(want, got string) error {
	if hmac.Equal([]byte(want), []byte(got)) {
		return nil
	}
	return refuse(http.StatusForbidden, "SignatureNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your access key and signing method.")
}

func sign(secret, text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func hexHash[T string | []byte](data T) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// readFC reads the signature of API version 2016-08-15, ID:SIGNATURE, as
// @alicloud/fc2 makes it (lib/helper.js). The account's number is signed too.
func (s *Service) readFC(c *call, credential string) (func(*call) error, error) {
	id, signature, _ := strings.Cut(credential, ":")
	c.key = id
	secret, err := s.secret(id, c.Header.Get("X-Fc-Security-Token"))
	if err != nil {
		return nil, err
	}
	if err := c.checkDate("Date", http.TimeFormat); err != nil {
		return nil, err
	}
	if account := c.Header.Get("X-Fc-Account-Id"); account != s.cloud.AccountID {
		return nil, refuse(http.StatusForbidden, "AccessDenied", "the access key is not one of account '%s'", account)
	}
	return func(c *call) error {
		if len(c.body) > 0 {
			return invalid("this call takes no body")
		}
		text := c.Method + "\n" + c.Header.Get("Content-Md5") + "\n" + c.Header.Get("Content-Type") + "\n" +
			c.Header.Get("Date") + "\n" + canonicalHeaders(c, headersWith(c, "x-fc-")) + c.URL.Path
		return compare(base64.StdEncoding.EncodeToString(sign(secret, text)), signature)
	}, nil
}
