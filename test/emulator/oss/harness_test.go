package oss_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

const (
	region     = "cn-hangzhou"
	bucketName = "registry"
	keyID      = "LTAItest"
	keySecret  = "secret of the test"
)

// clock is a clock that only Advance moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now()} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// emulator is a running service with one bucket, and the vendor's SDK as its
// client.
type emulator struct {
	*sdk.Bucket
	service *oss.Service
	url     string
	clock   *clock
	account *sts.Account
}

// start runs an emulated service; configure changes its options.
func start(t testing.TB, configure ...func(*oss.Options)) *emulator {
	t.Helper()
	clock := newClock()
	account := sts.NewAccount(keyID, keySecret, clock.Now)
	options := oss.Options{
		Region: region, Account: account, Clock: clock.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, change := range configure {
		change(&options)
	}
	service, err := oss.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	e := &emulator{service: service, url: server.URL, clock: clock, account: account}
	client := e.client(t, keyID, keySecret)
	if err := client.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	e.Bucket = bucketOf(t, client, bucketName)
	return e
}

func onDisk(dir string) func(*oss.Options) {
	return func(o *oss.Options) { o.Dir = dir }
}

// client returns the SDK's client for a key of the emulated account.
func (e *emulator) client(t testing.TB, id, secret string, options ...sdk.ClientOption) *sdk.Client {
	t.Helper()
	options = append([]sdk.ClientOption{sdk.AuthVersion(sdk.AuthV4), sdk.Region(region)}, options...)
	client, err := sdk.New(e.url, id, secret, options...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func bucketOf(t testing.TB, client *sdk.Client, name string) *sdk.Bucket {
	t.Helper()
	bucket, err := client.Bucket(name)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// service is what a test runs against that holds for the real service too: the
// emulator, or what OSS_TEST_* in the environment names.
type service struct {
	*sdk.Bucket
	prefix string // of this test's keys, which are removed after it
}

func anyService(t *testing.T) *service {
	t.Helper()
	endpoint := os.Getenv("OSS_TEST_ENDPOINT")
	if endpoint == "" {
		return &service{start(t).Bucket, "t/"}
	}
	client, err := sdk.New(endpoint, os.Getenv("OSS_TEST_ACCESS_KEY_ID"), os.Getenv("OSS_TEST_ACCESS_KEY_SECRET"),
		sdk.AuthVersion(sdk.AuthV4), sdk.Region(os.Getenv("OSS_TEST_REGION")))
	if err != nil {
		t.Fatal(err)
	}
	s := &service{bucketOf(t, client, os.Getenv("OSS_TEST_BUCKET")),
		"emulator-test/" + t.Name() + time.Now().Format("-20060102T150405.000000") + "/"}
	t.Cleanup(func() { s.clean(t) })
	return s
}

func (s *service) clean(t *testing.T) {
	list, err := s.ListObjectsV2(sdk.Prefix(s.prefix), sdk.MaxKeys(1000))
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list.Objects {
		if err := s.DeleteObject(o.Key); err != nil {
			t.Error(err)
		}
	}
}

func (s *service) key(name string) string { return s.prefix + name }

func put(t testing.TB, b *sdk.Bucket, key, text string, options ...sdk.Option) {
	t.Helper()
	if err := b.PutObject(key, strings.NewReader(text), options...); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func get(t testing.TB, b *sdk.Bucket, key string, options ...sdk.Option) string {
	t.Helper()
	body, err := b.GetObject(key, options...)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	defer body.Close()
	return readAll(t, body)
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantError fails the test unless err is the service's, with this status and
// code.
func wantError(t testing.TB, err error, status int, code string) {
	t.Helper()
	var e sdk.ServiceError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want the service's error %d %s", err, status, code)
	}
	if e.StatusCode != status || e.Code != code {
		t.Errorf("got %d %s (%s), want %d %s", e.StatusCode, e.Code, e.Message, status, code)
	}
	if e.RequestID == "" {
		t.Error("the error has no request id")
	}
}

// wantAbsent fails the test unless the object does not exist.
func wantAbsent(t testing.TB, b *sdk.Bucket, key string, options ...sdk.Option) {
	t.Helper()
	_, err := b.GetObject(key, options...)
	wantError(t, err, http.StatusNotFound, "NoSuchKey")
}

// do sends a request as it is, without the SDK.
func do(t testing.TB, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response, readAll(t, response.Body)
}

// wantStatus fails the test unless the answer has the status and, if code is
// not "", names that error.
func wantStatus(t testing.TB, r *http.Response, body string, status int, code string) {
	t.Helper()
	if r.StatusCode != status || code != "" && !strings.Contains(body, "<Code>"+code+"</Code>") {
		t.Errorf("got %s %q, want %d %s", r.Status, body, status, code)
	}
}

// unsized hides a reader's length: the upload is chunked.
func unsized(text string) io.Reader { return io.MultiReader(bytes.NewBufferString(text)) }

// toServer returns a client that connects to one server whatever the host is.
func toServer(url string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(url, "http://"))
		},
	}}
}
