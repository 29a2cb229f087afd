package oss

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strings"
)

type listResult struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name                  string
	Prefix                string
	StartAfter            string `xml:",omitempty"`
	ContinuationToken     string `xml:",omitempty"`
	MaxKeys               int
	Delimiter             string
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	NextContinuationToken string         `xml:",omitempty"`
	Contents              []listedObject `xml:"Contents"`
	CommonPrefixes        []commonPrefix `xml:"CommonPrefixes"`
	KeyCount              int
}

type listedObject struct {
	Key          string
	LastModified string
	ETag         string
	Type         string
	Size         int64
	StorageClass string
	Owner        *owner `xml:",omitempty"`
}

type commonPrefix struct{ Prefix string }

// listing is the walk that makes one page.
type listing struct {
	*shelf
	prefix, delimiter string
	limit             int
	owner             *owner
	encode            func(string) string

	page listResult
}

// listObjects serves ListObjectsV2.
func (s *Service) listObjects(w http.ResponseWriter, c *call) error {
	q := c.query
	limit, err := maxKeys(c)
	if err != nil {
		return err
	}
	encode, err := keyEncoder(q.Get("encoding-type"))
	if err != nil {
		return err
	}
	start, err := listStart(q.Get("start-after"), q.Get("continuation-token"))
	if err != nil {
		return err
	}
	l := listing{prefix: q.Get("prefix"), delimiter: q.Get("delimiter"), limit: limit, encode: encode}
	if q.Get("fetch-owner") == "true" {
		everyone := account()
		l.owner = &everyone
	}
	err = s.catalog.view(c.bucket, c.now, func(sh *shelf) error {
		l.shelf = sh
		return l.walk(max(start, l.prefix))
	})
	if err != nil {
		return err
	}
	l.page.Name, l.page.MaxKeys, l.page.EncodingType = c.bucket, limit, q.Get("encoding-type")
	l.page.Prefix, l.page.Delimiter = encode(l.prefix), encode(l.delimiter)
	l.page.StartAfter, l.page.ContinuationToken = encode(q.Get("start-after")), q.Get("continuation-token")
	return s.writeXML(w, c, l.page)
}

// listStart returns the first key that a page may have.
func listStart(after, token string) (string, error) {
	if token != "" {
		next, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return "", invalidArgument("The continuation token %q is incorrect.", token)
		}
		return string(next), nil
	}
	if after == "" {
		return "", nil
	}
	return after + "\x00", nil
}

// walk fills the page from start on.
func (l *listing) walk(start string) error {
	cursor := l.objects.Cursor()
	key, value := cursor.Seek([]byte(start))
	for key != nil && bytes.HasPrefix(key, []byte(l.prefix)) {
		o, err := decodeObject(string(key), value)
		if err != nil {
			return err
		}
		if expiredBy(l.rules, string(key), o.Modified, l.now) {
			key, value = cursor.Next()
			continue
		}
		if l.page.KeyCount == l.limit {
			l.page.IsTruncated = true
			l.page.NextContinuationToken = base64.RawURLEncoding.EncodeToString(key)
			return nil
		}
		l.page.KeyCount++
		if group := l.group(string(key)); group != "" {
			l.page.CommonPrefixes = append(l.page.CommonPrefixes, commonPrefix{l.encode(group)})
			key, value = cursor.Seek(afterPrefix(group))
			continue
		}
		l.add(string(key), o)
		key, value = cursor.Next()
	}
	return nil
}

// group returns the common prefix that a key is listed under, or "".
func (l *listing) group(key string) string {
	if l.delimiter == "" {
		return ""
	}
	rest := key[len(l.prefix):]
	if i := strings.Index(rest, l.delimiter); i >= 0 {
		return key[:len(l.prefix)+i+len(l.delimiter)]
	}
	return ""
}

func (l *listing) add(key string, o *object) {
	l.page.Contents = append(l.page.Contents, listedObject{
		Key: l.encode(key), LastModified: timestamp(o.Modified), ETag: etag(o),
		Type: "Normal", Size: o.Size, StorageClass: "Standard", Owner: l.owner,
	})
}

// afterPrefix returns what sorts behind all that begin with prefix. Keys are
// UTF-8: no byte of theirs is 0xFF.
func afterPrefix(prefix string) []byte { return append([]byte(prefix), 0xFF) }
