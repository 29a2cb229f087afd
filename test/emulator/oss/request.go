package oss

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// call is one request, taken apart.
type call struct {
	*http.Request
	id     string
	keyID  string    // of the access key that signed it
	now    time.Time // by the service's clock
	bucket string    // "" for the service itself
	key    string    // "" for the bucket itself
	query  url.Values
}

// maxKey is the length of the longest object key, in bytes.
const maxKey = 1023

func newRequestID() string {
	var id [12]byte
	rand.Read(id[:])
	return strings.ToUpper(hex.EncodeToString(id[:]))
}

// parse finds out what the request is about.
func (c *call) parse() error {
	var err error
	if c.query, err = url.ParseQuery(c.URL.RawQuery); err != nil {
		return invalidArgument("The query string can't be parsed: %v.", err)
	}
	if err := c.parsePath(); err != nil {
		return err
	}
	if c.bucket != "" && !validBucket(c.bucket) {
		return refuse(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid.").
			with("BucketName", c.bucket)
	}
	return checkKey(c.key)
}

// parsePath works on the escaped path: a key's slashes may come as %2F.
func (c *call) parsePath() error {
	path := strings.TrimPrefix(c.URL.EscapedPath(), "/")
	c.bucket = bucketOfHost(c.Host)
	if c.bucket == "" {
		c.bucket, path, _ = strings.Cut(path, "/")
	}
	key, err := url.PathUnescape(path)
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidURI", "The path can't be unescaped: %v.", err)
	}
	c.key = key
	return nil
}

// bucketOfHost returns the bucket in a virtual-host style address:
// bucket.oss-region.aliyuncs.com, bucket.oss.example or bucket.localhost. Every
// other host, an IP address too, is the service's own: there the path begins
// with the bucket.
func bucketOfHost(host string) string {
	bucket, endpoint, found := strings.Cut(strings.ToLower(host), ".")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(endpoint, ":")
	if name != "localhost" && !strings.HasPrefix(name, "oss-") && !strings.HasPrefix(name, "oss.") {
		return ""
	}
	return bucket
}

// validBucket tells whether a name is 3 to 63 lower-case letters, digits and
// dashes that do not begin or end with a dash.
func validBucket(name string) bool {
	if len(name) < 3 || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

func checkKey(key string) error {
	switch {
	case len(key) > maxKey:
		return refuse(http.StatusBadRequest, "InvalidObjectName", "The length of object name must be less than 1024.")
	case !utf8.ValidString(key), strings.HasPrefix(key, "/"), strings.HasPrefix(key, `\`):
		return refuse(http.StatusBadRequest, "InvalidObjectName", "The specified object is not valid.")
	}
	return nil
}

// resource is the name that fault rules know the call by.
func (c *call) resource() string {
	if c.key == "" {
		return c.bucket
	}
	return c.bucket + "/" + c.key
}
