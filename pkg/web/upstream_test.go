package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/outbound"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/upstream"
	"github.com/fc-registry/fc-registry/test/hostile"
)

// from lets a site answer from an upstream.
func (s *site) from(u *hostile.Upstream) {
	clock, hosts := func() time.Time { return s.now }, []string{u.Host}
	s.queries.Upstreams = &registry.Upstreams{
		Suppliers: []registry.Supplier{{URL: u.URL, Upstream: &upstream.Client{Base: u.URL, HTTP: outbound.New(hosts), Hosts: hosts}}},
		Answers:   memory.NewAnswers(), Pins: memory.NewPins(), Clock: clock, Timeout: 10 * time.Second,
		Reports: &registry.Reports{Audit: s.audit, Clock: clock},
	}
}

func TestThePageSaysWhereAPackageIsFrom(t *testing.T) {
	s, u := newSite(t), hostile.New(t)
	s.from(u)
	u.Publish("there", "1.0.0", []byte("zip"), nil)
	u.Publish("there", "0.9.0", []byte("zip"), map[string]any{"created_at": "?", "type": "?", "sha256": nil, "size": nil})
	s.publish("here", "1.0.0", nil)
	for _, c := range []struct {
		language string
		says     []string
	}{
		{"en", []string{"from " + u.URL, "comes from another registry"}},
		{"zh", []string{"来自 " + u.URL, "来自另一个仓库"}},
	} {
		for _, path := range []string{"/packages/there", "/packages/there/versions/1.0.0", "/packages/there/versions/0.9.0"} {
			page := s.get(path+"?lang="+c.language, nil)
			page.want(t, http.StatusOK, append(c.says, "noindex", base+"/there/zipball/", "<h1>there")...)
			page.wantNot(t, "stranger", "/users/", "0001")
		}
		s.get("/packages/here?lang="+c.language, nil).wantNot(t, c.says...)
	}
	s.get("/packages/none", nil).want(t, http.StatusNotFound)
	u.Play(hostile.Answers, hostile.Transport()["status 500"])
	busy := s.get("/packages/other", nil)
	busy.want(t, http.StatusServiceUnavailable)
	busy.wantNot(t, "127.0.0.1")
}
