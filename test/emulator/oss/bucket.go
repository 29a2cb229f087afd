package oss

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"
)

// putBucket makes a bucket. Making one's own bucket again changes nothing.
func (s *Service) putBucket(w http.ResponseWriter, c *call) error {
	if err := checkBucketConfiguration(c); err != nil {
		return err
	}
	acl, err := readACL(c)
	if err != nil {
		return err
	}
	err = s.catalog.db.Update(func(tx *bbolt.Tx) error {
		buckets := tx.Bucket([]byte("buckets"))
		if buckets.Get([]byte(c.bucket)) != nil {
			return nil
		}
		record, err := json.Marshal(bucketRecord{Created: c.now, ACL: acl})
		if err != nil {
			return err
		}
		if err := buckets.Put([]byte(c.bucket), record); err != nil {
			return err
		}
		_, err = tx.Bucket([]byte("objects")).CreateBucket([]byte(c.bucket))
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/"+c.bucket)
	w.Header().Set("Content-Length", "0")
	return nil
}

// checkBucketConfiguration reads what a new bucket shall be like: nothing, or
// the one storage class there is.
func checkBucketConfiguration(c *call) error {
	var config struct {
		XMLName      xml.Name `xml:"CreateBucketConfiguration"`
		StorageClass string
	}
	if err := readXML(c, &config); err != nil {
		return err
	}
	if config.StorageClass != "" && config.StorageClass != "Standard" {
		return notImplemented("the storage class " + config.StorageClass)
	}
	return nil
}

// deleteBucket removes an empty bucket.
func (s *Service) deleteBucket(w http.ResponseWriter, c *call) error {
	err := s.catalog.update(c.bucket, c.now, func(sh *shelf) error {
		if key, _ := sh.objects.Cursor().First(); key != nil {
			return refuse(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty.").
				with("BucketName", c.bucket)
		}
		name := []byte(c.bucket)
		if err := sh.tx.Bucket([]byte("lifecycle")).Delete(name); err != nil {
			return err
		}
		if err := sh.tx.Bucket([]byte("buckets")).Delete(name); err != nil {
			return err
		}
		return sh.tx.Bucket([]byte("objects")).DeleteBucket(name)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type owner struct{ ID, DisplayName string }

// account owns everything.
func account() owner { return owner{ID: "1000000000000001", DisplayName: "1000000000000001"} }

type bucketInfo struct {
	XMLName xml.Name `xml:"BucketInfo"`
	Bucket  struct {
		Name               string
		Location           string
		CreationDate       string
		ExtranetEndpoint   string
		IntranetEndpoint   string
		ACL                string `xml:"AccessControlList>Grant"`
		DataRedundancyType string
		StorageClass       string
		Owner              owner
		SSEAlgorithm       string `xml:"ServerSideEncryptionRule>SSEAlgorithm"`
		Versioning         string `xml:",omitempty"`
	}
}

func (s *Service) getBucketInfo(w http.ResponseWriter, c *call) error {
	var info bucketInfo
	b := &info.Bucket
	var record bucketRecord
	err := s.catalog.view(c.bucket, c.now, func(sh *shelf) (err error) {
		record, err = bucketOf(sh.tx, c.bucket)
		return err
	})
	b.CreationDate, b.Versioning = timestamp(record.Created), record.Versioning
	b.ACL, b.SSEAlgorithm = cmp.Or(record.ACL, "private"), cmp.Or(record.Encryption, "None")
	b.Name, b.Location = c.bucket, "oss-"+s.options.Region
	b.ExtranetEndpoint, b.IntranetEndpoint = c.Host, c.Host
	b.DataRedundancyType, b.StorageClass = "LRS", "Standard"
	b.Owner = account()
	if err != nil {
		return err
	}
	return s.writeXML(w, c, info)
}

type bucketList struct {
	XMLName     xml.Name `xml:"ListAllMyBucketsResult"`
	Prefix      string
	Marker      string
	MaxKeys     int
	IsTruncated bool
	NextMarker  string `xml:",omitempty"`
	Owner       owner
	Buckets     []listedBucket `xml:"Buckets>Bucket"`
}

type listedBucket struct {
	Name, Location, Region, CreationDate, StorageClass string
}

// listBuckets serves ListBuckets, which the documentation also calls
// GetService.
func (s *Service) listBuckets(w http.ResponseWriter, c *call) error {
	limit, err := maxKeys(c)
	if err != nil {
		return err
	}
	list := bucketList{
		Prefix: c.query.Get("prefix"), Marker: c.query.Get("marker"), MaxKeys: limit, Owner: account(),
	}
	err = s.catalog.db.View(func(tx *bbolt.Tx) error { return s.fillBuckets(tx, &list) })
	if err != nil {
		return err
	}
	return s.writeXML(w, c, list)
}

func (s *Service) fillBuckets(tx *bbolt.Tx, list *bucketList) error {
	cursor := tx.Bucket([]byte("buckets")).Cursor()
	prefix := []byte(list.Prefix)
	for name, _ := cursor.Seek(prefix); bytes.HasPrefix(name, prefix) && name != nil; name, _ = cursor.Next() {
		if strings.Compare(string(name), list.Marker) <= 0 {
			continue
		}
		if len(list.Buckets) == list.MaxKeys {
			list.IsTruncated = true
			list.NextMarker = list.Buckets[list.MaxKeys-1].Name
			return nil
		}
		record, err := bucketOf(tx, string(name))
		if err != nil {
			return err
		}
		list.Buckets = append(list.Buckets, listedBucket{
			Name: string(name), Location: "oss-" + s.options.Region, Region: s.options.Region,
			CreationDate: timestamp(record.Created), StorageClass: "Standard",
		})
	}
	return nil
}

// maxKeys reads how long a page of a list may be: 100 unless told, at most
// 1000.
func maxKeys(c *call) (int, error) {
	value := c.query.Get("max-keys")
	if value == "" {
		return 100, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 1000 {
		return 0, invalidArgument("max-keys must be a number from 1 to 1000, not %q.", value)
	}
	return n, nil
}
