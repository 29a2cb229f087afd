package upstream_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
)

// zips serves a ZIP at /, and misbehaves at other paths.
func zips(t *testing.T) (z *upstream.ZIPs, address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			io.WriteString(w, "PK")
		case "/large":
			w.Header().Set("Content-Length", fmt.Sprint(registry.MaxZIP+1))
		case "/cut":
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "PK")
		case "/private":
			http.Redirect(w, r, "http://127.0.0.1:1/?secret", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	client := outbound.New([]string{strings.TrimPrefix(server.URL, "http://")})
	t.Cleanup(client.CloseIdleConnections)
	return &upstream.ZIPs{HTTP: client}, server.URL
}

func TestZIPsAreRead(t *testing.T) {
	z, address := zips(t)
	body, err := z.OpenZIP(t.Context(), address+"/")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if text, err := io.ReadAll(body); err != nil || string(text) != "PK" {
		t.Errorf("%q, %v", text, err)
	}
}

// What would be the same the next time is Forbidden, and whoever downloads is
// told which host it was, but no secret of an address.
func TestZIPsThatCanNotBeRead(t *testing.T) {
	z, address := zips(t)
	host := strings.TrimPrefix(address, "http://")
	for path, want := range map[string]struct {
		code  registry.Code
		words string
	}{
		address + "/none?secret":       {registry.Unavailable, fmt.Sprintf("Host %q, which has the ZIP, does not hand it out.", host)},
		address + "/cut":               {registry.Unavailable, host},
		address + "/large":             {registry.Forbidden, "more than 209715200 bytes"},
		address + "/private":           {registry.Forbidden, `host "127.0.0.1:1" is not asked`},
		"https://127.0.0.1:1/?secret":  {registry.Forbidden, "not public"},
		"ftp://example.com/?secret":    {registry.Forbidden, "leads astray"},
		"https://exa mple.com/?secret": {registry.Forbidden, "can't be read"},
	} {
		body, err := z.OpenZIP(t.Context(), path)
		if err == nil {
			_, err = io.ReadAll(body)
			body.Close()
		}
		if registry.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.words) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v (code %d), want %d, %q", path, err, registry.CodeOf(err), want.code, want.words)
		}
	}
}
