package e2e

import (
	"strings"
	"testing"
)

// testAdmin runs scripts/admin against a running registry.
func testAdmin(t *testing.T, program string, p *process) {
	admin := func(args ...string) (string, string, int) {
		return command(t, nil, program, append([]string{"-ready", p.ready}, args...)...)
	}
	// token requires a command to print a token that works, and nothing else.
	token := func(args ...string) string {
		t.Helper()
		stdout, stderr, code := admin(args...)
		if code != 0 || stderr != "" {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
		token, alone := strings.CutSuffix(stdout, "\n")
		if !alone || strings.ContainsAny(token, " \n") {
			t.Errorf("%v: standard output %q is not a token alone", args, stdout)
		}
		p.knows(t, token, true)
		return token
	}
	first := token("user", "add", "ann")
	second := token("user", "token", "ann")
	p.knows(t, first, false)
	if stdout, stderr, code := admin("user", "remove", "ann"); code != 0 || stdout+stderr != "" {
		t.Errorf("user remove: exit code %d, %q, %q", code, stdout, stderr)
	}
	p.knows(t, second, false)
	third := token("user", "add", "ann")
	p.knows(t, first, false)
	p.knows(t, second, false)

	for _, c := range []struct {
		args  string
		words string
	}{
		{"user add ann", `admin: user "ann" exists; a new token is made by: user token ann`},
		{"user token bob", `admin: there is no user "bob"; add one by: user add bob`},
		{"user remove bob", `admin: there is no user "bob"; add one by: user add bob`},
		{"user add", "admin: usage: admin user add NAME"},
		{"user add -x", `admin: `},
		{"webhook add example.com", `admin: "example.com" is not an address for a webhook: write https://HOST/PATH`},
		{"webhook add https://example.com -package hello -org acme", "admin: webhook add: give -package, or -org, or neither"},
		{"webhook add https://example.com -org acme", `admin: there is no organization "acme"`},
		{"webhook add https://example.com -package a/b", "admin: "},
		{"webhook remove W", `admin: there is no webhook "W" here`},
		{"webhook deliveries W", `admin: there is no webhook "W" here`},
		{"webhook resend W 1", `admin: there is no webhook "W" here`},
		{"webhook list -org acme", "admin: webhook list takes no -org"},
		{"user rename ann bob", `admin: there is no command "user rename ann bob"; run admin -help`},
		{"", `admin: there is no command ""; run admin -help`},
	} {
		t.Run("refused: "+c.args, func(t *testing.T) {
			stdout, stderr, code := admin(strings.Fields(c.args)...)
			if code != 1 || stdout != "" {
				t.Errorf("exit code %d, standard output %q", code, stdout)
			}
			says(t, stderr, c.words)
		})
	}
	p.knows(t, third, true)
	t.Run("bootstrap again", func(t *testing.T) {
		stdout, stderr, code := admin("bootstrap")
		if code != 0 || stdout != "everything is there\n" || stderr != "" {
			t.Errorf("exit code %d, %q, %q", code, stdout, stderr)
		}
	})
	t.Run("bootstrap with something wrong", func(t *testing.T) { testBootstrapRefused(t, program, p) })
	t.Run("by environment variables", func(t *testing.T) { testAdminEnvironment(t, program, p) })
	t.Run("a ready file that is not there", func(t *testing.T) {
		_, stderr, code := command(t, nil, program, "-ready", "nowhere.json", "user", "add", "eve")
		if code != 1 {
			t.Errorf("exit code %d", code)
		}
		says(t, stderr, "admin: open nowhere.json: no such file or directory")
	})
}

// knows tells whether a token is accepted.
func (r *registry) knows(t *testing.T, token string, want bool) {
	t.Helper()
	const address = "/v3/packages/stranger/release/tags/1.0.0"
	status, words := 404, "has no release"
	if !want {
		status, words = 401, "The token is not valid (any more)."
	}
	fails(t, address, r.send(t, "DELETE", address, nil, map[string][]string{"Authorization": {"Bearer " + token}}), status, words)
}

// testAdminEnvironment gives admin what the functions have.
func testAdminEnvironment(t *testing.T, program string, p *process) {
	names := adminVariables()
	var env []string
	for _, name := range names {
		env = append(env, name+"="+p.Getenv(name))
	}
	stdout, stderr, code := command(t, env, program, "user", "add", "carl")
	if code != 0 {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	p.knows(t, strings.TrimSpace(stdout), true)

	stdout, stderr, code = command(t, []string{"PATH="}, program, "user", "add", "dora")
	if code != 1 || stdout != "" {
		t.Errorf("exit code %d, standard output %q", code, stdout)
	}
	for _, name := range names {
		says(t, stderr, "environment variable "+name+" is missing")
	}
	says(t, stderr, "name the file of a local one: admin -ready FILE")
}

// testBootstrapRefused wants one line that names the variable to look at.
func testBootstrapRefused(t *testing.T, program string, p *process) {
	for name, c := range map[string]struct{ value, words string }{
		"ALIBABA_CLOUD_ACCESS_KEY_ID":     {"LTAIother", "Tablestore answers OTSAuthFailed: The AccessKeyID does not exist. Check ALIBABA_CLOUD_ACCESS_KEY_ID"},
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET": {"other", "Tablestore answers OTSAuthFailed: Signature mismatch. Check ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
		"TABLESTORE_INSTANCE":             {"other", "Tablestore answers OTSAuthFailed: The instance is not found. Check TABLESTORE_INSTANCE"},
		"OSS_REGION":                      {"cn-beijing", "Check OSS_REGION"},
		"OSS_ENDPOINT":                    {"http://oss.cn-nowhere.invalid", "Check OSS_ENDPOINT"},
	} {
		t.Run(name, func(t *testing.T) {
			env := []string{name + "=" + c.value}
			for _, other := range adminVariables() {
				if other != name {
					env = append(env, other+"="+p.Getenv(other))
				}
			}
			for _, args := range [][]string{{"bootstrap", "-dry-run"}, {"bootstrap"}} {
				stdout, stderr, code := command(t, env, program, args...)
				if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 {
					t.Errorf("%v: exit code %d, %q, %q", args, code, stdout, stderr)
				}
				says(t, stderr, c.words)
			}
		})
	}
}

// adminVariables are those that admin needs.
func adminVariables() []string {
	return []string{
		"MASTER_KEY", "TABLESTORE_ENDPOINT", "TABLESTORE_INSTANCE", "OSS_ENDPOINT", "OSS_PUBLIC_ENDPOINT", "OSS_REGION",
		"OSS_BUCKET", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
	}
}
