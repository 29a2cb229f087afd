package control_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// request is one to API version 2023-03-30, before it is signed.
func (p *plane) request(t testing.TB, method, path string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.url+"/2023-03-30"+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	r.Header.Set("X-Acs-Date", time.Now().UTC().Format("2006-01-02T15:04:05Z"))
	r.Header.Set("X-Acs-Version", "2023-03-30")
	r.Header.Set("X-Acs-Content-Sha256", hex.EncodeToString(sum[:]))
	return r
}

// signACS3 signs a request without query parameters as the vendor documents it.
func signACS3(r *http.Request, key sts.Credentials) {
	if key.SecurityToken != "" {
		r.Header.Set("X-Acs-Security-Token", key.SecurityToken)
	}
	names := []string{"host"}
	for name := range r.Header {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	text := r.Method + "\n" + r.URL.EscapedPath() + "\n\n"
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		text += name + ":" + value + "\n"
	}
	text += "\n" + strings.Join(names, ";") + "\n" + r.Header.Get("X-Acs-Content-Sha256")
	sum := sha256.Sum256([]byte(text))
	mac := hmac.New(sha256.New, []byte(key.AccessKeySecret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(sum[:])))
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+key.AccessKeyID+
		",SignedHeaders="+strings.Join(names, ";")+",Signature="+hex.EncodeToString(mac.Sum(nil)))
}

// signFC signs a GET as API version 2016-08-15 wants it.
func signFC(r *http.Request, key sts.Credentials) {
	mac := hmac.New(sha256.New, []byte(key.AccessKeySecret))
	mac.Write([]byte("GET\n\n\n" + r.Header.Get("Date") + "\nx-fc-account-id:" + r.Header.Get("X-Fc-Account-Id") + "\n" + r.URL.Path))
	r.Header.Set("Authorization", "FC "+key.AccessKeyID+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// answer is what a request without the SDKs got.
type answer struct {
	status int
	code   string
	body   map[string]any
}

func send(t testing.TB, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			t.Fatalf("%s %s: %v in %q", r.Method, r.URL, err, text)
		}
	}
	a.code, _ = a.body["Code"].(string)
	if older, ok := a.body["ErrorCode"].(string); ok {
		a.code = older
	}
	if id := response.Header.Get("X-Fc-Request-Id"); id == "" || a.body["Code"] != nil && a.body["RequestId"] != id {
		t.Errorf("%s %s: request id %q, body %s", r.Method, r.URL, id, text)
	}
	return a
}

// call sends a signed request; a body that is not bytes is sent as JSON.
func (p *plane) call(t testing.TB, method, path string, body any) answer {
	t.Helper()
	text, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	r := p.request(t, method, path, text)
	signACS3(r, p.account.Root())
	return send(t, r)
}

func (a answer) want(t testing.TB, what string, status int, code string) {
	t.Helper()
	if a.status != status || a.code != code {
		t.Errorf("%s: got %d %v, want %d %s", what, a.status, a.body, status, code)
	}
}

// inline is a function's code in its request.
func inline(zip []byte) object { return object{"zipFile": base64.StdEncoding.EncodeToString(zip)} }
