package tablestore

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"io"
	"net/http"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	pb "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	"github.com/golang/protobuf/proto"
)

// replaceBody puts what change makes of a request's body in its place.
func replaceBody(r *http.Request, change func([]byte) []byte) {
	old, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	body := change(old)
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
}

func setMD5(r *http.Request, body []byte) {
	sum := md5.Sum(body)
	r.Header.Set("X-Ots-Contentmd5", base64.StdEncoding.EncodeToString(sum[:]))
}

func TestForgedRequestsAreRefused(t *testing.T) {
	a := accessOf(t)
	tests := []struct {
		name    string
		access  func(*access)
		alter   func(*http.Request)
		status  int
		code    string
		message string
	}{
		{"wrong secret", func(a *access) { a.secret += "x" }, nil, 403, "OTSAuthFailed", "Signature mismatch."},
		{"unknown key", func(a *access) { a.id = "nobodys" }, nil, 403, "OTSAuthFailed", "The AccessKeyID does not exist."},
		{"other instance", func(a *access) { a.instance = "other" }, nil, 403, "OTSAuthFailed", "The instance is not found."},
		{"no signature", nil, func(r *http.Request) { r.Header.Del("X-Ots-Signature") }, 400, "OTSParameterInvalid", "Missing header: 'x-ots-signature'."},
		{"no date", nil, func(r *http.Request) { r.Header.Del("X-Ots-Date") }, 400, "OTSParameterInvalid", "Missing header: 'x-ots-date'."},
		{"not a date", nil, func(r *http.Request) { r.Header.Set("X-Ots-Date", "today"); signAgain(r, a) }, 400, "OTSParameterInvalid", "Invalid date format: today."},
		{"changed date", nil, func(r *http.Request) {
			r.Header.Set("X-Ots-Date", time.Now().UTC().Add(time.Minute).Format(time.RFC3339))
		}, 403, "OTSAuthFailed", "Signature mismatch."},
		{"old date", nil, func(r *http.Request) {
			r.Header.Set("X-Ots-Date", time.Now().UTC().Add(-16*time.Minute).Format(time.RFC3339))
			signAgain(r, a)
		}, 403, "OTSAuthFailed", "Mismatch between system time and x-ots-date"},
		{"header added", nil, func(r *http.Request) { r.Header.Set("X-Ots-Request-Priority", "1") }, 403, "OTSAuthFailed", "Signature mismatch."},
		{"changed body", nil, func(r *http.Request) { replaceBody(r, describeOther) }, 403, "OTSAuthFailed", "Mismatch between MD5 value of request body and x-ots-contentmd5 in header."},
		{"changed body and MD5", nil, func(r *http.Request) { replaceBody(r, describeOther); setMD5(r, describeOther(nil)) }, 403, "OTSAuthFailed", "Signature mismatch."},
		{"changed operation", nil, func(r *http.Request) { r.URL.Path = "/DeleteTable" }, 403, "OTSAuthFailed", "Signature mismatch."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := a
			if test.access != nil {
				test.access(&changed)
			}
			_, err := changed.client(test.alter).DescribeTable(&sdk.DescribeTableRequest{TableName: "some_table"})
			wantError(t, err, test.status, test.code, test.message)
		})
	}
}

// describeOther is the body of a DescribeTable of another table.
func describeOther([]byte) []byte {
	b, err := proto.Marshal(&pb.DescribeTableRequest{TableName: proto.String("other_table")})
	if err != nil {
		panic(err)
	}
	return b
}

func TestSignedExtraHeadersAreAccepted(t *testing.T) {
	a := accessOf(t)
	client := a.client(func(r *http.Request) {
		r.Header.Set("X-Ots-Request-Tag", "tag")
		signAgain(r, a)
	})
	if _, err := client.ListTable(); err != nil {
		t.Error(err)
	}
}

func TestDateMayBeOffBySomeMinutes(t *testing.T) {
	a := accessOf(t)
	for _, off := range []time.Duration{-14 * time.Minute, 14 * time.Minute} {
		client := a.client(func(r *http.Request) {
			r.Header.Set("X-Ots-Date", time.Now().UTC().Add(off).Format(time.RFC3339))
			signAgain(r, a)
		})
		if _, err := client.ListTable(); err != nil {
			t.Errorf("off by %v: %v", off, err)
		}
	}
}

func TestRequestsOutOfForm(t *testing.T) {
	a := accessOf(t)
	tests := []struct {
		name    string
		alter   func(*http.Request)
		status  int
		code    string
		message string
	}{
		{"method", func(r *http.Request) { r.Method = http.MethodPut }, 405, "OTSMethodNotAllowed", "Only POST method for requests is supported."},
		{"operation", func(r *http.Request) { r.URL.Path = "/NoSuchOperation"; signAgain(r, a) }, 400, "OTSParameterInvalid", "Unsupported operation: 'NoSuchOperation'."},
		{"not protobuf", func(r *http.Request) {
			garbage := []byte("not protobuf")
			replaceBody(r, func([]byte) []byte { return garbage })
			setMD5(r, garbage)
			signAgain(r, a)
		}, 400, "OTSParameterInvalid", "Parse PBMessage from RawString failed."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := a.client(test.alter).DescribeTable(&sdk.DescribeTableRequest{TableName: "some_table"})
			wantError(t, err, test.status, test.code, test.message)
		})
	}
}

func TestBodyTooLarge(t *testing.T) {
	a := accessOf(t)
	client := a.client(func(r *http.Request) {
		replaceBody(r, func([]byte) []byte { return make([]byte, 9<<20) })
	})
	_, err := client.DescribeTable(&sdk.DescribeTableRequest{TableName: "some_table"})
	wantError(t, err, 413, "OTSRequestBodyTooLarge", "The size of POST data is too large.")
}
