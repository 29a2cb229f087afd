package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/outbound"
)

// serve answers on a loopback port and returns its address and its HOST:PORT.
func serve(t *testing.T, h http.HandlerFunc) (address, host string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL, server.Listener.Addr().String()
}

func refuse(t *testing.T) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was asked", r.Method, r.Host) }
}

// get asks and returns the body.
func get(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func wantRefused(t *testing.T, err error, host string, words ...string) {
	t.Helper()
	refused, ok := errors.AsType[*outbound.Refused](err)
	if !ok {
		t.Fatalf("got %v, want a refusal", err)
	}
	if refused.Host != host {
		t.Errorf("host %q, want %q", refused.Host, host)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestHostsThatAreNotPublicAreRefused(t *testing.T) {
	_, host := serve(t, refuse(t))
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "169.254.169.254", "100.100.100.200", "[64:ff9b::7f00:1]"} {
		named := other + ":" + port
		_, err := get(t, outbound.New(nil), "https://"+named+"/v3")
		refused, ok := errors.AsType[*outbound.Refused](err)
		if !ok || !strings.Contains(refused.Why, "is not public") {
			t.Errorf("%s: %v", named, err)
		}
	}
	_, err = get(t, outbound.New(nil), "http://"+host)
	wantRefused(t, err, host, "by http")
}

func TestAddressesThatAreNoneAreRefused(t *testing.T) {
	for address, words := range map[string]string{
		"ftp://a.example/":              "ftp",
		"file:///etc/passwd":            "file",
		"https://user:pass@a.example/x": "credentials",
		"https:///x":                    "no host",
		"https:a.example":               "no host",
		"gopher://127.0.0.1/":           "gopher",
		"https://169.254.169.254/":      "not public",
		"http://8.8.8.8/":               "by http",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		wantRefused(t, outbound.Check(u, nil), u.Host, words)
	}
	u, _ := url.Parse("https://a.example/v3")
	if err := outbound.Check(u, nil); err != nil {
		t.Error(err)
	}
}

func TestHostsMayBeAllowedByName(t *testing.T) {
	address, host := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	_, port, _ := net.SplitHostPort(host)
	for _, test := range []struct {
		allowed, address string
		ok               bool
	}{
		{host, address, true},
		{"127.0.0.1", address, true},
		{"LocalHost:" + port, "http://localhost:" + port, true},
		{"localhost", "http://LOCALHOST:" + port, true},
		{"127.0.0.1:1", address, false},
		{"localhost", address, false}, // the same place by another name
		{"127.0.0.1", "http://localhost:" + port, false},
	} {
		body, err := get(t, outbound.New([]string{test.allowed}), test.address)
		if (err == nil && body == "hello") != test.ok {
			t.Errorf("%+v: %q, %v", test, body, err)
		}
	}
}

func TestRedirectsAreChecked(t *testing.T) {
	private, privateHost := serve(t, refuse(t))
	for name, to := range map[string]string{
		"to a host that is not allowed": private,
		"to the metadata service":       "http://100.100.100.200/latest/meta-data",
		"to a private https address":    "https://" + privateHost + "/",
		"to another scheme":             "ftp://" + privateHost + "/",
	} {
		t.Run(name, func(t *testing.T) {
			address, host := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
			_, err := get(t, outbound.New([]string{host}), address)
			target, _ := url.Parse(to)
			wantRefused(t, err, target.Host)
		})
	}
}

// chain redirects n times before it answers.
func chain(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if n > 0 {
		http.Redirect(w, r, "/"+strconv.Itoa(n-1), http.StatusFound)
		return
	}
	io.WriteString(w, "end")
}

func TestThreeRedirectsAreFollowed(t *testing.T) {
	address, host := serve(t, chain)
	if body, err := get(t, outbound.New([]string{host}), address+"/3"); err != nil || body != "end" {
		t.Errorf("%q, %v", body, err)
	}
	_, err := get(t, outbound.New([]string{host}), address+"/4")
	wantRefused(t, err, host, "more than 3 redirects")
}

func TestNothingOfOursIsSent(t *testing.T) {
	var headers []http.Header
	address, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
		headers = append(headers, r.Header.Clone())
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		chain(w, r)
	})
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	c := outbound.New([]string{host})
	c.Jar, _ = cookiejar.New(nil)
	for range 2 {
		if _, err := get(t, c, address+"/2"); err != nil {
			t.Fatal(err)
		}
	}
	if len(headers) != 6 {
		t.Fatalf("%d requests", len(headers))
	}
	for _, h := range headers {
		if len(h) != 1 || h.Get("User-Agent") != "fc-registry" {
			t.Errorf("sent %v", h)
		}
	}
}

func TestABodyEndsWithAnErrorAfterItsLimit(t *testing.T) {
	for size, whole := range map[int]bool{0: true, 99: true, 100: true, 101: false, 5000: false} {
		body := outbound.Limit(io.NopCloser(strings.NewReader(strings.Repeat("x", size))), 100)
		got, err := io.ReadAll(body)
		_, tooLarge := errors.AsType[*http.MaxBytesError](err)
		if tooLarge == whole || whole && err != nil || len(got) != min(size, 100) {
			t.Errorf("%d bytes: got %d, %v", size, len(got), err)
		}
	}
}

func TestHeadersHaveALimit(t *testing.T) {
	address, host := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
	if _, err := get(t, outbound.New([]string{host}), address); err == nil {
		t.Error("a header of 1 MB was taken")
	}
}

func TestAHostThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"before the header": "", "in the body": "first"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, host := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if first != "" {
					io.WriteString(w, first)
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
			defer cancel()
			body, err := get(t, outbound.New([]string{host}), address)
			if err == nil || ctx.Err() != nil || body != first {
				t.Errorf("%q, %v", body, err)
			}
		})
	}
}

func TestErrorsHideAddresses(t *testing.T) {
	address, host := serve(t, refuse(t))
	_, err := get(t, outbound.New(nil), address+"/secret?token=secret")
	if got := outbound.Hide(err).Error(); strings.Contains(got, "secret") || !strings.Contains(got, host) {
		t.Errorf("error %q", got)
	}
	wantRefused(t, outbound.Hide(err), host)
	if other := errors.New("other"); outbound.Hide(other) != other {
		t.Error("another error was changed")
	}
}
