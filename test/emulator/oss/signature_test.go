package oss_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
)

func TestHeaderSignatures(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	role := e.account.Issue(time.Hour)
	tests := []struct {
		name, id, secret string
		options          []sdk.ClientOption
		status           int
		code             string
	}{
		{"unknown key", "other", keySecret, nil, 403, "InvalidAccessKeyId"},
		{"wrong secret", keyID, "wrong", nil, 403, "SignatureDoesNotMatch"},
		{"another region", keyID, keySecret, []sdk.ClientOption{sdk.Region("cn-beijing")}, 400, "InvalidArgument"},
		{"another product", keyID, keySecret, []sdk.ClientOption{sdk.CloudBoxId("box")}, 400, "InvalidArgument"},
		{"role without its token", role.AccessKeyID, role.AccessKeySecret, nil, 403, "InvalidSecurityToken"},
		{"V1", keyID, keySecret, []sdk.ClientOption{sdk.AuthVersion(sdk.AuthV1)}, 403, "AccessDenied"},
		{"V2", keyID, keySecret, []sdk.ClientOption{sdk.AuthVersion(sdk.AuthV2)}, 400, "InvalidArgument"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bucket := bucketOf(t, e.client(t, test.id, test.secret, test.options...), bucketName)
			wantError(t, bucket.PutObject("a", strings.NewReader("y")), test.status, test.code)
			_, err := bucket.GetObjectDetailedMeta("a")
			wantError(t, err, test.status, test.code)
			if got := get(t, e.Bucket, "a"); got != "x" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestUnsignedIsRefused(t *testing.T) {
	e := start(t)
	put(t, e.Bucket, "a", "x")
	r, body := do(t, "GET", e.url+"/registry/a", nil)
	wantStatus(t, r, body, 403, "AccessDenied")
	r, body = do(t, "GET", e.url+"/registry/a", nil, "Authorization", "Bearer x")
	wantStatus(t, r, body, 400, "InvalidArgument")
	r, body = do(t, "GET", sign(t, e.Bucket, sdk.HTTPGet, "a", 60), nil, "Authorization", "OSS4-HMAC-SHA256 x")
	wantStatus(t, r, body, 400, "InvalidArgument")
}

func TestDateSkew(t *testing.T) {
	for _, version := range []sdk.AuthVersionType{sdk.AuthV4, sdk.AuthV1} {
		for _, away := range []time.Duration{14 * time.Minute, -14 * time.Minute, 16 * time.Minute, -16 * time.Minute} {
			e := start(t, func(o *oss.Options) { o.AllowV1 = true })
			bucket := bucketOf(t, e.client(t, keyID, keySecret, sdk.AuthVersion(version)), bucketName)
			e.clock.Advance(away)
			err := bucket.PutObject("a", strings.NewReader("x"))
			if away.Abs() < 15*time.Minute {
				if err != nil {
					t.Errorf("%s, clock %v away: %v", version, away, err)
				}
				continue
			}
			wantError(t, err, http.StatusForbidden, "RequestTimeTooSkewed")
		}
	}
}

func TestAdditionalHeadersInHeader(t *testing.T) {
	e := start(t)
	bucket := bucketOf(t, e.client(t, keyID, keySecret, sdk.AdditionalHeaders([]string{"host", "user-agent", "content-type"})), bucketName)
	put(t, bucket, "a", "x", sdk.ContentType("text/plain"), sdk.Meta("a", "1"), sdk.Meta("a-b", "2"))
	if got := get(t, bucket, "a"); got != "x" {
		t.Errorf("got %q", got)
	}
}

func TestErrorsLookLikeTheServices(t *testing.T) {
	e := start(t)
	r, body := do(t, "GET", sign(t, e.Bucket, sdk.HTTPGet, "absent", 60), nil)
	wantStatus(t, r, body, 404, "NoSuchKey")
	id := r.Header.Get("x-oss-request-id")
	for _, want := range []string{
		`<?xml version="1.0" encoding="UTF-8"?>`, "<Error>", "<RequestId>" + id + "</RequestId>", "<HostId>127.0.0.1",
		"<Key>absent</Key>", "<EC>0026-00000001</EC>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in %s", want, body)
		}
	}
	if r.Header.Get("x-oss-ec") != "0026-00000001" || r.Header.Get("Content-Type") != "application/xml" || id == "" {
		t.Errorf("got %v", r.Header)
	}
}
