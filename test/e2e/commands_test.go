package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestCommands runs scripts/local and scripts/admin as programs. Its steps
// follow from one another.
func TestCommands(t *testing.T) {
	t.Parallel()
	program, admin := build(t, "local"), build(t, "admin")
	address, data := freeAddress(t), filepath.Join(t.TempDir(), "data")
	p := launch(t, program, address, data)
	token := p.Token

	t.Run("the ready file", func(t *testing.T) { testReadyFile(t, p, address) })
	t.Run("the commands to try", func(t *testing.T) { testPrintedCommands(t, p) })
	t.Run("admin", func(t *testing.T) { testAdmin(t, admin, p) })
	t.Run("a ZIP over 200 MB", func(t *testing.T) {
		p.rejects(t, component("honest", "1.0.0"), io.LimitReader(zeros{}, 200<<20+1),
			"The ZIP has 209715201 bytes; at most 209715200 are allowed.", p.objects(t))
	})
	t.Run("an argument that means nothing", func(t *testing.T) {
		_, stderr, code := command(t, nil, program, "127.0.0.1:8080")
		if code != 2 {
			t.Errorf("exit code %d", code)
		}
		says(t, stderr, `there is no argument "127.0.0.1:8080"`)
		says(t, stderr, "-addr HOST:PORT")
	})
	t.Run("an address in use", func(t *testing.T) { testAddressInUse(t, program, address) })

	zip := p.publish(t, component("kept", "1.0.0"))
	t.Run("SIGTERM", func(t *testing.T) {
		functions := p.children(t)
		if len(functions) == 0 {
			t.Fatal("no function has a process: there is nothing to end")
		}
		if code := p.end(t, syscall.SIGTERM); code != 0 {
			t.Errorf("exit code %d", code)
		}
		if left := alive(functions); len(left) != 0 {
			t.Errorf("processes left: %v", left)
		}
	})
	p = launch(t, program, address, data)
	t.Run("a second start", func(t *testing.T) {
		if p.Token != token {
			t.Error("the token is another one")
		}
		p.holds(t, "kept", zip)
	})
	zip = p.publish(t, component("sudden", "1.0.0"))
	t.Run("kill -9", func(t *testing.T) {
		functions := p.children(t)
		if len(functions) == 0 {
			t.Fatal("no function has a process: there is nothing to end")
		}
		p.end(t, syscall.SIGKILL)
		eventually(t, "no function's process is left", func() bool { return len(alive(functions)) == 0 })
	})
	p = launch(t, program, address, data)
	t.Run("a start after kill -9", func(t *testing.T) {
		if p.Token != token {
			t.Error("the token is another one")
		}
		p.holds(t, "sudden", zip)
		p.publish(t, component("sudden", "1.0.1"))
		if code := p.end(t, os.Interrupt); code != 0 {
			t.Errorf("exit code %d after Ctrl-C", code)
		}
	})
}

// TestGoRunIsEnded ends go run, which tells the program that it runs nothing.
func TestGoRunIsEnded(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	p := begin(t, address, "", "go", "run", "./scripts/local")
	p.awaitReady(t)
	programs := p.children(t)
	if len(programs) != 1 {
		t.Fatalf("go run has started %v, want one program", programs)
	}
	p.end(t, syscall.SIGTERM)
	eventually(t, "the program has ended", func() bool { return len(alive(programs)) == 0 })
	if l, err := net.Listen("tcp", address); err != nil {
		t.Error(err)
	} else {
		l.Close()
	}
}

// holds requires the one release that was published, with its bytes.
func (r *registry) holds(t *testing.T, name string, zip []byte) {
	t.Helper()
	latest := decode[release](t, r.get(t, "/"+name+"/releases/latest"))
	if got := r.download(t, latest.ZipballURL); latest.TagName != "1.0.0" || !bytes.Equal(got, zip) {
		t.Errorf("%+v with %d bytes, want %d", latest, len(got), len(zip))
	}
}

func testReadyFile(t *testing.T, p *process, address string) {
	info, err := os.Stat(p.ready)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; it holds secrets", info.Mode(), err)
	}
	text, err := os.ReadFile(p.ready)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]string
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimSuffix(address, ":80")
	for name, form := range map[string]string{
		"registry": "^http://" + host + "$", "v3": "^http://" + host + "/v3$", "token": "^fcr_.{43}$",
		"tablestore": `^http://127\.0\.0\.1:\d+$`, "oss": `^http://127\.0\.0\.1:\d+$`, "metrics": `^http://127\.0\.0\.1:\d+/metrics$`,
		"instance": "^.+$", "bucket": "^.+$", "region": "^cn-hangzhou$", "access_key_id": "^LTAI.+$", "access_key_secret": "^.+$",
	} {
		matches(t, name, file[name], form)
	}
}

// testPrintedCommands runs what local tells people to try, word by word.
func testPrintedCommands(t *testing.T, p *process) {
	eventually(t, "local says what to try", func() bool { return strings.Contains(p.stdout.String(), "registry publish\n") })
	printed := p.stdout.String()
	says(t, printed, "The registry, and its web page: "+p.Registry)
	says(t, printed, "Token of user dev: "+p.Token)
	bin, err := filepath.Abs("node_modules/.bin")
	if err != nil {
		t.Fatal(err)
	}
	s := newCLI(t)
	var last string
	lines := 0
	for line := range strings.Lines(printed) {
		if !strings.HasPrefix(line, "  ") {
			continue
		}
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir = root
		cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + s.home, "serverless_devs_config_home=" + s.home}
		output, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, output)
		}
		last = string(output)
		lines++
	}
	if lines != 3 {
		t.Errorf("%d commands are printed, want 3:\n%s", lines, printed)
	}
	says(t, colours.ReplaceAllString(last, ""), "Publish package hello@1.0.0 success.")
	if got := decode[release](t, p.get(t, "/hello/releases/latest")); got.TagName != "1.0.0" {
		t.Errorf("latest: %+v", got)
	}
}

func testAddressInUse(t *testing.T, program, address string) {
	data := filepath.Join(t.TempDir(), "data")
	p := begin(t, address, data, program)
	if code := p.wait(t, startLimit); code != 1 {
		t.Errorf("exit code %d", code)
	}
	says(t, p.stderr.String(), address+" is in use: end the program that listens there, or choose another address with -addr HOST:PORT")
	for _, path := range []string{p.ready, data} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was made before the address was tried", path)
		}
	}
}
