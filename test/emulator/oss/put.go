package oss

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash/crc64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	maxObject       = 5 << 30 // in one PUT
	maxUserMetadata = 8 << 10 // names and values together
	userMetadata    = "X-Oss-Meta-"
)

// storedHeaders are kept with an object and returned with it, as is user
// metadata. It is a constant table.
var storedHeaders = []string{
	"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
}

func (s *Service) putObject(w http.ResponseWriter, c *call) error {
	callback, err := parseCallback(c)
	if err != nil {
		return err
	}
	headers, err := objectHeaders(c.Header)
	if err != nil {
		return err
	}
	o, err := s.receive(c)
	if err != nil {
		return err
	}
	o.Headers = headers
	if err := s.store(c, o, "PutObject"); err != nil {
		return err
	}
	setHashes(w.Header(), o)
	if callback == nil {
		w.Header().Set("Content-Length", "0")
		return nil
	}
	return s.answerWithCallback(w, c, o, callback)
}

// receive streams the request's body into a new one, hashing it on its way.
func (s *Service) receive(c *call) (*object, error) {
	want, err := contentMD5(c.Header)
	if err != nil {
		return nil, err
	}
	if c.ContentLength > maxObject {
		return nil, entityTooLarge(c.ContentLength)
	}
	// The bucket is looked for again when the object is stored.
	if err := s.catalog.view(c.bucket, c.now, func(*shelf) error { return nil }); err != nil {
		return nil, err
	}
	body, err := s.bodies.create()
	if err != nil {
		return nil, err
	}
	o, err := hashInto(body, c.Body)
	if err == nil && want != nil && !bytes.Equal(want, o.MD5) {
		err = refuse(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified did not match what we received.").
			with("ClientContentMD5", c.Header.Get("Content-MD5"))
	}
	if err != nil {
		return nil, errors.Join(err, body.abort())
	}
	o.Modified = c.now
	o.Body, err = body.commit()
	return o, err
}

// hashInto copies a request's body until its end.
func hashInto(dst io.Writer, src io.Reader) (*object, error) {
	sum := md5.New()
	crc := crc64.New(crc64.MakeTable(crc64.ECMA))
	n, err := io.Copy(io.MultiWriter(dst, sum, crc), io.LimitReader(upload{src}, maxObject+1))
	if err != nil {
		return nil, err
	}
	if n > maxObject {
		return nil, entityTooLarge(n)
	}
	return &object{Size: n, MD5: sum.Sum(nil), CRC64: crc.Sum64()}, nil
}

// upload reads a request's body. One that breaks off is the client's fault, not
// the service's.
type upload struct{ body io.Reader }

func (u upload) Read(p []byte) (int, error) {
	n, err := u.body.Read(p)
	if err != nil && err != io.EOF {
		err = refuse(http.StatusBadRequest, "IncompleteBody", "The body could not be read to its end: %v.", err)
	}
	return n, err
}

func entityTooLarge(size int64) *apiError {
	return refuse(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.").
		with("MaxSizeAllowed", strconv.Itoa(maxObject)).with("ProposedSize", strconv.FormatInt(size, 10))
}

// contentMD5 returns the hash that a request announces, or nil.
func contentMD5(h http.Header) ([]byte, error) {
	value := h.Get("Content-MD5")
	if value == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(sum) != md5.Size {
		return nil, refuse(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified is not valid.").
			with("ClientContentMD5", value)
	}
	return sum, nil
}

// objectHeaders picks what is kept with an object.
func objectHeaders(h http.Header) (map[string]string, error) {
	kept := make(map[string]string)
	size := 0
	for name := range h {
		user := strings.HasPrefix(name, userMetadata)
		if user {
			size += len(name) - len(userMetadata) + len(h.Get(name))
		}
		if user || slices.Contains(storedHeaders, name) {
			kept[name] = h.Get(name)
		}
	}
	if size > maxUserMetadata {
		return nil, refuse(http.StatusBadRequest, "MetadataTooLarge",
			"The user metadata has %d bytes, more than the %d allowed.", size, maxUserMetadata)
	}
	if kept["Content-Type"] == "" {
		kept["Content-Type"] = "application/octet-stream"
	}
	return kept, nil
}

func hexMD5(o *object) string { return strings.ToUpper(hex.EncodeToString(o.MD5)) }

func etag(o *object) string { return `"` + hexMD5(o) + `"` }

// setHashes sets what an answer says about an object's bytes.
func setHashes(h http.Header, o *object) {
	h.Set("ETag", etag(o))
	h.Set("Content-MD5", base64.StdEncoding.EncodeToString(o.MD5))
	h.Set("x-oss-hash-crc64ecma", strconv.FormatUint(o.CRC64, 10))
}
