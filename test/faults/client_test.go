package faults

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// client is a user of a registry, with a token; "" for nobody.
type client struct {
	base  string // the registry's address
	token string
	skew  time.Duration // of the client's clock
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %.300s", a.status, a.body) }

// send sends one request; it follows no redirects.
func send(ctx context.Context, method, address string, body io.Reader, header http.Header) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	if header != nil {
		request.Header = header
	}
	request.Close = true // the other end may die
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

// get reads in the client's name.
func (c client) get(ctx context.Context, path string) (answer, error) {
	header := http.Header{}
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	if strings.HasPrefix(path, "/") {
		path = c.base + path
	}
	return send(ctx, "GET", path, nil, header)
}

// signed sends a change as the CLI does.
func (c client) signed(ctx context.Context, method, path string, form url.Values) (answer, error) {
	nonce, timestamp := rand.Text()[:15], strconv.FormatInt(time.Now().Add(c.skew).Unix(), 10)
	name, code := md5.Sum([]byte(c.token)), sha256.Sum256([]byte(c.token+nonce+timestamp))
	header := http.Header{}
	header.Set("token", hex.EncodeToString(name[:]))
	header.Set("timestamp", timestamp)
	header.Set("nonce", nonce)
	header.Set("sign_code", hex.EncodeToString(code[:]))
	if form != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return send(ctx, method, c.base+path, strings.NewReader(form.Encode()), header)
}

// announce sends the form of a publish and returns the address for the ZIP, ""
// when it was refused.
func (c client) announce(ctx context.Context, p pack) (string, answer, error) {
	a, err := c.signed(ctx, "POST", "/v3/packages/releases", url.Values{"publish": {p.yaml()}})
	var v struct{ Body struct{ URL string } }
	if err != nil || a.status != http.StatusOK {
		return "", a, err
	}
	err = json.Unmarshal(a.body, &v)
	return v.Body.URL, a, err
}

// outcome is what the answer to an upload says.
type outcome struct {
	Released bool
	Message  string
}

// put uploads a ZIP as the CLI does: chunked, with no content type. An answer
// that is not the callback's gives an error.
func put(ctx context.Context, address string, zip []byte) (outcome, error) {
	var o outcome
	a, err := send(ctx, "PUT", address, io.MultiReader(bytes.NewReader(zip)), nil)
	if err != nil {
		return o, err
	}
	if a.status != http.StatusOK {
		return o, fmt.Errorf("PUT: %s", a)
	}
	return o, json.Unmarshal(a.body, &o)
}

// publish announces and uploads.
func (c client) publish(ctx context.Context, p pack) (outcome, error) {
	address, a, err := c.announce(ctx, p)
	if err != nil {
		return outcome{}, err
	}
	if address == "" {
		return outcome{}, fmt.Errorf("announce: %s", a)
	}
	return put(ctx, address, p.zip())
}

// remove deletes a release.
func (c client) remove(ctx context.Context, name, version string) (answer, error) {
	return c.signed(ctx, "DELETE", "/v3/packages/"+name+"/release/tags/"+version, nil)
}

// retoken asks for a new token in place of the client's.
func (c client) retoken(ctx context.Context) (string, answer, error) {
	a, err := c.signed(ctx, "POST", "/v3/user/token", nil)
	var v struct {
		Body struct {
			Code string `json:"safety_code"`
		}
	}
	if err != nil || a.status != http.StatusOK {
		return "", a, err
	}
	err = json.Unmarshal(a.body, &v)
	return v.Body.Code, a, err
}

// release is one in an answer.
type release struct {
	Tag string `json:"tag_name"`
	URL string `json:"zipball_url"`
	SHA string `json:"sha256"`
}

// view is what a client sees of a package. Releases are nil when the answer
// was that there is no such package.
type view struct {
	releases []release
	latest   string // version; "" for none
}

// look reads a package's releases and downloads each: the bytes must be those
// that the answers state.
func (c client) look(ctx context.Context, name string) (view, error) {
	var v view
	list, err := c.get(ctx, "/"+name+"/releases?per_page=100")
	if err != nil {
		return v, err
	}
	if list.status == http.StatusOK {
		err = json.Unmarshal(list.body, &v.releases)
	} else if list.status != http.StatusNotFound {
		err = fmt.Errorf("releases of %s: %s", name, list)
	}
	if err != nil {
		return v, err
	}
	for _, r := range v.releases {
		if err := c.verify(ctx, r); err != nil {
			return v, err
		}
	}
	latest, err := c.latest(ctx, name)
	if err == nil && latest.Tag != "" {
		v.latest, err = latest.Tag, c.verify(ctx, latest)
	}
	return v, err
}

// latest returns the latest release, an empty one when there is none.
func (c client) latest(ctx context.Context, name string) (release, error) {
	var r release
	a, err := c.get(ctx, "/"+name+"/releases/latest")
	if err != nil || a.status == http.StatusNotFound {
		return r, err
	}
	if a.status != http.StatusOK {
		return r, fmt.Errorf("latest of %s: %s", name, a)
	}
	return r, json.Unmarshal(a.body, &r)
}

// verify downloads a release, as the CLI does: without a login.
func (c client) verify(ctx context.Context, r release) error {
	redirect, err := client{base: c.base}.get(ctx, r.URL)
	if err != nil {
		return err
	}
	if redirect.status != http.StatusFound {
		return withoutZIP{r.Tag, redirect}
	}
	zip, err := send(ctx, "GET", redirect.header.Get("Location"), nil, nil)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(zip.body); zip.status != http.StatusOK || hex.EncodeToString(sum[:]) != r.SHA {
		return fmt.Errorf("ZIP of %s: SHA-256 %x, want %s: %s", r.Tag, sum, r.SHA, zip)
	}
	return nil
}

// withoutZIP is a release that is visible while its ZIP is not.
type withoutZIP struct {
	tag    string
	answer answer
}

func (e withoutZIP) Error() string {
	return fmt.Sprintf("release %s is visible, but its ZIP is not: %s", e.tag, e.answer)
}
