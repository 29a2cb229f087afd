package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/identity"
	domain "github.com/fc-registry/fc-registry/pkg/registry"
)

// acme is the organization of all packages of the access tests.
const acme = "acme"

// missing is in the place of a visibility: nobody has published that package.
const missing = "missing"

// packageOf is the package with a visibility. All have names of one length, so
// that their answers have too.
func packageOf(visibility string) string {
	return map[string]string{"Public": "tool-pub", "Organization": "tool-org", "Private": "tool-pri", missing: "tool-not"}[visibility]
}

// caller is somebody who asks, and what that may lead to.
type caller struct {
	name   string
	token  *string
	header func() http.Header
	known  bool // as a user
	rights
}

// rights list the visibilities of packages on which something is allowed.
type rights struct{ sees, publishes, deletes string }

const (
	public = "Public"
	ofOrg  = "Public Organization"
	every  = "Public Organization Private"
)

// accessSite is a registry with a package of each visibility, all of acme and
// all published by its user owner.
type accessSite struct {
	*registry
	tickets *identity.Tickets
	tokens  map[string]*string // of users; checkRenew replaces them
	sums    map[string]string  // SHA-256 of the ZIPs, by package and version
	spare   int                // versions published to be deleted
}

func newAccessSite(t *testing.T) *accessSite {
	t.Helper()
	r := start(t)
	key, err := base64.StdEncoding.DecodeString(r.MasterKey)
	if err != nil {
		t.Fatal(err)
	}
	s := &accessSite{
		registry: r, tokens: map[string]*string{}, sums: map[string]string{},
		tickets: &identity.Tickets{Key: key, Clock: time.Now, TTL: time.Minute},
	}
	for _, user := range []string{"outsider", "org-member", "org-maintainer", "org-owner", "maintainer", "owner", "freelancer"} {
		s.tokens[user] = new(r.addUser(t, user))
	}
	s.organize(t)
	return s
}

// organize publishes the packages and gives everybody a role.
func (s *accessSite) organize(t *testing.T) {
	t.Helper()
	ctx, admin := t.Context(), s.admin(t)
	role := func(user string, role domain.Role) {
		if err := admin.Organizing.SetRole(ctx, administrator, acme, user, role); err != nil {
			t.Fatal(err)
		}
	}
	if err := admin.Organizing.Create(ctx, administrator, acme, "org-owner"); err != nil {
		t.Fatal(err)
	}
	role("org-maintainer", domain.MaintainerRole)
	role("org-member", domain.Member)
	role("owner", domain.MaintainerRole) // to begin the packages
	for _, visibility := range strings.Fields(every) {
		name := packageOf(visibility)
		for _, version := range []string{"1.0.0", "1.1.0", "dev"} {
			zip := s.publishAs(t, *s.tokens["owner"], effective(component(name, version), visibility, acme))
			s.sums[name+" "+strings.Replace(version, "dev", "dev.0.1", 1)] = sha256Of(zip)
		}
		for _, user := range []string{"maintainer", "freelancer"} {
			if err := admin.Managing.AddMaintainer(ctx, administrator, name, user); err != nil {
				t.Fatal(err)
			}
		}
	}
	role("owner", domain.Member)
	role("maintainer", domain.Member)
}

// effective sets who may see a package.
func effective(files map[string]string, visibility, organization string) map[string]string {
	lines := "Effective: " + visibility
	if organization != "" {
		lines += "\nOrganization: " + organization
	}
	files["publish.yaml"] = strings.Replace(files["publish.yaml"], "Effective: Public", lines, 1)
	return files
}

func sha256Of(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// publishAs publishes a package with somebody's token, and returns its ZIP.
func (r *registry) publishAs(t *testing.T, token string, files map[string]string) []byte {
	t.Helper()
	zip := pack(t, files)
	o := decode[outcome](t, r.put(t, r.address(t, token, files), bytes.NewReader(zip)))
	if !o.Released {
		t.Fatal(o.Message)
	}
	return zip
}

// issue gives a user one more token.
func (r *registry) issue(t *testing.T, user, name, scope string, expires time.Time) string {
	t.Helper()
	s, err := domain.ParseScope(scope)
	if err != nil {
		t.Fatal(err)
	}
	token, err := r.admin(t).Users.Issue(t.Context(), administrator, user, identity.Grant{Name: name, Scope: s, Expires: expires})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// callers are all kinds of them.
func (s *accessSite) callers(t *testing.T) []caller {
	t.Helper()
	never, unknown := time.Time{}, "fcr_unknown"
	ofOwner := func(name, scope string, expires time.Time) *string {
		return new(s.issue(t, "owner", name, scope, expires))
	}
	revoked := ofOwner("revoked", "all", never)
	if err := s.admin(t).Users.Revoke(t.Context(), administrator, "owner", "revoked"); err != nil {
		t.Fatal(err)
	}
	callers := []caller{
		{"anonymous", nil, func() http.Header { return http.Header{} }, false, rights{sees: public}},
		{"headers masked by the CLI", nil, masked, false, rights{sees: public}},
	}
	for _, c := range []struct {
		name  string
		token *string
		known bool
		rights
	}{
		{"an unknown token", &unknown, false, rights{sees: public}},
		{"an outsider", s.tokens["outsider"], true, rights{sees: public}},
		{"a member of the organization", s.tokens["org-member"], true, rights{sees: ofOrg}},
		{"a maintainer of the organization", s.tokens["org-maintainer"], true, rights{sees: ofOrg, publishes: ofOrg}},
		{"an owner of the organization", s.tokens["org-owner"], true, rights{sees: ofOrg, publishes: ofOrg, deletes: ofOrg}},
		{"a maintainer of the package", s.tokens["maintainer"], true, rights{sees: every, publishes: every}},
		{"a maintainer outside the organization", s.tokens["freelancer"], true, rights{sees: every}},
		{"the owner of the package", s.tokens["owner"], true, rights{sees: every, publishes: every, deletes: every}},
		{"the owner's token that reads", ofOwner("read", "read", never), true, rights{sees: every}},
		{"the owner's token for another package", ofOwner("other", "publish:other", never), true, rights{sees: every}},
		{"the owner's token for these packages", ofOwner("these", "publish:tool-pub,tool-org,tool-pri,tool-not", never), true, rights{sees: every, publishes: every, deletes: every}},
		{"the owner's expired token", ofOwner("expired", "all", time.Now().Add(-time.Second)), false, rights{sees: public}},
		{"the owner's revoked token", revoked, false, rights{sees: public}},
	} {
		callers = append(callers,
			caller{c.name + ", signed", c.token, func() http.Header { return signed(*c.token, time.Now()) }, c.known, c.rights},
			caller{c.name + ", Bearer", c.token, func() http.Header { return bearer(*c.token) }, c.known, c.rights},
		)
	}
	return callers
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// masked is what the CLI leaves of its signature before a download.
func masked() http.Header {
	h := http.Header{}
	for _, name := range []string{"sign_code", "token", "nonce", "timestamp"} {
		h.Set(name, "28e***db1")
	}
	return h
}
