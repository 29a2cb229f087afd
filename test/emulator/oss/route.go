package oss

import (
	"net/http"
	"slices"
	"strings"
)

// operation is one of the service's, by the name that its documentation uses.
type operation struct {
	name   string
	handle func(*Service, http.ResponseWriter, *call) error
}

// target is what an operation works on, with the parameter that selects it.
type target struct {
	method      string
	object      bool   // an object; else a bucket
	subresource string // such as lifecycle; "" for the thing itself
}

// operations is a constant table.
var operations = map[target]operation{
	{http.MethodPut, false, ""}:              {"PutBucket", (*Service).putBucket},
	{http.MethodDelete, false, ""}:           {"DeleteBucket", (*Service).deleteBucket},
	{http.MethodGet, false, "bucketInfo"}:    {"GetBucketInfo", (*Service).getBucketInfo},
	{http.MethodPut, false, "acl"}:           {"PutBucketAcl", (*Service).putBucketACL},
	{http.MethodPut, false, "encryption"}:    {"PutBucketEncryption", (*Service).putEncryption},
	{http.MethodPut, false, "versioning"}:    {"PutBucketVersioning", (*Service).putVersioning},
	{http.MethodPut, false, "lifecycle"}:     {"PutBucketLifecycle", (*Service).putLifecycle},
	{http.MethodGet, false, "lifecycle"}:     {"GetBucketLifecycle", (*Service).getLifecycle},
	{http.MethodDelete, false, "lifecycle"}:  {"DeleteBucketLifecycle", (*Service).deleteLifecycle},
	{http.MethodGet, false, "list-type"}:     {"ListObjectsV2", (*Service).listObjects},
	{http.MethodPost, false, "delete"}:       {"DeleteMultipleObjects", (*Service).deleteObjects},
	{http.MethodPut, true, ""}:               {"PutObject", (*Service).putObject},
	{http.MethodPut, true, copySourceHeader}: {"CopyObject", (*Service).copyObject},
	{http.MethodGet, true, ""}:               {"GetObject", (*Service).getObject},
	{http.MethodHead, true, ""}:              {"HeadObject", (*Service).headObject},
	{http.MethodHead, true, "objectMeta"}:    {"GetObjectMeta", (*Service).getObjectMeta},
	{http.MethodDelete, true, ""}:            {"DeleteObject", (*Service).deleteObject},
}

// route selects the operation.
func route(c *call) (operation, error) {
	if c.bucket == "" {
		if c.Method == http.MethodGet {
			return operation{"ListBuckets", (*Service).listBuckets}, nil
		}
		return operation{}, methodNotAllowed(c)
	}
	if err := checkHeaders(c.Header); err != nil {
		return operation{}, err
	}
	selected := selectors(c)
	o, ok := operations[target{c.Method, c.key != "", selected}]
	switch {
	case ok:
		return o, nil
	case selected != "":
		return operation{}, notImplemented(c.Method + " with " + selected)
	case c.key == "" && c.Method == http.MethodGet:
		return operation{}, notImplemented("ListObjects without list-type=2")
	}
	return operation{}, methodNotAllowed(c)
}

// selectors returns what makes the call another operation than the plain one,
// or "". Several, as in the upload of a part, are joined by "&".
func selectors(c *call) string {
	var names []string
	for name := range c.query {
		if subresources[name] || name == "list-type" {
			names = append(names, name)
		}
	}
	if c.Header.Get(copySourceHeader) != "" {
		names = append(names, copySourceHeader)
	}
	slices.Sort(names)
	return strings.Join(names, "&")
}

// checkHeaders refuses x-oss-* headers that would have no effect here.
func checkHeaders(h http.Header) error {
	for name := range h {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, "x-oss-") || strings.HasPrefix(lower, "x-oss-meta-") {
			continue
		}
		if allowed, ok := understoodHeaders[lower]; !ok || allowed != "" && allowed != h.Get(name) {
			return notImplemented("the header " + lower + ": " + h.Get(name))
		}
	}
	return nil
}

// understoodHeaders are those that the operations know, with the only value
// that they may have, or "" for any. It is a constant table.
var understoodHeaders = map[string]string{
	"x-oss-acl":                             "",
	"x-oss-callback":                        "",
	"x-oss-callback-var":                    "",
	"x-oss-content-sha256":                  "",
	"x-oss-copy-source":                     "",
	"x-oss-copy-source-if-match":            "",
	"x-oss-copy-source-if-modified-since":   "",
	"x-oss-copy-source-if-none-match":       "",
	"x-oss-copy-source-if-unmodified-since": "",
	"x-oss-date":                            "",
	"x-oss-forbid-overwrite":                "",
	"x-oss-metadata-directive":              "",
	"x-oss-object-acl":                      "default",
	"x-oss-range-behavior":                  "",
	"x-oss-security-token":                  "",
	"x-oss-storage-class":                   "Standard",
}

func methodNotAllowed(c *call) *apiError {
	return refuse(http.StatusMethodNotAllowed, "MethodNotAllowed",
		"The specified method is not allowed against this resource.").with("Method", c.Method)
}
