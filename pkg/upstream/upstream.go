// Package upstream asks another registry by the V3 dialect, and believes nothing
// that it says before it is checked: what is no release is left out, what is of
// the wrong type does not count, and texts are cut to the limits of this
// registry. Nothing of who asks goes there but the name, the version, or the
// words of a search that asks for upstreams.
package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// maxAnswer is how many bytes an answer may have: a release's texts, or a page
// of a list.
const maxAnswer = 4 << 20

// Client asks one upstream.
type Client struct {
	Base string // its V3 API, as in https://api.devsapp.cn/v3
	HTTP *http.Client
	// Hosts may be private, or reached by http (outbound.New).
	Hosts []string
}

var _ registry.Upstream = (*Client)(nil)

// Latest implements registry.Upstream.
func (c *Client) Latest(ctx context.Context, name string) (registry.Package, registry.Release, error) {
	return c.one(ctx, name, "/latest")
}

// Release implements registry.Upstream.
func (c *Client) Release(ctx context.Context, name string, v registry.Version) (registry.Package, registry.Release, error) {
	p, r, err := c.one(ctx, name, "/tags/"+url.PathEscape(v.String()))
	if err == nil && r.Version.String() != v.String() {
		err = c.wrong("it answers %s with %s of %q", v, r.Version, name)
	}
	return p, r, err
}

func (c *Client) one(ctx context.Context, name, asked string) (registry.Package, registry.Release, error) {
	body, err := c.get(ctx, releasesPath(name)+asked)
	if err != nil {
		return registry.Package{}, registry.Release{}, err
	}
	f, err := object(body)
	if err != nil {
		return registry.Package{}, registry.Release{}, c.wrong("its answer about %q: %w", name, err)
	}
	named := f.text("name", registry.MaxName)
	if named != name && registry.SameName(named, name) {
		return registry.Package{}, registry.Release{}, registry.Errorf(registry.NotFound, "%s has %q, and not %q.", c.Base, named, name)
	}
	if named != name {
		return registry.Package{}, registry.Release{}, c.wrong("its answer about %q names another package", name)
	}
	r, err := c.release(f, name)
	if err != nil {
		return registry.Package{}, registry.Release{}, c.wrong("its answer about %q: %w", name, err)
	}
	f.describe(&r)
	return c.pkg(name, f.number("download")), r, nil
}

func (c *Client) pkg(name string, downloads int64) registry.Package {
	return registry.Package{Name: name, Visibility: registry.Public, Downloads: downloads, Upstream: c.Base}
}

func releasesPath(name string) string { return "/packages/" + url.PathEscape(name) + "/release" }

// get asks for a path and returns the body in the answer's envelope. NotFound
// when the upstream says, in JSON, that there is no such thing: what a server on
// the way to it answers does not count.
func (c *Client) get(ctx context.Context, path string) (json.RawMessage, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Base+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	answer, err := c.HTTP.Do(r)
	if err != nil {
		return nil, c.fails(outbound.Hide(err))
	}
	limited := outbound.Limit(answer.Body, maxAnswer)
	text, err := io.ReadAll(limited)
	err = errors.Join(err, limited.Close())
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, c.wrong("it answers with more than %d bytes", maxAnswer)
	}
	if err != nil {
		return nil, c.fails(err)
	}
	if answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests {
		return nil, c.fails(fmt.Errorf("status %d", answer.StatusCode))
	}
	envelope, err := object(text)
	switch {
	case err != nil:
		return nil, c.wrong("status %d, and %w", answer.StatusCode, err)
	case answer.StatusCode == http.StatusNotFound:
		return nil, registry.Errorf(registry.NotFound, "%s has nothing there.", c.Base)
	case answer.StatusCode != http.StatusOK:
		return nil, c.wrong("status %d", answer.StatusCode)
	}
	return envelope["body"], nil
}

// fails is an error of an upstream that does not answer: nobody, whatever was
// asked for.
func (c *Client) fails(err error) error {
	return &registry.Error{Code: registry.Unavailable, Message: c.Base + " does not answer.", Err: err}
}

// wrong is an error of an upstream whose answer to one question is not as it
// should be.
func (c *Client) wrong(format string, args ...any) error {
	return fmt.Errorf("upstream %s: "+format, append([]any{c.Base}, args...)...)
}

// searchQuery is what a search asks for, in the dialect's words.
func searchQuery(s registry.Search) string {
	page := -1 // all
	if s.Limit > 0 {
		page = 1 + s.Skip/s.Limit
	}
	q := url.Values{"page": {strconv.Itoa(page)}}
	for name, value := range map[string]string{
		"search": s.Text, "category": s.Category, "tag": s.Tag, "provider": s.Provider,
		"sort": string(s.Sort), "type": typeNumber(s.Type),
	} {
		if value = strings.ToValidUTF8(value, ""); value != "" {
			q.Set(name, value[:min(len(value), maxQuery)])
		}
	}
	return q.Encode()
}

// maxQuery is how long a parameter of a search may be, in bytes.
const maxQuery = 200

func typeNumber(t registry.Type) string {
	return map[registry.Type]string{registry.Component: "1", registry.Plugin: "2", registry.Project: "3"}[t]
}
