package oss

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// uploadDays is after how many days an upload that was never released goes.
const uploadDays = 1

// CreateBucket makes the bucket, private, unless it is there, and lets old
// uploads expire. It tells whether the bucket is new.
func (b *Blobs) CreateBucket(ctx context.Context) (bool, error) {
	client, name := b.bucket.Client, b.bucket.BucketName
	_, err := client.GetBucketInfo(name, sdk.WithContext(ctx))
	s, ok := errors.AsType[sdk.ServiceError](err)
	created := ok && s.StatusCode == http.StatusNotFound
	if created {
		err = client.CreateBucket(name, sdk.ACL(sdk.ACLPrivate), sdk.WithContext(ctx))
	}
	if err != nil {
		return false, fmt.Errorf("create bucket %s: %w", name, err)
	}
	rule := sdk.BuildLifecycleRuleByDays("uploads", registry.UploadPrefix, true, uploadDays)
	if err := client.SetBucketLifecycle(name, []sdk.LifecycleRule{rule}, sdk.WithContext(ctx)); err != nil {
		return created, fmt.Errorf("set lifecycle of bucket %s: %w", name, err)
	}
	return created, nil
}
