package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/config"
)

func readUpstreams(upstreams, hosts, mode string) (config.Upstreams, error) {
	env := map[string]string{"UPSTREAMS": upstreams, "UPSTREAM_HOSTS": hosts, "UPSTREAM_MODE": mode}
	c, err := config.Read(func(name string) string { return env[name] }, config.FromUpstreams)
	return c.Upstreams, err
}

func TestUpstreamsAreReadInOrder(t *testing.T) {
	for text, want := range map[string][]config.Upstream{
		"":                      nil,
		"off":                   nil,
		" ; ":                   nil,
		"https://a.example/v3/": {{URL: "https://a.example/v3"}},
		"https://a.example/v3 allow=devsapp-*,fc* deny=acme-* deny=x?; http://127.0.0.1:8080/v3 ;": {
			{URL: "https://a.example/v3", Allow: []string{"devsapp-*", "fc*"}, Deny: []string{"acme-*", "x?"}},
			{URL: "http://127.0.0.1:8080/v3"},
		},
	} {
		got, err := readUpstreams(text, "", "")
		if err != nil || !reflect.DeepEqual(got.List, want) || got.Hosts != nil || got.Mode != "mirror" {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	got, err := readUpstreams("off", " a.example ,127.0.0.1:80,", "redirect")
	if want := (config.Upstreams{Hosts: []string{"a.example", "127.0.0.1:80"}, Mode: "redirect"}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := readUpstreams("off", "none", "off"); err != nil || got.Hosts != nil || got.Mode != "off" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsWrongWithUpstreamsIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ upstreams, hosts, mode, words string }{
		"no address":         {"a.example", "", "", `UPSTREAMS: "a.example" is not a registry's address like https://host/v3`},
		"patterns alone":     {"allow=x", "", "", `UPSTREAMS: "allow=x" is not`},
		"credentials":        {"https://u:p@a.example/v3", "", "", "is not a registry's address"},
		"a query":            {"https://a.example/v3?x=1", "", "", "is not a registry's address"},
		"twice":              {"https://a.example/v3;https://a.example/v3/", "", "", "names https://a.example/v3 twice"},
		"another word":       {"https://a.example/v3 permit=x", "", "", `"permit=x" behind https://a.example/v3 is neither allow=PATTERNS nor deny=PATTERNS`},
		"no semicolon":       {"https://a.example/v3 https://b.example/v3", "", "", "another upstream comes after a semicolon"},
		"a pattern of none":  {"https://a.example/v3 deny=", "", "", `UPSTREAMS: "" is not a pattern of names`},
		"a pattern that is":  {"https://a.example/v3 allow=[", "", "", `UPSTREAMS: "[" is not a pattern of names`},
		"a host with scheme": {"", "http://a.example", "", `UPSTREAM_HOSTS: "http://a.example" is not a host`},
		"another mode":       {"", "", "copy", `UPSTREAM_MODE="copy" must be mirror, redirect or off`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readUpstreams(c.upstreams, c.hosts, c.mode)
			if err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("got %v, want %s", err, c.words)
			}
		})
	}
}
