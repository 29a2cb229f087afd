package oss

import (
	"net/http"
	"strings"
	"time"
)

// conditions are the four that GET, HEAD and, with other names, a copy's
// source know. Empty ones hold.
type conditions struct {
	ifMatch, ifNoneMatch               string
	ifModifiedSince, ifUnmodifiedSince string
}

func readConditions(h http.Header) conditions {
	return conditions{
		h.Get("If-Match"), h.Get("If-None-Match"),
		h.Get("If-Modified-Since"), h.Get("If-Unmodified-Since"),
	}
}

func copyConditions(h http.Header) conditions {
	return conditions{
		h.Get("x-oss-copy-source-if-match"), h.Get("x-oss-copy-source-if-none-match"),
		h.Get("x-oss-copy-source-if-modified-since"), h.Get("x-oss-copy-source-if-unmodified-since"),
	}
}

// check fails with 412 or 304.
func (c conditions) check(o *object) error {
	modified := o.Modified.Truncate(time.Second)
	switch {
	case c.ifMatch != "" && !matches(c.ifMatch, o):
		return preconditionFailed("If-Match")
	case after(modified, c.ifUnmodifiedSince):
		return preconditionFailed("If-Unmodified-Since")
	case c.ifNoneMatch != "" && matches(c.ifNoneMatch, o), notAfter(modified, c.ifModifiedSince):
		return refuse(http.StatusNotModified, "NotModified", "The object was not modified.")
	}
	return nil
}

// matches compares with an ETag, with or without its quotes.
func matches(tag string, o *object) bool {
	return tag == "*" || strings.Trim(tag, `"`) == hexMD5(o)
}

// after and notAfter are false when the date is absent or malformed.
func after(t time.Time, date string) bool {
	limit, err := http.ParseTime(date)
	return err == nil && t.After(limit)
}

func notAfter(t time.Time, date string) bool {
	limit, err := http.ParseTime(date)
	return err == nil && !t.After(limit)
}
