package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// TestAdmin runs scripts/admin on organizations, packages, tokens, the audit
// and the stored ZIPs. Its steps follow from one another.
func TestAdmin(t *testing.T) {
	t.Parallel()
	s := newTeam(t, start(t))
	s.publish(t, component("tool", "1.0.0"))
	s.publish(t, component("tool", "1.1.0"))
	s.command(t, "user", "add", "ann")
	s.command(t, "user", "add", "bea")
	t.Run("organizations", func(t *testing.T) { testAdminOrganizations(t, s) })
	t.Run("packages", func(t *testing.T) { testAdminPackages(t, s) })
	t.Run("tokens", func(t *testing.T) { testAdminTokens(t, s) })
	t.Run("audit", func(t *testing.T) { testAdminAudit(t, s) })
	t.Run("refusals", func(t *testing.T) { testAdminRefusals(t, s) })
	t.Run("verify", func(t *testing.T) { testAdminVerify(t, s) })
}

// sees tells whether a token's user sees the package tool.
func (s team) sees(t *testing.T, token string, want bool) {
	t.Helper()
	if got := s.send(t, "GET", "/tool/releases/latest", nil, bearer(token)); (got.status == 200) != want {
		t.Errorf("sees tool: %d, want %v", got.status, want)
	}
}

func testAdminOrganizations(t *testing.T, s team) {
	ann := strings.TrimSpace(s.command(t, "user", "token", "ann"))
	s.command(t, "org", "add", "Acme 测试", "dev")
	s.publish(t, effective(component("tool", "1.2.0"), "Organization", "Acme 测试"))
	s.sees(t, ann, false)
	for _, args := range [][]string{
		{"org", "member", "add", "Acme 测试", "ann"},
		{"org", "member", "add", "Acme 测试", "ann", "-role", "maintainer"},
		{"org", "member", "add", "-role", "owner", "acme 测试", "ann"},
	} {
		s.command(t, args...)
		s.sees(t, ann, true)
	}
	s.command(t, "org", "member", "remove", "Acme 测试", "ann")
	s.sees(t, ann, false)
	s.command(t, "org", "member", "add", "Acme 测试", "ann")
	s.command(t, "org", "remove", "Acme 测试")
	s.sees(t, ann, false)
	s.sees(t, s.Token, true) // its owner
	fails(t, announcing, s.announce(t, s.Token, form(effective(component("tool", "1.3.0"), "Organization", "Acme 测试"))), 403,
		`Organization "Acme 测试" was removed. The registry's administrator can create it again: admin org add "Acme 测试" OWNER.`)
	s.command(t, "org", "add", "Acme 测试", "bea")
	s.sees(t, ann, false) // members do not come back
}

func testAdminPackages(t *testing.T, s team) {
	ann := strings.TrimSpace(s.command(t, "user", "token", "ann"))
	s.command(t, "package", "visibility", "tool", "Private")
	s.sees(t, ann, false)
	s.command(t, "package", "maintainer", "add", "TOOL", "ann")
	s.sees(t, ann, true)
	s.command(t, "package", "maintainer", "remove", "tool", "ann")
	s.sees(t, ann, false)
	s.command(t, "package", "owner", "tool", "ann")
	s.sees(t, ann, true)
	s.sees(t, s.Token, false)
	s.command(t, "package", "visibility", "tool", "Public")
	s.sees(t, "", true)
}

func testAdminTokens(t *testing.T, s team) {
	first := strings.TrimSpace(s.command(t, "user", "token", "bea"))
	ci := strings.TrimSpace(s.command(t, "user", "token", "bea", "-name", "ci", "-scope", "publish:beas,other", "-expires", "90d"))
	s.command(t, "user", "token", "-name", "reader", "-scope", "read", "-expires", "36h", "bea")
	s.knows(t, first, true)
	s.knows(t, ci, true)
	table := s.command(t, "user", "tokens", "bea")
	for i, form := range []string{
		`^NAME +SCOPE +EXPIRES +LAST USED$`, `^default +all +never +20\d\d-\d\d-\d\dT\d\d:00:00Z$`,
		`^ci +publish:beas,other +20\S+Z +20\S+Z$`, `^reader +read +20\S+Z +never$`, `^$`,
	} {
		if lines := strings.Split(table, "\n"); len(lines) != 5 {
			t.Fatalf("the table has %d lines:\n%s", len(lines), table)
		} else {
			matches(t, "a line", lines[i], form)
		}
	}
	s.command(t, "user", "revoke", "bea", "ci")
	s.knows(t, ci, false)
	s.knows(t, first, true)
	again := strings.TrimSpace(s.command(t, "user", "token", "bea", "-name", "ci", "-scope", "publish:beas"))
	if again == ci {
		t.Error("a revoked token came back")
	}
	s.knows(t, ci, false)
	s.command(t, "user", "remove", "bea")
	s.knows(t, first, false)
	s.knows(t, again, false)
}

// event is a line of audit -json.
type event struct {
	Subject, Time, Action, Detail, User, Token, From, RequestID string
	Seq                                                         int
}

func (s team) audit(t *testing.T, args ...string) []event {
	t.Helper()
	var events []event
	for line := range strings.Lines(s.command(t, append([]string{"audit", "-json"}, args...)...)) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if e.Subject == "" || e.Seq == 0 || e.Action == "" || e.User == "" || e.Time == "" {
			t.Errorf("incomplete: %s", line)
		}
		events = append(events, e)
	}
	return events
}

func actions(events []event) string {
	var list []string
	for _, e := range events {
		list = append(list, e.Action)
	}
	return strings.Join(list, ", ")
}

func testAdminAudit(t *testing.T, s team) {
	tool := s.audit(t, "-package", "Tool")
	const want = "create, publish, publish, visibility, publish, visibility, maintainer add, maintainer remove, owner, visibility"
	if got := actions(tool); got != want {
		t.Errorf("actions on tool: %s\nwant: %s", got, want)
	}
	for i, e := range tool {
		if e.Seq != i+1 || e.Subject != "package/tool" {
			t.Errorf("event %d: %+v", i, e)
		}
	}
	published := tool[1]
	if published.User != "dev" || published.Token != "default" || published.From == "" || published.RequestID == "" || !strings.HasPrefix(published.Detail, "1.0.0 sha256 ") {
		t.Errorf("the first publish: %+v", published)
	}
	if owner := tool[8]; owner.User != "admin" || owner.Detail != "dev -> ann" {
		t.Errorf("the change of the owner: %+v", owner)
	}
	if got := actions(s.audit(t, "-user", "bea")); got != "token, token, token, token, token revoke, token, user remove" {
		t.Errorf("on bea: %s", got)
	}
	all := s.audit(t)
	if !slices.IsSortedFunc(all, func(a, b event) int { return strings.Compare(a.Time, b.Time) }) || len(all) <= len(tool) {
		t.Errorf("%d events, not all, or not by time: %s", len(all), actions(all))
	}
	for since, count := range map[string]int{"1h": len(all), "2020-01-31": len(all), "2099-01-31": 0, "2099-01-31T00:00:00Z": 0} {
		if got := s.audit(t, "-since", since); len(got) != count {
			t.Errorf("since %s: %d events, want %d", since, len(got), count)
		}
	}
	table := strings.Split(s.command(t, "audit", "-package", "tool"), "\n")
	matches(t, "the head", table[0], `^TIME +USER +TOKEN +FROM +WHAT +ACTION +DETAIL +REQUEST$`)
	matches(t, "a line", table[2], `^20\S+Z +dev +default +127\.\S+ +package/tool +publish +1\.0\.0 sha256 [0-9a-f]{64} +1-\S+$`)
}

func testAdminRefusals(t *testing.T, s team) {
	for _, c := range []struct {
		args  string
		words string
	}{
		{"org add acme nobody", `admin: there is no user "nobody"; add one by: user add nobody`},
		{"org add Acme_ an/n", `admin: there is no user "an/n"`},
		{"org remove none", `admin: there is no organization "none"; create it by: org add "none" OWNER`},
		{"org member add none ann", `admin: there is no organization "none"`},
		{"org member add none ann -role boss", `admin: role "boss" is not known: use member, maintainer or owner`},
		{"org member add none", "admin: usage: admin org member add ORG USER [-role R]"},
		{"org member remove none ann", `admin: there is no organization "none"`},
		{"package owner none ann", `admin: Package "none" is not in this registry. Check the name.`},
		{"package owner tool nobody", `admin: there is no user "nobody"`},
		{"package maintainer add tool nobody", `admin: there is no user "nobody"`},
		{"package visibility tool private", `admin: visibility "private" is not known: use Public, Organization or Private`},
		{"package visibility none Private", `admin: Package "none" is not in this registry.`},
		{"user add eve -scope read", `admin: user add takes no -scope; usage: admin user add NAME`},
		{"user token ann -scope read", "admin: a token with a scope or an end needs a name of its own: -name ci"},
		{"user token ann -name ci -scope write", `admin: scope "write" is not known: use all, read, or publish:NAME[,NAME...]`},
		{"user token ann -name ci -scope publish:a/b", `admin: Name "a/b" is not allowed`},
		{"user token ann -name ci -expires soon", `admin: "soon" is not a length of time: write 36h or 90d`},
		{"user token ann -name ci -expires -1h", `admin: "-1h" is not a length of time`},
		{"user tokens nobody", `admin: there is no user "nobody"`},
		{"user revoke ann ci", `admin: user "ann" has no token "ci"; list them by: user tokens ann`},
		{"audit -since yesterday", `admin: -since "yesterday" is neither a date (2026-01-31), nor a time (RFC 3339), nor how long ago (24h, 7d)`},
	} {
		t.Run(c.args, func(t *testing.T) {
			stdout, stderr, code := s.try(t, strings.Fields(c.args)...)
			if code != 1 || stdout != "" {
				t.Errorf("exit code %d, standard output %q", code, stdout)
			}
			says(t, stderr, c.words)
		})
	}
	if stdout, stderr, code := s.try(t, "org", "add", "acme 测试", "ann"); code != 1 || stdout != "" || !strings.Contains(stderr, `organization "Acme 测试" exists`) {
		t.Errorf("org add of what exists: %d, %q, %q", code, stdout, stderr)
	}
}

// testAdminVerify spoils stored ZIPs behind the registry's back.
func testAdminVerify(t *testing.T, s team) {
	if got := s.command(t, "verify"); got != "3 releases read, 0 are not what was published, 0 would be refused today\n" {
		t.Errorf("verify: %q", got)
	}
	bucket := s.bucket(t)
	list, err := bucket.ListObjectsV2(oss.Prefix("packages/tool/"))
	if err != nil || len(list.Objects) != 3 {
		t.Fatalf("%d objects, %v", len(list.Objects), err)
	}
	altered, gone := list.Objects[0].Key, list.Objects[1].Key
	if err := bucket.PutObject(altered, strings.NewReader("other")); err != nil {
		t.Fatal(err)
	}
	if err := bucket.DeleteObject(gone); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := s.try(t, "verify")
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, stdout, "tool "+strings.Split(altered, "/")[2]+": the ZIP has 5 bytes and SHA-256 "+sha256Of([]byte("other"))+", published were ")
	says(t, stdout, "tool "+strings.Split(gone, "/")[2]+": the ZIP is missing: "+gone)
	says(t, stdout, "3 releases read, 2 are not what was published, 0 would be refused today")
	says(t, stderr, "admin: 2 of 3 ZIPs are not what was published")
}
