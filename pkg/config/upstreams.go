package config

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// Upstreams say where names come from that are not here.
type Upstreams struct {
	// List is in the order in which they are asked (UPSTREAMS; off, or empty:
	// none): separated by ";", each a base URL, then allow=PATTERNS and
	// deny=PATTERNS, if any, separated by commas.
	List []Upstream
	// Hosts may be private, or reached by http (UPSTREAM_HOSTS, separated by
	// commas; none, or empty: no such hosts).
	Hosts []string
	// Mode is what becomes of their ZIPs: mirror, redirect or off
	// (UPSTREAM_MODE; mirror when empty).
	Mode string
}

// Upstream is another registry.
type Upstream struct {
	URL         string   // base of its V3 API
	Allow, Deny []string // patterns of names
}

// FromUpstreams reads Upstreams.
func FromUpstreams(r *reader, c *Config) {
	for text := range strings.SplitSeq(word(r, "UPSTREAMS", "off"), ";") {
		if strings.TrimSpace(text) != "" {
			c.Upstreams.List = append(c.Upstreams.List, r.upstream(text, c.Upstreams.List))
		}
	}
	for host := range strings.SplitSeq(word(r, "UPSTREAM_HOSTS", "none"), ",") {
		if host = strings.TrimSpace(host); strings.ContainsAny(host, "/ ") {
			r.fail("environment variable UPSTREAM_HOSTS: %q is not a host: write HOST or HOST:PORT", host)
		} else if host != "" {
			c.Upstreams.Hosts = append(c.Upstreams.Hosts, host)
		}
	}
	switch mode := word(r, "UPSTREAM_MODE", "mirror"); mode {
	case "", "mirror":
		c.Upstreams.Mode = "mirror"
	case "redirect", "off":
		c.Upstreams.Mode = mode
	default:
		r.fail("environment variable UPSTREAM_MODE=%q must be mirror, redirect or off", mode)
	}
}

// word reads a variable in which a word stands for nothing: s.yaml can't leave
// one empty.
func word(r *reader, name, nothing string) string {
	text := strings.TrimSpace(r.getenv(name))
	if text == nothing {
		return ""
	}
	return text
}

func (r *reader) upstream(text string, before []Upstream) Upstream {
	words := strings.Fields(text)
	u := Upstream{URL: strings.TrimRight(words[0], "/")}
	parsed, err := url.Parse(u.URL)
	if err != nil || parsed.Host == "" || parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		r.fail("environment variable UPSTREAMS: %q is not a registry's address like https://host/v3", words[0])
	}
	if slices.ContainsFunc(before, func(b Upstream) bool { return b.URL == u.URL }) {
		r.fail("environment variable UPSTREAMS names %s twice", u.URL)
	}
	for _, w := range words[1:] {
		name, patterns, _ := strings.Cut(w, "=")
		switch name {
		case "allow":
			u.Allow = append(u.Allow, r.patterns(patterns)...)
		case "deny":
			u.Deny = append(u.Deny, r.patterns(patterns)...)
		default:
			r.fail("environment variable UPSTREAMS: %q behind %s is neither allow=PATTERNS nor deny=PATTERNS; another upstream comes after a semicolon", w, u.URL)
		}
	}
	return u
}

// patterns reads patterns of names, in which * stands for any text.
func (r *reader) patterns(text string) []string {
	list := strings.Split(text, ",")
	for _, p := range list {
		if _, err := path.Match(p, ""); err != nil || p == "" {
			r.fail("environment variable UPSTREAMS: %q is not a pattern of names: write a name, in which * stands for any text, as in devsapp-*", p)
		}
	}
	return list
}
