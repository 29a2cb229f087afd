package oss

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
)

const copySourceHeader = "x-oss-copy-source"

type copyResult struct {
	XMLName      xml.Name `xml:"CopyObjectResult"`
	ETag         string
	LastModified string
}

func (s *Service) copyObject(w http.ResponseWriter, c *call) error {
	bucket, key, err := parseCopySource(c.Header.Get(copySourceHeader))
	if err != nil {
		return err
	}
	headers, err := objectHeaders(c.Header)
	if err != nil {
		return err
	}
	replace, err := replacesMetadata(c.Header.Get("x-oss-metadata-directive"))
	if err != nil {
		return err
	}
	o, err := s.duplicate(c, bucket, key)
	if err != nil {
		return err
	}
	if replace {
		o.Headers = headers
	}
	o.Modified = c.now
	if err := s.store(c, o, "CopyObject"); err != nil {
		return err
	}
	setHashes(w.Header(), o)
	w.Header().Del("Content-MD5") // it would be that of the answer
	return s.writeXML(w, c, copyResult{ETag: etag(o), LastModified: timestamp(o.Modified)})
}

// duplicate returns an object with a body of its own, if the conditions hold.
func (s *Service) duplicate(c *call, bucket, key string) (*object, error) {
	s.removal.RLock()
	defer s.removal.RUnlock()
	o, err := s.catalog.find(bucket, key, c.now)
	if err != nil {
		return nil, err
	}
	if err := copyConditions(c.Header).check(o); err != nil {
		return nil, err
	}
	o.Body, err = s.bodies.link(o.Body)
	return o, err
}

// parseCopySource reads /bucket/key. The key is escaped as in a query, with
// "+" for a space: that is what the SDK sends.
func parseCopySource(source string) (bucket, key string, err error) {
	path, version, _ := strings.Cut(source, "?")
	bucket, key, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if version != "" {
		return "", "", notImplemented("versions of objects")
	}
	if key, err = url.QueryUnescape(key); err != nil || !found || key == "" || !validBucket(bucket) {
		return "", "", invalidArgument("x-oss-copy-source must be /bucket/key, not %q.", source)
	}
	return bucket, key, checkKey(key)
}

func replacesMetadata(directive string) (bool, error) {
	switch strings.ToUpper(directive) {
	case "", "COPY":
		return false, nil
	case "REPLACE":
		return true, nil
	}
	return false, invalidArgument("x-oss-metadata-directive must be COPY or REPLACE, not %q.", directive)
}
