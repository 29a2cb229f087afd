package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// odd are request targets as no client writes them, or only one that attacks.
func odd() []string {
	return []string{
		"//v3//packages//releases", "/v3/./packages/releases", "/v3/../packages/releases", "/v3/..//packages/releases", "/v3/%2e%2e/hello/releases", "/%2e%2e/hello/releases",
		"/..;/hello/releases", "/hello;x=1/releases", "/\\evil.example.com/releases", "/%5cevil.example.com/releases", "//evil.example.com/", "//evil.example.com/releases",
		"///evil.example.com/%2e%2e", "//evil.example.com\\@x/", "/.//evil.example.com/", "/%2F%2Fevil.example.com/", "/%2Fevil.example.com/releases", "http://evil.example.com//hello/releases",
		"//login?next=//evil.example.com", "/login?next=/\\evil.example.com", "//settings", "//settings/tokens", "/orgs//evil.example.com/webhooks", "//packages//hello//versions//latest",
		"/packages/%2Fevil.example.com/versions/%5E1", "/packages/..%2F..%2Fevil.example.com/versions/latest", "/packages/%2F%2Fevil.example.com/release/latest",
		"/hello/zipball/..", "/hello/zipball/%2e%2e%2f%2e%2e", "/hello/zipball/1.0.0%00", "/hello/zipball/1.0.0%0d%0aLocation:%20http:%2f%2fevil.example.com", "/v3//packages/hello/zipball/latest",
		"/hello/zipball/latest?ticket=..", "/%00/releases", "//healthz", "/v3%2fpackages%2freleases", "/", "//", "/" + strings.Repeat("/", 3000) + "hello/releases", "/" + strings.Repeat("a//", 1000),
	}
}

// TestOddPathsLeadNowhere sends what a stranger may write, under hosts that are
// not the registry's: nobody is sent to another host, and nothing fails.
func TestOddPathsLeadNowhere(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.publish(t, component("hello", "1.0.0"))
	for _, target := range odd() {
		for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS", "CONNECT", "PUT"} {
			for _, host := range []string{"evil.example.com", "evil.example.com.cn-hangzhou.fcapp.run"} {
				for _, accept := range []string{"*/*", "text/html"} {
					r.sendRaw(t, method, target, host, accept)
				}
			}
		}
	}
}

// sendRaw sends a request that no URL package has mended.
func (r *registry) sendRaw(t *testing.T, method, target, host, accept string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.Registry, "http://")+":80")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-Host: evil.example.com\r\nAccept: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", method, target, host, accept)
	asked := &http.Request{Method: method}
	response, err := http.ReadResponse(bufio.NewReader(conn), asked)
	if err != nil {
		t.Fatalf("%s %.80s: %v", method, target, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 500 {
		t.Errorf("%s %.80s: %d %.200s, %v", method, target, response.StatusCode, body, err)
	}
	to := response.Header.Get("Location")
	own := strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, "/\\")
	if to != "" && !own && !strings.HasPrefix(to, r.Registry+"/") && !strings.HasPrefix(to, r.OSS+"/") {
		t.Errorf("%s %.80s of host %s leads to %s", method, target, host, to)
	}
	if strings.Contains(string(body), "evil.example.com") && !strings.Contains(target, "evil.example.com") {
		t.Errorf("%s %.80s: the answer repeats the host: %.300s", method, target, body)
	}
}
