package oss

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// uploadDays is after how many days an upload that was never released goes.
const uploadDays = 1

// ruleID is the lifecycle rule's by which it goes.
const ruleID = "uploads"

// Change makes one change of what an administrator sets up, or only takes notice
// of it; what says it, as in "create bucket zips".
type Change = func(what string, do func() error) error

// Bootstrap makes the bucket, and sets it up where it is not as it must be, each
// by change: private, encrypted, without old versions of objects, and with a
// rule by which old uploads expire.
func (b *Blobs) Bootstrap(ctx context.Context, change Change) error {
	client, name := b.bucket.Client, b.bucket.BucketName
	info, err := client.GetBucketInfo(name, sdk.WithContext(ctx))
	is := info.BucketInfo
	if none(err) {
		is.ACL = string(sdk.ACLPrivate)
		err = change("create bucket "+name, func() error {
			return client.CreateBucket(name, sdk.ACL(sdk.ACLPrivate), sdk.WithContext(ctx))
		})
	}
	if err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	if err := b.protect(ctx, is, change); err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	if err := b.expireUploads(ctx, change); err != nil {
		return fmt.Errorf("lifecycle of bucket %s: %w", name, err)
	}
	return nil
}

// none tells that the service knows no such bucket or setting.
func none(err error) bool {
	s, ok := errors.AsType[sdk.ServiceError](err)
	return ok && s.StatusCode == http.StatusNotFound
}

// protect sets up who may read a bucket, and how it keeps objects. Encryption
// with a key of one's own stays.
func (b *Blobs) protect(ctx context.Context, is sdk.BucketInfo, change Change) error {
	client, name := b.bucket.Client, b.bucket.BucketName
	if is.ACL != string(sdk.ACLPrivate) {
		err := change(fmt.Sprintf("make bucket %s private (it was %s)", name, is.ACL), func() error {
			return client.SetBucketACL(name, sdk.ACLPrivate, sdk.WithContext(ctx))
		})
		if err != nil {
			return err
		}
	}
	if is.SseRule.SSEAlgorithm == "" { // what the SDK makes of None
		err := change("encrypt what comes into bucket "+name+" (AES256)", func() error {
			rule := sdk.ServerEncryptionRule{SSEDefault: sdk.SSEDefaultRule{SSEAlgorithm: string(sdk.AESAlgorithm)}}
			return client.SetBucketEncryption(name, rule, sdk.WithContext(ctx))
		})
		if err != nil {
			return err
		}
	}
	if is.Versioning != string(sdk.VersionEnabled) {
		return nil
	}
	return change("suspend versioning of bucket "+name+", so that what is deleted is gone", func() error {
		return client.SetBucketVersioning(name, sdk.VersioningConfig{Status: string(sdk.VersionSuspended)}, sdk.WithContext(ctx))
	})
}

// expireUploads adds the rule for uploads to those that the bucket has.
func (b *Blobs) expireUploads(ctx context.Context, change Change) error {
	client, name := b.bucket.Client, b.bucket.BucketName
	has, err := client.GetBucketLifecycle(name, sdk.WithContext(ctx))
	if err != nil && !none(err) {
		return err
	}
	for _, r := range has.Rules {
		if deletesPackages(r) {
			return fmt.Errorf("rule %q deletes objects under %q, and so what was published: remove it in the console of OSS", r.ID, r.Prefix)
		}
	}
	if slices.ContainsFunc(has.Rules, expiresUploads) {
		return nil
	}
	rules := slices.DeleteFunc(has.Rules, func(r sdk.LifecycleRule) bool { return r.ID == ruleID })
	rules = append(rules, sdk.BuildLifecycleRuleByDays(ruleID, registry.UploadPrefix, true, uploadDays))
	what := fmt.Sprintf("let objects of %s in bucket %s expire after %d day", registry.UploadPrefix, name, uploadDays)
	return change(what, func() error { return client.SetBucketLifecycle(name, rules, sdk.WithContext(ctx)) })
}

func expiresUploads(r sdk.LifecycleRule) bool {
	return r.Status == "Enabled" && r.Prefix == registry.UploadPrefix && r.Expiration != nil && r.Expiration.Days == uploadDays
}

// deletesPackages tells whether a rule meets what must stay for ever.
func deletesPackages(r sdk.LifecycleRule) bool {
	meets := slices.ContainsFunc([]string{registry.PackagePrefix, registry.MirrorPrefix}, func(prefix string) bool {
		return strings.HasPrefix(prefix, r.Prefix) || strings.HasPrefix(r.Prefix, prefix)
	})
	return r.Status == "Enabled" && r.Expiration != nil && meets
}
