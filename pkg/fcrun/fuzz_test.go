package fcrun

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/credentials"
)

func FuzzEventToRequest(f *testing.F) {
	f.Add([]byte(httpEvent))
	f.Add([]byte(ossEvent("a")))
	f.Add([]byte(`{"rawPath":"//h/?x#%2e","body":"a","requestContext":{"http":{"method":"G E","sourceIp":"::1"}}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		s := Service{Role: new(credentials.Role), HTTP: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || int64(len(body)) != r.ContentLength {
				t.Errorf("%d bytes of %d, %v", len(body), r.ContentLength, err)
			}
			again, err := url.ParseRequestURI(r.RequestURI)
			if err != nil || again.Path != r.URL.Path || again.RawQuery != r.URL.RawQuery || !strings.HasPrefix(r.URL.Path, "/") {
				t.Errorf("URI %q is not that of %q and %q: %v", r.RequestURI, r.URL.Path, r.URL.RawQuery, err)
			}
			w.Write(body)
		})}
		answer, err := invoke(t.Context(), s, payload)
		if err != nil || string(answer) == "{}" {
			return
		}
		checkEcho(t, payload, answer)
	})
}

// checkEcho requires that an answer has the body of its event.
func checkEcho(t *testing.T, payload, answer []byte) {
	var sent, got struct {
		Body            string
		IsBase64Encoded bool
	}
	if err := errors.Join(json.Unmarshal(payload, &sent), json.Unmarshal(answer, &got)); err != nil {
		t.Fatal(err)
	}
	decode := func(body string, encoded bool) []byte {
		if !encoded {
			return []byte(body)
		}
		plain, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		return plain
	}
	if a, b := decode(sent.Body, sent.IsBase64Encoded), decode(got.Body, got.IsBase64Encoded); !bytes.Equal(a, b) {
		t.Errorf("sent %q, got back %q", a, b)
	}
}
