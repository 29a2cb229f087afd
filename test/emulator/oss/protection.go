package oss

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"

	"go.etcd.io/bbolt"
)

// putBucketACL keeps who may read a bucket. Calls without a signature are
// refused here whatever it says.
func (s *Service) putBucketACL(_ http.ResponseWriter, c *call) error {
	acl, err := readACL(c)
	if err != nil {
		return err
	}
	return s.setBucket(c, func(b *bucketRecord) { b.ACL = acl })
}

// readACL returns who may read a bucket: private unless told.
func readACL(c *call) (string, error) {
	acl := cmp.Or(c.Header.Get("x-oss-acl"), "private")
	if !slices.Contains([]string{"private", "public-read", "public-read-write"}, acl) {
		return "", invalidArgument("x-oss-acl must be private, public-read or public-read-write, not %q.", acl)
	}
	return acl, nil
}

// putEncryption keeps how a bucket encrypts; nothing is encrypted here.
func (s *Service) putEncryption(_ http.ResponseWriter, c *call) error {
	var config struct {
		XMLName   xml.Name `xml:"ServerSideEncryptionRule"`
		Algorithm string   `xml:"ApplyServerSideEncryptionByDefault>SSEAlgorithm"`
	}
	if err := readXML(c, &config); err != nil {
		return err
	}
	if config.Algorithm != "AES256" && config.Algorithm != "KMS" {
		return invalidArgument("SSEAlgorithm must be AES256 or KMS, not %q.", config.Algorithm)
	}
	return s.setBucket(c, func(b *bucketRecord) { b.Encryption = config.Algorithm })
}

// putVersioning keeps whether a bucket has versions; no object has any here.
func (s *Service) putVersioning(_ http.ResponseWriter, c *call) error {
	var config struct {
		XMLName xml.Name `xml:"VersioningConfiguration"`
		Status  string
	}
	if err := readXML(c, &config); err != nil {
		return err
	}
	if config.Status != "Enabled" && config.Status != "Suspended" {
		return malformedXML("Status must be Enabled or Suspended, not %q.", config.Status)
	}
	return s.setBucket(c, func(b *bucketRecord) { b.Versioning = config.Status })
}

// setBucket changes what is kept of a bucket.
func (s *Service) setBucket(c *call, set func(*bucketRecord)) error {
	return s.catalog.update(c.bucket, c.now, func(sh *shelf) error {
		record, err := bucketOf(sh.tx, c.bucket)
		if err != nil {
			return err
		}
		set(&record)
		value, err := json.Marshal(record)
		if err != nil {
			return err
		}
		return sh.tx.Bucket([]byte("buckets")).Put([]byte(c.bucket), value)
	})
}

func bucketOf(tx *bbolt.Tx, name string) (bucketRecord, error) {
	var record bucketRecord
	err := json.Unmarshal(tx.Bucket([]byte("buckets")).Get([]byte(name)), &record)
	return record, err
}
