package oss_test

import (
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestBuckets(t *testing.T) {
	e := start(t)
	client := e.client(t, keyID, keySecret)
	for _, name := range []string{"first", "second"} {
		for range 2 { // making it again changes nothing
			if err := client.CreateBucket(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, want := range map[string]bool{"first": true, "firs": false, "third": false} {
		if got, err := client.IsBucketExist(name); err != nil || got != want {
			t.Errorf("%s exists: %v, %v", name, got, err)
		}
	}
	list, err := client.ListBuckets(sdk.MaxKeys(2))
	if err != nil || len(list.Buckets) != 2 || !list.IsTruncated {
		t.Fatalf("got %+v, %v", list, err)
	}
	list, err = client.ListBuckets(sdk.Marker(list.NextMarker))
	if err != nil || len(list.Buckets) != 1 || list.Buckets[0].Name != "second" || list.IsTruncated {
		t.Errorf("got %+v, %v", list, err)
	}
	info, err := client.GetBucketInfo("first")
	if err != nil || info.BucketInfo.Name != "first" || info.BucketInfo.Location != "oss-"+region || info.BucketInfo.CreationDate.IsZero() {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestDeleteBucket(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	client := e.client(t, keyID, keySecret)
	wantError(t, client.DeleteBucket(bucketName), http.StatusConflict, "BucketNotEmpty")
	if err := e.DeleteObject("a"); err != nil {
		t.Fatal(err)
	}
	if err := client.DeleteBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	wantError(t, client.DeleteBucket(bucketName), http.StatusNotFound, "NoSuchBucket")
	wantError(t, e.PutObject("a", strings.NewReader("x")), http.StatusNotFound, "NoSuchBucket")
	_, err := e.GetObject("a")
	wantError(t, err, http.StatusNotFound, "NoSuchBucket")
}

func TestBucketRefused(t *testing.T) {
	e := start(t)
	client := e.client(t, keyID, keySecret)
	for _, name := range []string{"ab", "Upper", "-dash", "dash-", "under_score", strings.Repeat("b", 64)} {
		// CreateBucket would not even ask.
		response, err := client.Conn.Do("PUT", name, "", map[string]any{}, map[string]string{}, nil, 0, nil)
		if response != nil {
			response.Close()
		}
		wantError(t, err, http.StatusBadRequest, "InvalidBucketName")
	}
	wantError(t, client.CreateBucket("archive", sdk.StorageClass(sdk.StorageArchive)), http.StatusNotImplemented, "NotImplemented")
	_, err := client.GetBucketLocation(bucketName)
	wantError(t, err, http.StatusNotImplemented, "NotImplemented")
}

// The address has the bucket in the host's name; every name below localhost is
// this machine.
func TestVirtualHostStyle(t *testing.T) {
	e := start(t)
	address := strings.Replace(e.url, "127.0.0.1", "localhost", 1)
	for name, options := range map[string][]sdk.ClientOption{
		"virtual host": nil,
		"path":         {sdk.ForcePathStyle(true)},
	} {
		t.Run(name, func(t *testing.T) {
			options = append(options, sdk.AuthVersion(sdk.AuthV4), sdk.Region(region), sdk.HTTPClient(toServer(e.url)))
			client, err := sdk.New(address, keyID, keySecret, options...)
			if err != nil {
				t.Fatal(err)
			}
			bucket := bucketOf(t, client, bucketName)
			put(t, bucket, "a/b c", "x")
			if got := get(t, e.Bucket, "a/b c"); got != "x" {
				t.Errorf("got %q", got)
			}
			if ok, err := client.IsBucketExist(bucketName); err != nil || !ok {
				t.Errorf("exists: %v, %v", ok, err)
			}
		})
	}
}
