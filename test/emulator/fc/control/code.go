package control

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// maxCode is the size of the largest code package, in bytes; the vendor
// documents it.
const maxCode = 500 << 20

// location says where a function's code comes from: an object, or the package
// itself in base64.
type location struct {
	Bucket   string `json:"ossBucketName"`
	Object   string `json:"ossObjectName"`
	ZipFile  string `json:"zipFile"`
	Checksum string `json:"checksum"` // of CRC-64, "" for none
}

// pack is code that was fetched, kept and unpacked, but is in nobody's service.
type pack struct {
	code   code
	folder *folder
}

// tempBucketToken answers where to upload a package, and credentials for it.
func (s *Service) tempBucketToken(*call) (any, error) {
	keys := s.cloud.Account.Assume(s.uploader(), time.Hour)
	return map[string]any{
		"credentials": map[string]string{
			"AccessKeyId": keys.AccessKeyID, "AccessKeySecret": keys.AccessKeySecret,
			"SecurityToken": keys.SecurityToken, "Expiration": keys.Expires.UTC().Format(time.RFC3339),
		},
		"ossBucket": s.bucket.BucketName, "ossRegion": "oss-" + s.cloud.Region, "objectName": newID(),
	}, nil
}

// fetch takes a package in: what the caller refers to may go away at any time.
func (s *Service) fetch(ctx context.Context, function string, at *location) (*pack, error) {
	file, err := os.CreateTemp(s.codeDir, "package-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // or by the next Open
	defer file.Close()           //nolint:errcheck // it was only read since
	from, err := s.read(ctx, at)
	if err != nil {
		return nil, err
	}
	defer from.Close() //nolint:errcheck
	c := code{Object: "functions/" + function + "/" + newID() + ".zip"}
	if c.Checksum, c.Size, err = save(file, from); err != nil {
		return nil, err
	}
	if at.Checksum != "" && at.Checksum != c.Checksum {
		return nil, invalid("code checksum is %s, not %s", c.Checksum, at.Checksum)
	}
	p, err := s.unpack(file.Name(), function, c)
	if err != nil {
		return nil, err
	}
	if err := s.bucket.PutObjectFromFile(c.Object, file.Name(), oss.WithContext(ctx)); err != nil {
		s.discard(p)
		return nil, fmt.Errorf("keep code of function %s: %w", function, err)
	}
	return p, nil
}

func (s *Service) read(ctx context.Context, at *location) (io.ReadCloser, error) {
	switch {
	case at.ZipFile != "":
		return io.NopCloser(base64.NewDecoder(base64.StdEncoding, strings.NewReader(at.ZipFile))), nil
	case at.Bucket == "" || at.Object == "":
		return nil, invalid("Either ossBucketName/ossObjectName or zipFile must be set")
	}
	bucket, err := s.storage.Bucket(at.Bucket)
	if err != nil {
		return nil, invalid("code: %v", err)
	}
	body, err := bucket.GetObject(at.Object, oss.WithContext(ctx))
	var refused oss.ServiceError
	if errors.As(err, &refused) && refused.StatusCode < http.StatusInternalServerError {
		return nil, invalid("code: %s/%s can't be read: %s", at.Bucket, at.Object, refused.Code)
	}
	return body, err
}

// save writes a package to a file and returns its CRC-64 and size.
func save(file *os.File, from io.Reader) (checksum string, size int64, err error) {
	crc := crc64.New(crc64.MakeTable(crc64.ECMA))
	size, err = io.Copy(io.MultiWriter(file, crc), io.LimitReader(from, maxCode+1))
	var notBase64 base64.CorruptInputError
	if errors.As(err, &notBase64) {
		return "", 0, invalid("code: zipFile is not base64: %v", err)
	}
	if err == nil && size > maxCode {
		return "", 0, invalid("code has more than %d bytes", maxCode)
	}
	return strconv.FormatUint(crc.Sum64(), 10), size, err
}

// load fetches the code of a stored function.
func (s *Service) load(ctx context.Context, function string, c code) (*pack, error) {
	file, err := os.CreateTemp(s.codeDir, "package-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // or by the next Open
	if err := file.Close(); err != nil {
		return nil, err
	}
	if err := s.bucket.GetObjectToFile(c.Object, file.Name(), oss.WithContext(ctx)); err != nil {
		return nil, fmt.Errorf("its code: %w", err)
	}
	return s.unpack(file.Name(), function, c)
}

// unpack makes a folder of a package.
func (s *Service) unpack(file, function string, c code) (*pack, error) {
	dir, err := os.MkdirTemp(s.codeDir, function+"-")
	if err != nil {
		return nil, err
	}
	if err := unzip(file, dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &pack{code: c, folder: &folder{path: dir}}, nil
}

// discard removes a package that did not come into service; nil is none.
func (s *Service) discard(p *pack) {
	if p == nil {
		return
	}
	os.RemoveAll(p.folder.path) //nolint:errcheck // at the latest by the next Open
	s.deleteCode(p.code)
}

// deleteCode removes a package that nobody needs. What can't be removed only
// takes up room.
func (s *Service) deleteCode(c code) {
	if err := s.bucket.DeleteObject(c.Object); err != nil {
		s.cloud.Log.Warn("code not removed", "object", c.Object, "error", err)
	}
}

// getFunctionCode answers GET /functions/{function}/code with an address that
// is good for ten minutes.
func (s *Service) getFunctionCode(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	_, code, err := f.qualified(c.URL.Query().Get("qualifier"))
	if err != nil {
		return nil, err
	}
	url, err := s.bucket.SignURL(code.Object, oss.HTTPGet, 600)
	if err != nil {
		return nil, err
	}
	return map[string]string{"checksum": code.Checksum, "url": url}, nil
}
