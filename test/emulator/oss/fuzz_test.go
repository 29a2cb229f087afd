package oss

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// FuzzSignatureV4 looks for requests that the parsers choke on or, signed by
// nobody, let pass.
func FuzzSignatureV4(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := func() time.Time { return now }
	service, err := Open(Options{Region: "cn-hangzhou", Clock: clock, Account: sts.NewAccount("id", "secret", clock)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := service.Close(); err != nil {
			f.Error(err)
		}
	})
	credential := "id/20260102/cn-hangzhou/oss/aliyun_v4_request"
	f.Add("OSS4-HMAC-SHA256 Credential="+credential+",AdditionalHeaders=host;x,Signature=00", "20260102T030405Z", "/b/k", "a=b&c")
	f.Add("OSS4-HMAC-SHA256 Credential="+credential+", Signature=", "Fri, 02 Jan 2026 03:04:05 GMT", "/b/%2F", "")
	f.Add("", "", "/bucket/k", "x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential="+url.QueryEscape(credential)+
		"&x-oss-date=20260102T030405Z&x-oss-expires=60&x-oss-additional-headers=host&x-oss-signature=00")
	f.Fuzz(func(t *testing.T, authorization, date, path, query string) {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = path, path, query
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		r.Header.Set("x-oss-content-sha256", unsignedBody)
		r.Header.Set("x-oss-date", date)
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden && w.Code != http.StatusBadRequest {
			t.Errorf("answered %d to an unsigned request", w.Code)
		}
		if v, err := parseV4Query(r.URL.Query()); err == nil && (v.signature == "" || v.time.IsZero()) {
			t.Errorf("accepted %+v", v)
		}
	})
}
