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

// temporary are objects that expire, and the lifecycle rule by which they do.
type temporary struct {
	rule, prefix string
	days         int
}

// temporaries are uploads that were never released, and ZIPs that can be made
// again.
func temporaries() []temporary {
	return []temporary{{"uploads", registry.UploadPrefix, 1}, {"simple", registry.SimplePrefix, 30}}
}

// Change makes one change of what an administrator sets up, or only takes notice
// of it; what says it, as in "create bucket zips".
type Change = func(what string, do func() error) error

// Bootstrap makes the bucket, and sets it up where it is not as it must be, each
// by change: private, encrypted, without old versions of objects, and with
// rules by which temporary ones expire.
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
	if err := b.expire(ctx, change); err != nil {
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

// expire adds the rules for temporary objects to those that the bucket has.
func (b *Blobs) expire(ctx context.Context, change Change) error {
	client, name := b.bucket.Client, b.bucket.BucketName
	has, err := client.GetBucketLifecycle(name, sdk.WithContext(ctx))
	if err != nil && !none(err) {
		return err
	}
	rules := has.Rules
	for _, r := range rules {
		if deletesPackages(r) {
			return fmt.Errorf("rule %q deletes objects under %q, and so what was published: remove it in the console of OSS", r.ID, r.Prefix)
		}
	}
	for _, t := range temporaries() {
		if slices.ContainsFunc(rules, t.expiresBy) {
			continue
		}
		rules = slices.DeleteFunc(rules, func(r sdk.LifecycleRule) bool { return r.ID == t.rule })
		rules = append(rules, sdk.BuildLifecycleRuleByDays(t.rule, t.prefix, true, t.days))
		what := fmt.Sprintf("let objects of %s in bucket %s expire (days: %d)", t.prefix, name, t.days)
		if err := change(what, func() error { return client.SetBucketLifecycle(name, rules, sdk.WithContext(ctx)) }); err != nil {
			return err
		}
	}
	return nil
}

func (t temporary) expiresBy(r sdk.LifecycleRule) bool {
	return r.Status == "Enabled" && r.Prefix == t.prefix && r.Expiration != nil && r.Expiration.Days == t.days
}

// deletesPackages tells whether a rule meets what must stay for ever.
func deletesPackages(r sdk.LifecycleRule) bool {
	meets := slices.ContainsFunc([]string{registry.PackagePrefix, registry.MirrorPrefix}, func(prefix string) bool {
		return strings.HasPrefix(prefix, r.Prefix) || strings.HasPrefix(r.Prefix, prefix)
	})
	return r.Status == "Enabled" && r.Expiration != nil && meets
}
