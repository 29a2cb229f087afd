package oss

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"io"
	"net/http"
)

// maxXML is the largest XML document that a request may have.
const maxXML = 2 << 20

// readXML decodes a request's body and checks its Content-MD5. It leaves v as
// it is when there is no body.
func readXML(c *call, v any) error {
	want, err := contentMD5(c.Header)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(upload{c.Body}, maxXML+1))
	if err != nil {
		return err
	}
	if len(body) > maxXML {
		return entityTooLarge(int64(len(body)))
	}
	if sum := md5.Sum(body); want != nil && !bytes.Equal(want, sum[:]) {
		return refuse(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified did not match what we received.")
	}
	if len(body) == 0 {
		return nil
	}
	if err := xml.Unmarshal(body, v); err != nil {
		return malformedXML("The XML you provided was not well-formed: %v.", err)
	}
	return nil
}

func malformedXML(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "MalformedXML", format, args...)
}

// keyEncoder returns how keys are written into an answer.
func keyEncoder(encodingType string) (func(string) string, error) {
	switch encodingType {
	case "":
		return func(key string) string { return key }, nil
	case "url":
		return escape, nil
	}
	return nil, invalidArgument("encoding-type must be url, not %q.", encodingType)
}
