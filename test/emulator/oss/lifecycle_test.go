package oss_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

func setRules(t *testing.T, e *emulator, rules ...sdk.LifecycleRule) {
	t.Helper()
	if err := e.Client.SetBucketLifecycle(bucketName, rules); err != nil {
		t.Fatal(err)
	}
}

func TestLifecycleConfiguration(t *testing.T) {
	e := start(t)
	_, err := e.Client.GetBucketLifecycle(bucketName)
	wantError(t, err, http.StatusNotFound, "NoSuchLifecycle")
	setRules(t, e,
		sdk.BuildLifecycleRuleByDays("uploads", "uploads/", true, 1),
		sdk.BuildLifecycleRuleByDate("", "old/", false, 2030, 1, 1))
	got, err := e.Client.GetBucketLifecycle(bucketName)
	if err != nil || len(got.Rules) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	first, second := got.Rules[0], got.Rules[1]
	if first.ID != "uploads" || first.Prefix != "uploads/" || first.Status != "Enabled" || first.Expiration.Days != 1 {
		t.Errorf("got %+v", first)
	}
	if second.ID == "" || second.Status != "Disabled" || second.Expiration.Date != "2030-01-01T00:00:00.000Z" {
		t.Errorf("got %+v", second)
	}
	if err := e.Client.DeleteBucketLifecycle(bucketName); err != nil {
		t.Fatal(err)
	}
	_, err = e.Client.GetBucketLifecycle(bucketName)
	wantError(t, err, http.StatusNotFound, "NoSuchLifecycle")
}

func TestExpiredObjectsAreGone(t *testing.T) {
	e := start(t)
	setRules(t, e, sdk.BuildLifecycleRuleByDays("uploads", "uploads/", true, 1), sdk.BuildLifecycleRuleByDays("off", "kept/", false, 1))
	put(t, e.Bucket, "uploads/a", "x")
	put(t, e.Bucket, "kept/a", "x")
	e.clock.Advance(12 * time.Hour)
	put(t, e.Bucket, "uploads/b", "x", at(e))
	e.clock.Advance(12*time.Hour - time.Second)
	wantKeys(t, e, "kept/a", "uploads/a", "uploads/b")
	e.clock.Advance(time.Second)
	wantKeys(t, e, "kept/a", "uploads/b")
	wantAbsent(t, e.Bucket, "uploads/a", at(e))
	_, err := e.GetObjectDetailedMeta("uploads/a", at(e))
	wantError(t, err, http.StatusNotFound, "NoSuchKey")
	_, err = e.CopyObject("uploads/a", "c", at(e))
	wantError(t, err, http.StatusNotFound, "NoSuchKey")
	put(t, e.Bucket, "uploads/a", "again", sdk.ForbidOverWrite(true), at(e))
	wantKeys(t, e, "kept/a", "uploads/a", "uploads/b")
}

// at makes the SDK sign by the emulator's clock, not the machine's.
func at(e *emulator) sdk.Option {
	return sdk.SetHeader("x-oss-date", e.clock.Now().UTC().Format("20060102T150405Z"))
}

func wantKeys(t *testing.T, e *emulator, want ...string) {
	t.Helper()
	list, err := e.ListObjectsV2(at(e))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range list.Objects {
		got = append(got, o.Key)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExpiryByDate(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "old/a", "x")
	put(t, e.Bucket, "before/a", "x")
	tomorrow := e.clock.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	date := sdk.BuildLifecycleRuleByDate("old", "old/", true, tomorrow.Year(), int(tomorrow.Month()), tomorrow.Day())
	setRules(t, e, date, sdk.LifecycleRule{ID: "before", Prefix: "before/", Status: "Enabled",
		Expiration: &sdk.LifecycleExpiration{CreatedBeforeDate: tomorrow.Format(time.RFC3339)}})
	wantKeys(t, e, "old/a")
	e.clock.Advance(tomorrow.Sub(e.clock.Now()))
	wantKeys(t, e)
	put(t, e.Bucket, "before/b", "x", at(e))
	wantKeys(t, e, "before/b")
}

func TestExpiredObjectsAreSweptFromDisk(t *testing.T) {
	dir := t.TempDir()
	var later time.Time
	t.Run("first run", func(t *testing.T) {
		e := start(t, onDisk(dir))
		setRules(t, e, sdk.BuildLifecycleRuleByDays("uploads", "uploads/", true, 1))
		put(t, e.Bucket, "uploads/a", "x")
		put(t, e.Bucket, "kept", "x")
		later = e.clock.Now().Add(24 * time.Hour)
	})
	wantBodies(t, dir, 2)
	now := func() time.Time { return later }
	service, err := oss.Open(oss.Options{Region: region, Account: sts.NewAccount(keyID, keySecret, now), Dir: dir, Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := service.Close(); err != nil {
		t.Fatal(err)
	}
	wantBodies(t, dir, 1)
}

func TestLifecycleRefused(t *testing.T) {
	e := start(t)
	days := `<Expiration><Days>1</Days></Expiration>`
	tests := []struct {
		name, rule string
		status     int
		code       string
	}{
		{"no expiration", "<Status>Enabled</Status>", 400, "MalformedXML"},
		{"no status", days, 400, "MalformedXML"},
		{"two kinds", "<Status>Enabled</Status><Expiration><Days>1</Days><Date>2030-01-01T00:00:00Z</Date></Expiration>", 400, "InvalidArgument"},
		{"zero days", "<Status>Enabled</Status><Expiration><Days>0</Days></Expiration>", 400, "InvalidArgument"},
		{"not midnight", "<Status>Enabled</Status><Expiration><Date>2030-01-01T10:00:00Z</Date></Expiration>", 400, "InvalidArgument"},
		{"transition", "<Status>Enabled</Status>" + days + "<Transition><Days>1</Days></Transition>", 501, "NotImplemented"},
		{"tag", "<Status>Enabled</Status>" + days + "<Tag><Key>k</Key></Tag>", 501, "NotImplemented"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			xml := "<LifecycleConfiguration><Rule><Prefix>p</Prefix>" + test.rule + "</Rule></LifecycleConfiguration>"
			wantError(t, e.Client.SetBucketLifecycleXml(bucketName, xml), test.status, test.code)
		})
	}
	client := e.client(t, keyID, keySecret, sdk.HTTPClient(&http.Client{Transport: readFirst{}}))
	wantError(t, client.SetBucketLifecycleXml(bucketName, strings.Repeat(" ", 2<<20+100)), 400, "EntityTooLarge")
	wantError(t, e.Client.SetBucketLifecycleXml(bucketName, ""), 400, "MalformedXML")
}

// readFirst takes a request's body before it sends any of it: the SDK's count
// of bytes sent is a data race when the answer comes before the body's end.
type readFirst struct{}

func (readFirst) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	sent := r.Clone(r.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(sent)
}
