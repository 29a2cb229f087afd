package oss_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/oss"
	emulator "github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// changes are what Bootstrap makes, or would make.
func changes(t *testing.T, b *oss.Blobs, dry bool) []string {
	t.Helper()
	var lines []string
	err := b.Bootstrap(t.Context(), func(what string, do func() error) error {
		lines = append(lines, what)
		if dry {
			return nil
		}
		return do()
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestBucketIsMadeOnce(t *testing.T) {
	b := open(t, oss.Config{Endpoint: service(t)})
	want := []string{"create bucket test", "encrypt what comes into bucket test (AES256)", "let objects of uploads/ in bucket test expire (days: 1)", "let objects of simple/ in bucket test expire (days: 30)"}
	for _, dry := range []bool{true, true, false} {
		if got := changes(t, b, dry); !slices.Equal(got, want) {
			t.Errorf("dry %t: %q, want %q", dry, got, want)
		}
	}
	if got := changes(t, b, false); len(got) > 0 {
		t.Errorf("a second time: %q", got)
	}
}

func TestBucketIsMended(t *testing.T) {
	address := service(t)
	b := open(t, oss.Config{Endpoint: address})
	changes(t, b, false)
	client, err := sdk.New(address, "id", "secret", sdk.AuthVersion(sdk.AuthV4), sdk.Region("cn-hangzhou"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		client.SetBucketACL("test", sdk.ACLPublicRead),
		client.SetBucketVersioning("test", sdk.VersioningConfig{Status: "Enabled"}),
		client.SetBucketLifecycle("test", []sdk.LifecycleRule{
			sdk.BuildLifecycleRuleByDays("uploads", "uploads/", true, 30),
			sdk.BuildLifecycleRuleByDays("mine", "logs/", true, 7),
		}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"make bucket test private (it was public-read)",
		"suspend versioning of bucket test, so that what is deleted is gone",
		"let objects of uploads/ in bucket test expire (days: 1)",
		"let objects of simple/ in bucket test expire (days: 30)",
	}
	if got := changes(t, b, true); !slices.Equal(got, want) {
		t.Errorf("would %q, want %q", got, want)
	}
	if got := changes(t, b, false); !slices.Equal(got, want) {
		t.Errorf("did %q, want %q", got, want)
	}
	if got := changes(t, b, false); len(got) > 0 {
		t.Errorf("a second time: %q", got)
	}
	info, err := client.GetBucketInfo("test")
	if is := info.BucketInfo; err != nil || is.ACL != "private" || is.SseRule.SSEAlgorithm != "AES256" || is.Versioning != "Suspended" {
		t.Errorf("the bucket is %+v, %v", is, err)
	}
	rules, err := client.GetBucketLifecycle("test")
	if err != nil || len(rules.Rules) != 3 || rules.Rules[0].ID != "mine" {
		t.Errorf("a rule of somebody else's is gone: %+v, %v", rules.Rules, err)
	}
}

func TestARuleThatDeletesReleasesIsReported(t *testing.T) {
	for _, prefix := range []string{"", "pack", "packages/", "packages/hello/", "up", "upstream/"} {
		address := service(t)
		b := open(t, oss.Config{Endpoint: address})
		changes(t, b, false)
		client, err := sdk.New(address, "id", "secret", sdk.AuthVersion(sdk.AuthV4), sdk.Region("cn-hangzhou"))
		if err != nil {
			t.Fatal(err)
		}
		if err := client.SetBucketLifecycle("test", []sdk.LifecycleRule{sdk.BuildLifecycleRuleByDays("old", prefix, true, 90)}); err != nil {
			t.Fatal(err)
		}
		err = b.Bootstrap(t.Context(), func(string, func() error) error { return nil })
		if err == nil || !strings.Contains(err.Error(), `rule "old" deletes objects under`) {
			t.Errorf("prefix %q: %v", prefix, err)
		}
	}
}

func TestErrorsSayWhatToCheck(t *testing.T) {
	account := sts.NewAccount("id", "secret", time.Now)
	if err := account.Attach("idle", []byte(`{"Version": "1", "Statement": []}`)); err != nil {
		t.Fatal(err)
	}
	idle := account.Assume("idle", time.Hour)
	address := serve(t, emulator.Options{Account: account})
	late := serve(t, emulator.Options{Account: account, Clock: func() time.Time { return time.Now().Add(time.Hour) }})
	nobody := httptest.NewServer(nil)
	nobody.Close()
	key := func(id, secret, token string) credentials.Source {
		return credentials.Fixed(credentials.Credentials{AccessKeyID: id, AccessKeySecret: secret, SecurityToken: token})
	}
	for name, c := range map[string]struct {
		config oss.Config
		want   []string
	}{
		"key":     {oss.Config{Endpoint: address, Credentials: key("other", "secret", "")}, []string{"InvalidAccessKeyId", "ALIBABA_CLOUD_ACCESS_KEY_ID:"}},
		"secret":  {oss.Config{Endpoint: address, Credentials: key("id", "other", "")}, []string{"SignatureDoesNotMatch", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}},
		"token":   {oss.Config{Endpoint: address, Credentials: key(idle.AccessKeyID, idle.AccessKeySecret, "old")}, []string{"InvalidSecurityToken", "ALIBABA_CLOUD_SECURITY_TOKEN"}},
		"rights":  {oss.Config{Endpoint: address, Credentials: key(idle.AccessKeyID, idle.AccessKeySecret, idle.SecurityToken)}, []string{"AccessDenied", "AliyunOSSFullAccess"}},
		"clock":   {oss.Config{Endpoint: late}, []string{"RequestTimeTooSkewed", "this machine's clock"}},
		"region":  {oss.Config{Endpoint: address, Region: "cn-beijing"}, []string{"InvalidArgument", "cn-beijing", "OSS_REGION"}},
		"no host": {oss.Config{Endpoint: "http://oss-cn-nowhere.invalid"}, []string{"lookup test.oss-cn-nowhere.invalid", "OSS_ENDPOINT"}},
		"closed":  {oss.Config{Endpoint: nobody.URL}, []string{"connection refused", "OSS_ENDPOINT"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := oss.Explain(open(t, c.config).Bootstrap(t.Context(), func(_ string, do func() error) error { return do() }))
			explained(t, err, c.want)
		})
	}
}

// explained requires one line that has all words.
func explained(t *testing.T, err error, words []string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, w := range append(words, "Check ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q is more than a line", err)
	}
}
