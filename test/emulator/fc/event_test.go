package fc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aliyun/fc-runtime-go-sdk/events"
)

// strictly decodes an event and refuses fields that the SDK does not know.
func strictly(t testing.TB, event []byte, into any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(event))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v in %s", err, event)
	}
}

func TestHTTPEventIsTheSDKs(t *testing.T) {
	r := httptest.NewRequest("PUT", "/a%2Fb/%E4%B8%AD%20x?q=1&q=2&e=%26&flag", nil)
	r.Host = "abc.cn-hangzhou.fcapp.run:8080"
	r.RemoteAddr = "192.0.2.7:1234"
	r.Header = http.Header{"Accept": {"a", "b"}, "User-Agent": {"curl \"8\"\t"}, "X-Fc-Security-Token": {"forged"}, "Content-Type": {"application/json"}}
	now := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.FixedZone("", 3600))
	event := appendEvent(nil, r, []byte(`{"ä":"\n"}`), "1-2-3", "123", now)

	var got events.HTTPTriggerEvent
	strictly(t, event, &got)
	http := got.TriggerContext.Http
	for what, pair := range map[string][2]string{
		"version":      {*got.Version, "v1"},
		"rawPath":      {*got.RawPath, "/a%2Fb/%E4%B8%AD%20x"},
		"path":         {*http.Path, "/a/b/中 x"},
		"body":         {*got.Body, `{"ä":"\n"}`},
		"method":       {*http.Method, "PUT"},
		"protocol":     {*http.Protocol, "HTTP/1.1"},
		"sourceIp":     {*http.SourceIp, "192.0.2.7"},
		"userAgent":    {*http.UserAgent, "curl \"8\"\t"},
		"accountId":    {*got.TriggerContext.AccountId, "123"},
		"domainName":   {*got.TriggerContext.DomainName, "abc.cn-hangzhou.fcapp.run"},
		"domainPrefix": {*got.TriggerContext.DomainPrefix, "abc"},
		"requestId":    {*got.TriggerContext.RequestId, "1-2-3"},
		"time":         {*got.TriggerContext.Time, "2026-03-04T04:06:07Z"},
		"timeEpoch":    {*got.TriggerContext.TimeEpoch, "1772597167089"},
		"accept":       {(*got.Headers)["Accept"], "a,b"},
		"query q":      {(*got.QueryParameters)["q"], "1,2"},
		"query e":      {(*got.QueryParameters)["e"], "&"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if _, there := (*got.QueryParameters)["flag"]; !there || *got.IsBase64Encoded {
		t.Errorf("got %s", event)
	}
	if _, forged := (*got.Headers)["X-Fc-Security-Token"]; forged {
		t.Error("a client's x-fc- header reached the event")
	}
}

func TestBodiesThatAreNoTextComeAsBase64(t *testing.T) {
	for _, test := range []struct {
		kind, body string
		encoded    bool
	}{
		{"", "text", false}, {"", "\xff", true}, {"text/plain; charset=utf-8", "x", false}, {"text/plain", "\xff", true},
		{"application/json", "{}", false}, {"application/x-www-form-urlencoded", "a=b", false}, {"application/problem+json", "{}", false},
		{"application/zip", "PK", true}, {"application/octet-stream", "abc", true}, {"image/svg+xml", "<svg/>", false}, {"nonsense;;", "x", true},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Content-Type", test.kind)
		checkBody(t, appendEvent(nil, r, []byte(test.body), "", "", time.Now()), test.body, &test.encoded)
	}
}

func checkBody(t testing.TB, event []byte, want string, encoded *bool) {
	t.Helper()
	var got events.HTTPTriggerEvent
	strictly(t, event, &got)
	body := *got.Body
	if *got.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(decoded)
	}
	if body != want || encoded != nil && *got.IsBase64Encoded != *encoded {
		t.Errorf("got %s for %q", event, want)
	}
}

func FuzzHTTPEvent(f *testing.F) {
	f.Add("/a%20b", "q=1&q=2", "X-A", "v", "text/plain", []byte("body"))
	f.Add("/", "", "User-Agent", "\xff\x01\"\\", "application/zip", []byte{0xff, 0})
	f.Add("/\u2028", "%zz&a=%00", "", "", "", []byte("\u2028</script>"))
	f.Fuzz(func(t *testing.T, path, query, name, value, kind string, body []byte) {
		r := httptest.NewRequest("POST", "/", nil)
		r.URL.Path, r.URL.RawQuery = path, query
		r.Header = http.Header{name: {value, value}, "Content-Type": {kind}}
		event := appendEvent(nil, r, body, "id", "1", time.Unix(0, 0))
		checkBody(t, event, string(body), nil)

		var got events.HTTPTriggerEvent
		strictly(t, event, &got)
		if *got.TriggerContext.Http.Path != valid(path) || *got.RawPath != r.URL.EscapedPath() {
			t.Errorf("path %q became %s", path, event)
		}
		if forwardable(name) && name != "Content-Type" && utf8.ValidString(name) && (*got.Headers)[name] != valid(value+","+value) {
			t.Errorf("header %q: %q became %s", name, value, event)
		}
	})
}

// valid is what a JSON text can hold of s.
func valid(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

func FuzzGo1Answer(f *testing.F) {
	f.Add([]byte(`{"statusCode":200,"headers":{"a":"b"},"body":"x"}`), "GET")
	f.Add([]byte(`{"statusCode":200,"isBase64Encoded":true,"body":"eA=="}`), "HEAD")
	f.Add([]byte(`null`), "GET")
	f.Fuzz(func(t *testing.T, result []byte, method string) {
		w := httptest.NewRecorder()
		if f := writeAnswer(w, method, "id", result); f != nil {
			if w.Body.Len() > 0 || f.status != http.StatusBadGateway {
				t.Errorf("%s: %v after %q", result, f, w.Body)
			}
		} else if w.Code < 200 || w.Code > 599 || w.Header().Get("X-Fc-Request-Id") != "id" {
			t.Errorf("%s: %d %v", result, w.Code, w.Header())
		}
	})
}
