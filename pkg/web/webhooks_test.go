package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var secretForm = regexp.MustCompile(`fcw_[\w-]{20,}`)

// hooks is the subject's webhooks.
func (s *site) hooks(subject string) []registry.Webhook {
	s.t.Helper()
	lists, err := s.webhooks.WebhookLists(s.t.Context(), subject)
	if err != nil {
		s.t.Fatal(err)
	}
	if len(lists) == 0 {
		return nil
	}
	return lists[0].Webhooks
}

func (s *site) setHook(path, address string, session *http.Cookie) answered {
	s.t.Helper()
	return s.post(path, url.Values{"url": {address}}, session)
}

func TestAWebhookIsSetAndItsSecretShownOnce(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	s.organization("示例 (FC)", map[string]registry.Role{"alice": registry.OwnerRole})
	session := s.user("alice")
	for path, subject := range map[string]string{"/packages/Hello/webhooks": "package/hello", "/orgs/" + url.PathEscape("示例 (fc)") + "/webhooks": "organization/示例 (fc)"} {
		s.get(path, session).want(t, 200, "There is none yet.")
		a := s.setHook(path, " https://example.com/hook?access_token=x ", session)
		a.want(t, 200, "The webhook is set", "https://example.com/hook?access_token=x")
		secret := secretForm.FindString(a.body)
		if secret == "" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" {
			t.Errorf("secret %q, headers %v", secret, a.Header)
		}
		again := s.get(path, session)
		again.want(t, 200, "https://example.com/hook?access_token=x", "set by alice", "Nothing has been delivered yet.")
		again.wantNot(t, secret)
		hooks := s.hooks(subject)
		if len(hooks) != 1 || hooks[0].By != "alice" {
			t.Fatalf("set are %+v", hooks)
		}
		s.setHook(path, "https://example.com/second", session).want(t, 200)
		remove := s.post(path+"/"+hooks[0].ID+"/remove", nil, session)
		if remove.StatusCode != http.StatusSeeOther || len(s.hooks(subject)) != 1 {
			t.Errorf("%d, left are %+v", remove.StatusCode, s.hooks(subject))
		}
		s.post(path+"/"+hooks[0].ID+"/remove", nil, session).want(t, http.StatusSeeOther) // gone already
	}
}

func TestOwnersFindTheWebhooks(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", func(p *registry.Package, _ *registry.Release) { p.Organization = "acme" })
	s.organization("acme", map[string]registry.Role{"olga": registry.OwnerRole, "mimi": registry.Member})
	s.get("/packages/hello", s.user("alice")).want(t, 200, `href="/packages/hello/webhooks"`)
	olga, mimi := s.user("olga"), s.user("mimi")
	s.get("/orgs/acme", olga).want(t, 200, `href="/orgs/acme/webhooks"`)
	s.get("/packages/hello/webhooks", olga).want(t, 200) // by her organization
	for _, path := range []string{"/packages/hello", "/orgs/acme"} {
		s.get(path, mimi).wantNot(t, "/webhooks")
		s.get(path, nil).wantNot(t, "/webhooks")
	}
}

func TestNobodyElseReachesWebhooks(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	s.organization("acme", map[string]registry.Role{"alice": registry.OwnerRole, "mimi": registry.MaintainerRole})
	alice, mimi := s.user("alice"), s.user("mimi")
	limited := s.session(s.token("alice", "ci", registry.Scope{Limited: true, Packages: []string{"hello"}}))
	s.setHook("/packages/hello/webhooks", "https://example.com/p", alice).want(t, 200)
	s.setHook("/orgs/acme/webhooks", "https://example.com/o", alice).want(t, 200)
	for subject, path := range map[string]string{"package/hello": "/packages/hello/webhooks", "organization/acme": "/orgs/acme/webhooks"} {
		id := s.hooks(subject)[0].ID
		for _, target := range []string{path, path + "/" + id + "/remove", path + "/" + id + "/deliveries/1"} {
			s.setHook(target, "https://evil.example", mimi).want(t, http.StatusNotFound)
			s.setHook(target, "https://evil.example", limited).want(t, http.StatusForbidden)
			if a := s.setHook(target, "https://evil.example", nil); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/login?next=") {
				t.Errorf("%s: %d %v", target, a.StatusCode, a.Header)
			}
		}
		a, none := s.get(path, mimi), s.get(strings.NewReplacer("hello", "other", "acme", "none").Replace(path), mimi)
		a.want(t, http.StatusNotFound)
		none.want(t, http.StatusNotFound)
		a.wantNot(t, "example.com")
		if hooks := s.hooks(subject); len(hooks) != 1 || hooks[0].ID != id {
			t.Errorf("set are %+v", hooks)
		}
	}
}

func TestMistakesInTheFormOfAWebhookAreTold(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	session := s.user("alice")
	for _, address := range []string{"", "example.com", "ftp://example.com", `https://"><script>alert(1)</script>@x`, "https://example.com/" + strings.Repeat("x", 5000)} {
		a := s.setHook("/packages/hello/webhooks", address, session)
		a.want(t, http.StatusBadRequest, "Write an address like", `role="alert"`, `aria-invalid="true"`)
		a.wantNot(t, "<script>alert")
	}
	for range registry.MaxWebhooks {
		s.setHook("/packages/hello/webhooks", "https://example.com", session).want(t, 200)
	}
	s.setHook("/packages/hello/webhooks", "https://example.com", session).want(t, http.StatusBadRequest, "as many webhooks as are allowed")
}

func TestDeliveriesAreShownAndSentAgain(t *testing.T) {
	s := newSite(t)
	s.publish("hello", "1.0.0", nil)
	session := s.user("alice")
	const path = "/packages/hello/webhooks"
	s.setHook(path, "https://example.com", session).want(t, 200)
	hook := s.hooks("package/hello")[0].ID
	for id, d := range map[string]registry.Delivery{
		"1": {State: registry.DeliveryDone, Tries: 1, Status: 204},
		"2": {State: registry.DeliveryGivenUp, Tries: 14, Problem: "<b>example.com answers 500</b>"},
		"3": {State: registry.DeliveryWaits, Tries: 2, Next: s.now},
	} {
		d.Webhook, d.ID, d.Subject, d.Seq, d.Package, d.Action, d.Version = hook, id, "package/hello", 7, "hello", "publish", "1.0.0"
		d.Last = time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
		if err := s.outbox.PutDelivery(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	a := s.get(path, session)
	a.want(t, 200, "Delivered (1 try)", "Given up (14 tries)", "Will be tried again (2 tries)", "answers 500", "3 Feb 2026")
	a.wantNot(t, "<b>example.com")
	s.get(path+"?lang=zh", session).want(t, 200, "已送达", "已放弃", "等待重试")
	s.post(path+"/"+hook+"/deliveries/2", nil, session).want(t, http.StatusSeeOther)
	s.post(path+"/"+hook+"/deliveries/9", nil, session).want(t, http.StatusNotFound)
	s.post(path+"/other/deliveries/2", nil, session).want(t, http.StatusNotFound)
	owed := 0
	for o, err := range s.outbox.AllOwed(t.Context()) {
		owed++
		if err != nil || o.Webhook != hook || o.Seq != 7 || !o.Resend || o.Package != "hello" || o.Of != "package/hello" {
			t.Errorf("owed is %+v, %v", o, err)
		}
	}
	if owed != 1 {
		t.Errorf("%d are owed", owed)
	}
}
