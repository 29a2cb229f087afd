package oss

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	algorithmV4   = "OSS4-HMAC-SHA256"
	terminatorV4  = "aliyun_v4_request"
	dateFormatV4  = "20060102T150405Z"
	unsignedBody  = "UNSIGNED-PAYLOAD"
	maxExpiration = 7 * 24 * time.Hour
)

// signatureV4 is what a request says about its own signature.
type signatureV4 struct {
	keyID      string
	token      string
	day        string // the first part of the scope, 20060102
	region     string
	date       string // as it is signed
	time       time.Time
	expires    time.Duration // of a URL
	additional []string      // headers signed beside those that always are
	signature  string
}

// parseV4Header reads a signature from the Authorization header:
//
//	OSS4-HMAC-SHA256 Credential=ID/DAY/REGION/oss/aliyun_v4_request,AdditionalHeaders=a;b,Signature=HEX
func parseV4Header(h http.Header) (*signatureV4, error) {
	fields := make(map[string]string)
	for field := range strings.SplitSeq(strings.TrimPrefix(h.Get("Authorization"), algorithmV4+" "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		if _, twice := fields[name]; twice {
			return nil, invalidArgument("The Authorization header has %q twice.", name)
		}
		fields[name] = value
	}
	v := &signatureV4{
		token:     h.Get("x-oss-security-token"),
		signature: fields["Signature"],
		date:      h.Get("x-oss-date"),
	}
	format := dateFormatV4
	if v.date == "" {
		v.date, format = h.Get("Date"), http.TimeFormat
	}
	if body := h.Get("x-oss-content-sha256"); body != unsignedBody {
		return nil, invalidArgument("x-oss-content-sha256 must be %s, not %q.", unsignedBody, body)
	}
	return v, v.parse(format, fields["Credential"], fields["AdditionalHeaders"])
}

// parseV4Query reads a signature from a URL.
func parseV4Query(q url.Values) (*signatureV4, error) {
	if version := q.Get("x-oss-signature-version"); version != algorithmV4 {
		return nil, invalidArgument("x-oss-signature-version must be %s, not %q.", algorithmV4, version)
	}
	seconds, err := strconv.ParseInt(q.Get("x-oss-expires"), 10, 64)
	if err != nil || seconds < 0 || seconds > int64(maxExpiration/time.Second) {
		e := invalidArgument("x-oss-expires must be a number of seconds, at most %d, not %q.",
			maxExpiration/time.Second, q.Get("x-oss-expires"))
		e.ec = "0002-00000070"
		return nil, e
	}
	v := &signatureV4{
		token:     q.Get("x-oss-security-token"),
		signature: q.Get("x-oss-signature"),
		date:      q.Get("x-oss-date"),
		expires:   time.Duration(seconds) * time.Second,
	}
	return v, v.parse(dateFormatV4, q.Get("x-oss-credential"), q.Get("x-oss-additional-headers"))
}

// parse reads the parts that a header and a URL have in common.
func (v *signatureV4) parse(dateFormat, credential, additional string) error {
	var err error
	if v.time, err = time.Parse(dateFormat, v.date); err != nil {
		return refuse(http.StatusForbidden, "AccessDenied", "The date of the request, %q, is missing or malformed.", v.date)
	}
	if err := v.parseCredential(credential); err != nil {
		return err
	}
	if additional != "" {
		v.additional = strings.Split(additional, ";")
	}
	if v.signature == "" {
		return invalidArgument("The signature is missing.")
	}
	return nil
}

// parseCredential reads ID/DAY/REGION/oss/aliyun_v4_request.
func (v *signatureV4) parseCredential(credential string) error {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[3] != "oss" || parts[4] != terminatorV4 {
		return invalidArgument("The credential must be ID/DAY/REGION/oss/%s, not %q.", terminatorV4, credential)
	}
	v.keyID, v.day, v.region = parts[0], parts[1], parts[2]
	if v.day != v.time.Format("20060102") {
		e := invalidArgument("The credential's day is %q, but the request is of %q.", v.day, v.date)
		e.ec = "0002-00000223"
		return e
	}
	return nil
}
