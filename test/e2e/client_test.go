package e2e

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request to an address below the registry's, or elsewhere. It
// follows no redirects.
func (r *registry) send(t *testing.T, method, address string, body io.Reader, header http.Header) answer {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = r.Registry + address
	}
	a, err := exchange(t.Context(), method, address, body, header)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func exchange(ctx context.Context, method, address string, body io.Reader, header http.Header) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	if header != nil {
		request.Header = header
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

func (r *registry) get(t *testing.T, address string) answer {
	t.Helper()
	return r.send(t, "GET", address, nil, nil)
}

// decode reads a 200's JSON.
func decode[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return v
}

// envelope is what every answer of the CLI's dialect is in.
type envelope[T any] struct {
	RequestID string `json:"request_id"`
	Body      T      `json:"body"`
}

// fails requires an error in the form of the address's dialect.
func fails(t *testing.T, address string, a answer, status int, words string) {
	t.Helper()
	var v3 envelope[string]
	var srm struct{ Message string }
	got, target := &srm.Message, any(&srm)
	if strings.HasPrefix(address, "/v3/") {
		got, target = &v3.Body, &v3
	}
	if err := json.Unmarshal(a.body, target); err != nil {
		t.Fatalf("%s: %v in %d %s", address, err, a.status, a.body)
	}
	if a.status != status || !strings.Contains(*got, words) {
		t.Errorf("%s: status %d, %q; want %d, %q", address, a.status, *got, status, words)
	}
}

// signed is what the CLI sends in place of a token.
func signed(token string, at time.Time) http.Header {
	nonce, timestamp := rand.Text()[:15], strconv.FormatInt(at.Unix(), 10)
	name, code := md5.Sum([]byte(token)), sha256.Sum256([]byte(token+nonce+timestamp))
	h := http.Header{}
	h.Set("token", hex.EncodeToString(name[:]))
	h.Set("timestamp", timestamp)
	h.Set("nonce", nonce)
	h.Set("sign_code", hex.EncodeToString(code[:]))
	return h
}

const announcing = "/v3/packages/releases"

// announce sends the form of a publish.
func (r *registry) announce(t *testing.T, token string, form url.Values) answer {
	t.Helper()
	h := signed(token, time.Now())
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(t, "POST", announcing, strings.NewReader(form.Encode()), h)
}

// form is what the CLI sends of a package's files.
func form(files map[string]string) url.Values {
	values := url.Values{}
	for field, file := range map[string]string{"publish": "publish.yaml", "version_body": "version.md", "readme": "readme.md", "syaml": "src/s.yaml"} {
		if text, ok := files[file]; ok {
			values.Set(field, text)
		}
	}
	return values
}

// address announces a package, which must be accepted, and returns where its
// ZIP is to be put. An earlier upload's refusal is told first.
func (r *registry) address(t *testing.T, token string, files map[string]string) string {
	t.Helper()
	a := r.announce(t, token, form(files))
	if a.status == http.StatusConflict && bytes.Contains(a.body, []byte("This is said once")) {
		a = r.announce(t, token, form(files))
	}
	return decode[envelope[struct{ URL string }]](t, a).Body.URL
}

// outcome is what the answer to an upload says.
type outcome struct {
	Released bool
	Message  string
}

// put uploads a ZIP as the CLI does: chunked, with no content type.
func (r *registry) put(t *testing.T, address string, zip io.Reader) answer {
	t.Helper()
	return r.send(t, "PUT", address, chunked(zip), nil)
}

// chunked hides a body's length from the client.
func chunked(body io.Reader) io.Reader { return io.MultiReader(body) }

// publish publishes a package, and returns its ZIP.
func (r *registry) publish(t *testing.T, files map[string]string) []byte {
	t.Helper()
	zip := pack(t, files)
	o := decode[outcome](t, r.put(t, r.address(t, r.Token, files), bytes.NewReader(zip)))
	if !o.Released {
		t.Fatal(o.Message)
	}
	return zip
}

// download follows a zipball_url and returns the ZIP.
func (r *registry) download(t *testing.T, address string) []byte {
	t.Helper()
	redirect := r.get(t, address)
	if redirect.status == http.StatusServiceUnavailable { // it is fetched meanwhile
		eventually(t, "it can be had", func() bool {
			redirect = r.get(t, address)
			return redirect.status != http.StatusServiceUnavailable
		})
	}
	if redirect.status != http.StatusFound {
		t.Fatalf("%s: status %d, want a redirect: %s", address, redirect.status, redirect.body)
	}
	zip := r.get(t, redirect.header.Get("Location"))
	if zip.status != http.StatusOK {
		t.Fatalf("%s redirects to %s: status %d: %s", address, redirect.header.Get("Location"), zip.status, zip.body)
	}
	return zip.body
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	within(t, patience, what, holds)
}

func within(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", limit, what)
		}
	}
}
