package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// checkWebhooks requires the page of a package's webhooks for its owners; for
// everybody else, that of a package that is not there.
func (s *accessSite) checkWebhooks(t *testing.T, c caller, visibility string) int {
	return s.checkOwnersPage(t, c, "/packages/{name}/webhooks", packageOf(visibility), packageOf(missing), strings.Contains(c.deletes, visibility))
}

// checkOrganizationWebhooks is checkWebhooks for an organization.
func (s *accessSite) checkOrganizationWebhooks(t *testing.T, c caller, _ string) int {
	return s.checkOwnersPage(t, c, "/orgs/{name}/webhooks", acme, "zzzz", strings.HasPrefix(c.name, "an owner of the organization"))
}

func (s *accessSite) checkOwnersPage(t *testing.T, c caller, address, name, none string, owns bool) int {
	session := s.session(t, c)
	got := s.send(t, "GET", s.fill(address, name), nil, session)
	nothing := s.send(t, "GET", s.fill(address, none), nil, session)
	limited := strings.HasPrefix(c.name, "the owner's token ")
	switch {
	case !c.known:
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login?next=") {
			t.Errorf("%s: %d %v", address, got.status, got.header)
		}
	case limited && strings.HasPrefix(address, "/packages/"):
		if got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", address, got.status, got.body)
		}
	case owns:
		if got.status != http.StatusOK || !strings.Contains(string(got.body), "<h1>Webhooks of "+name) || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v %s", address, got.status, got.header, got.body)
		}
	default:
		sameAnswer(t, address, got.text(name), nothing.text(none))
	}
	return 2
}
