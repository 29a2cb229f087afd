package e2e

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// cli is the Serverless Devs CLI of one person.
type cli struct {
	home    string
	program string        // its entry; "": cliProgram
	env     []string      // beside what every process needs
	limit   time.Duration // of each run; 0: patience
}

// newCLI returns a CLI that has not been set up but for what would make it
// speak to hosts outside: usage reports and the check for a newer CLI.
func newCLI(t *testing.T) cli {
	t.Helper()
	c := cli{home: t.TempDir()}
	nextYear := time.Now().AddDate(1, 0, 0).UnixMilli()
	c.write(t, ".s/config/update-notifier.json", fmt.Sprintf(`{"lastUpdateCheck": %d}`, nextYear))
	c.write(t, ".s/set-config.yml", "analysis: disable\n") // as "s set analysis disable" does
	return c
}

// cli returns a CLI that uses the registry, logged in when there is a token.
func (r *registry) cli(t *testing.T, token string) cli {
	t.Helper()
	c := newCLI(t)
	c.ok(t, c.home, "set", "registry", r.V3)
	if token != "" {
		c.ok(t, c.home, "registry", "login", "--token", token)
	}
	return c
}

// fresh returns the same person's CLI, with nothing in its component cache.
func (c cli) fresh(t *testing.T) cli {
	t.Helper()
	home := t.TempDir()
	if err := os.CopyFS(home, os.DirFS(c.home)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(home, ".s", "components")); err != nil {
		t.Fatal(err)
	}
	c.home = home
	return c
}

func (c cli) write(t *testing.T, name, text string) {
	t.Helper()
	writeFiles(t, c.home, map[string]string{name: text})
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// run runs s in a folder and returns what is on the terminal, without colours,
// and the exit code.
func (c cli) run(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(c.limit, patience))
	defer cancel()
	program, err := filepath.Abs(cmp.Or(c.program, cliProgram))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "node", append([]string{program}, args...)...)
	cmd.Dir = dir
	cmd.Env = slices.Concat(c.env, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + c.home, "serverless_devs_config_home=" + c.home,
		"serverless_devs_daemon_enable=false", // no process of its own outlives it and its home
	})
	cmd.WaitDelay = time.Second
	output, err := cmd.CombinedOutput()
	text := colours.ReplaceAllString(string(output), "")
	if exit := new(exec.ExitError); err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("s %s: %v\n%s", strings.Join(args, " "), err, text)
	}
	return text, cmd.ProcessState.ExitCode()
}

// ok runs s, which must succeed, and returns what it says.
func (c cli) ok(t *testing.T, dir string, args ...string) string {
	t.Helper()
	text, code := c.run(t, dir, args...)
	if code != 0 {
		t.Fatalf("s %s: exit code %d\n%s", strings.Join(args, " "), code, text)
	}
	return text
}

// refused runs s, which must fail and show the words.
func (c cli) refused(t *testing.T, words, dir string, args ...string) {
	t.Helper()
	text, code := c.run(t, dir, args...)
	if code == 0 {
		t.Errorf("s %s: exit code 0, want a failure\n%s", strings.Join(args, " "), text)
	}
	says(t, text, words)
}

// says requires words in a text, whatever its line breaks.
func says(t *testing.T, text, words string) {
	t.Helper()
	if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(words), " ")) {
		t.Errorf("not found: %s\nin:\n%s", words, text)
	}
}

// token is what the CLI keeps of a login; it prints nothing of it.
func (c cli) token(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.home, ".s", "serverless-devs-platform-V3.dat"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// field returns the values of a field in what the CLI prints as YAML.
func field(text, name string) []string {
	var values []string
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			values = append(values, strings.TrimSpace(value))
		}
	}
	return values
}

func matches(t *testing.T, name, value, form string) {
	t.Helper()
	if !regexp.MustCompile(form).MatchString(value) {
		t.Errorf("%s is %q, want %s", name, value, form)
	}
}
