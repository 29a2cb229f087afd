package oss_test

import (
	"net/http"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func TestBucketProtection(t *testing.T) {
	e := start(t)
	client := e.client(t, keyID, keySecret)
	is := func() sdk.BucketInfo {
		info, err := client.GetBucketInfo(bucketName)
		if err != nil {
			t.Fatal(err)
		}
		return info.BucketInfo
	}
	if b := is(); b.ACL != "private" || b.SseRule.SSEAlgorithm != "" || b.Versioning != "" {
		t.Errorf("a new bucket is %+v", b)
	}
	for _, err := range []error{
		client.SetBucketACL(bucketName, sdk.ACLPublicRead),
		client.SetBucketEncryption(bucketName, sdk.ServerEncryptionRule{SSEDefault: sdk.SSEDefaultRule{SSEAlgorithm: "AES256"}}),
		client.SetBucketVersioning(bucketName, sdk.VersioningConfig{Status: "Enabled"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if b := is(); b.ACL != "public-read" || b.SseRule.SSEAlgorithm != "AES256" || b.Versioning != "Enabled" {
		t.Errorf("the bucket is %+v", b)
	}
	if err := client.SetBucketACL(bucketName, sdk.ACLPrivate); err != nil || is().ACL != "private" {
		t.Errorf("made private: %q, %v", is().ACL, err)
	}
}

func TestBucketProtectionRefused(t *testing.T) {
	e := start(t)
	client := e.client(t, keyID, keySecret)
	wantError(t, client.SetBucketACL(bucketName, "public"), http.StatusBadRequest, "InvalidArgument")
	wantError(t, client.SetBucketACL("nobodys", sdk.ACLPrivate), http.StatusNotFound, "NoSuchBucket")
	wantError(t, client.SetBucketVersioning(bucketName, sdk.VersioningConfig{Status: "Off"}), http.StatusBadRequest, "MalformedXML")
	rule := sdk.ServerEncryptionRule{SSEDefault: sdk.SSEDefaultRule{SSEAlgorithm: "DES"}}
	wantError(t, client.SetBucketEncryption(bucketName, rule), http.StatusBadRequest, "InvalidArgument")
}
