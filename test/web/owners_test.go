package web

import (
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

func TestAnOrganizationsPage(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	see := func(who string, packages, members []string) {
		t.Helper()
		p.Visit("/orgs/northwind")
		if got := p.Texts(".results h3"); p.Text("h1") != northwind || !slices.Equal(got, packages) {
			t.Errorf("%s sees the packages %q of %q, want %q", who, got, p.Text("h1"), packages)
		}
		if got := p.Texts("[aria-labelledby=members] tbody tr"); !slices.Equal(got, members) {
			t.Errorf("%s sees the members %q, want %q", who, got, members)
		}
	}
	see("anybody", []string{"oss-thumbnails"}, []string{})
	signIn(p, shared.tokens[carol])
	see("who is not in it", []string{"oss-thumbnails"}, []string{})
	signIn(p, shared.tokens[bob])
	see("a member", []string{"oss-thumbnails", "northwind-gateway"}, []string{"alice\tOwner", "bob\tMember"})
	p.Click("[aria-labelledby=members] a")
	if got := p.Text("h1"); got != alice {
		t.Errorf("the link to the first member shows %q", got)
	}
}

func TestAUsersPage(t *testing.T) {
	t.Parallel()
	public := []string{"oss-thumbnails", "queue-worker", "start-nextjs-blog", "log-archive", "deploy-notify", "bare-plugin"}
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	see := func(who string, want []string) {
		t.Helper()
		p.Visit("/users/alice")
		got := p.Texts(".results h3")
		slices.Sort(got)
		want = slices.Sorted(slices.Values(want))
		if p.Text("h1") != alice || !slices.Equal(got, want) {
			t.Errorf("%s sees the packages %q of %q, want %q", who, got, p.Text("h1"), want)
		}
	}
	see("anybody", public)
	signIn(p, shared.tokens[bob])
	see("a member of the organization", append(public, "northwind-gateway"))
	signIn(p, shared.tokens[alice])
	see("alice", append(public, "northwind-gateway", "payroll-export"))
	p.Click(".owner a") // to her tokens
	if got := p.URL(); got != shared.Registry+"/settings" {
		t.Errorf("the link leads to %s", got)
	}
}

func TestAUserWithManyPackagesHasPages(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/users/carol")
	first := p.Texts(".results h3")
	p.Click(".paging [rel=next]")
	second := p.Texts(".results h3")
	if len(first) != 20 || len(second) == 0 || !strings.Contains(p.URL(), "/users/carol?page=2") || len(within(second, first)) > 0 {
		t.Errorf("%d packages, then %d at %s", len(first), len(second), p.URL())
	}
}
