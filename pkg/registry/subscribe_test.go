package registry_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestAddressesOfWebhooksAreChecked(t *testing.T) {
	s := newStore(t)
	for address, good := range map[string]bool{
		"https://example.com": true, "https://example.com:8443/a?access_token=x": true, "http://127.0.0.1:1/": true,
		"": false, "example.com": false, "ftp://example.com": false, "https://": false, "https:///path": false, "//example.com": false,
		"https://user:secret@example.com": false, "https://example.com/#x": false, "https://example.com/\n": false, "https://exa mple.com": false, `https://"><b>`: false, "https://[::1]:8443/": true, "https://例子.example": true,
		"https://example.com/" + strings.Repeat("a", 2000): false,
	} {
		_, err := s.subscribing().Add(t.Context(), as("admin"), registry.AllPackages, address)
		if good != (err == nil) || (!good && registry.CodeOf(err) != registry.Invalid) {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestWebhooksAreFewAndRecorded(t *testing.T) {
	s := newStore(t)
	var last registry.Webhook
	for range registry.MaxWebhooks {
		last = s.subscribe(t, "package/hello", "example.com/secret?token=secret")
	}
	_, err := s.subscribing().Add(t.Context(), as("alice"), "package/hello", "https://example.com")
	wantError(t, err, registry.Forbidden, "20 webhooks")
	if err := s.subscribing().Remove(t.Context(), as("alice"), "package/hello", last.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, s.subscribing().Remove(t.Context(), as("alice"), "package/hello", last.ID), registry.NotFound, last.ID)
	if all, err := s.subscribing().Of(t.Context(), "package/hello"); err != nil || len(all) != registry.MaxWebhooks-1 {
		t.Errorf("%d webhooks, %v", len(all), err)
	}
	recorded := s.recorded(t, "webhooks/package/hello")
	if strings.Contains(recorded, "secret") || !strings.HasSuffix(recorded, "alice: webhook remove "+last.ID+" example.com") {
		t.Errorf("recorded are %s", recorded)
	}
}

func TestOwnersAloneMaySetWebhooks(t *testing.T) {
	s := newCompany(t)
	s.mustBring(t, "alice", of("mine", "1.0.0", "", registry.Public))
	s.mustBring(t, "olga", of("ours", "1.0.0", company, registry.Organization))
	limited := as("alice")
	limited.Scope = registry.Scope{Limited: true, Packages: []string{"mine"}}
	for _, c := range []struct {
		by   registry.Caller
		name string
		code registry.Code
	}{
		{as("alice"), "Mine", registry.Internal}, {as("olga"), "ours", registry.Internal},
		{as("alice"), "ours", registry.NotFound}, {as("olga"), "mine", registry.NotFound}, {as("alice"), "none", registry.NotFound},
		{as(""), "mine", registry.NotFound}, {limited, "mine", registry.Forbidden},
	} {
		p, err := s.subscribing().MayPackage(t.Context(), c.by, c.name)
		if registry.CodeOf(err) != c.code || (err == nil && p.Name != strings.ToLower(c.name)) {
			t.Errorf("%s, %s: %+v, %v", c.by.User, c.name, p, err)
		}
	}
	for user, code := range map[string]registry.Code{"olga": registry.Internal, "alice": registry.NotFound, "": registry.NotFound} {
		name, err := s.subscribing().MayOrganization(t.Context(), as(user), strings.ToLower(company))
		if registry.CodeOf(err) != code || (err == nil && name != company) {
			t.Errorf("%s: %q, %v", user, name, err)
		}
	}
	_, err := s.subscribing().MayOrganization(t.Context(), as("olga"), "nowhere")
	wantError(t, err, registry.NotFound)
}

func TestWebhooksThatNobodyServesAreCounted(t *testing.T) {
	s, r := newStore(t), newReceiver()
	s.subscribe(t, registry.AllPackages, "all")
	s.subscribe(t, registry.PackageSubject("one"), "one")
	s.publish(t, "one", "1.0.0", "1.1.0")
	s.publish(t, "two", "1.0.0")
	overdue := func(since time.Duration) int {
		n, err := s.subscribing().Overdue(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if now, before := overdue(time.Minute), overdue(-time.Minute); now != 0 || before != 2 {
		t.Errorf("%d now, %d a minute before", now, before)
	}
	r.refuse = r.always
	s.run(t, r) // of each, one queue waits for a minute now
	if soon, later := overdue(-30*time.Second), overdue(-2*time.Minute); soon != 0 || later != 2 {
		t.Errorf("%d soon, %d later", soon, later)
	}
}
