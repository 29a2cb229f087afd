package control_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/fc/control"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

const (
	region     = "cn-hangzhou"
	accountID  = "1234567890123456"
	keyID      = "LTAItest"
	keySecret  = "secret of the test"
	codeBucket = "fc-code"
	sdks       = "testdata/node"
)

var (
	programs map[string][]byte // ZIPs of the test functions, by name, and two of functions that nobody calls
	sdk      *sdkProcess       // the vendor's SDKs, started once
)

func TestMain(m *testing.M) {
	code, err := prepareAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "control:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func prepareAndRun(m *testing.M) (int, error) {
	if err := installSDKs(); err != nil {
		return 0, fmt.Errorf("install the SDKs of %s/package-lock.json: %w", sdks, err)
	}
	var err error
	if programs, err = buildPrograms(); err != nil {
		return 0, err
	}
	if sdk, err = startSDKs(); err != nil {
		return 0, err
	}
	code := m.Run()
	return code, sdk.stop()
}

// buildPrograms returns ZIPs with a program named main.
func buildPrograms() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "control-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	zips := make(map[string][]byte)
	for _, name := range []string{"small", "smaller"} {
		if zips[name], err = pack(file{"main", 0o755, []byte(name)}); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{"go1", "custom"} {
		build := exec.Command("go", "build", "-ldflags=-s -w", "-o", dir, "../testdata/"+name)
		if text, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build %s: %w\n%s", name, err, text)
		}
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if zips[name], err = pack(file{"main", 0o755, body}); err != nil {
			return nil, err
		}
	}
	return zips, nil
}

// installSDKs makes a fresh clone ready. Two test processes may do it at once:
// the second waits, and finds it done.
func installSDKs() error {
	lock, err := os.Open(sdks + "/package-lock.json")
	if err != nil {
		return err
	}
	defer lock.Close() // ends the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, err := os.Stat(sdks + "/node_modules/.package-lock.json"); err == nil { // written last
		return nil
	}
	npm := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	npm.Dir = sdks
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci (it needs Node.js and the network): %w\n%s", err, output)
	}
	return nil
}

// plane is a running control plane, its cloud and its storage.
type plane struct {
	*control.Service
	cloud   *fc.Cloud
	account *sts.Account
	faults  *fault.Plan
	url     string
	ossURL  string
	stop    func() // what happens at the test's end, once
}

// start runs a control plane on what dir holds; "" keeps all in memory.
func start(t testing.TB, dir string) *plane {
	t.Helper()
	p := &plane{account: sts.NewAccount(keyID, keySecret, time.Now), faults: new(fault.Plan)}
	below := func(name string) string {
		if dir == "" {
			return ""
		}
		return filepath.Join(dir, name)
	}
	options := oss.Options{Region: region, Account: p.account, Dir: below("oss"), AllowV1: true}
	options.OnCreated = func(ctx context.Context, e oss.Created) error {
		return p.cloud.Deliver(ctx, fc.ObjectEvent{Event: e.Event, Bucket: e.Bucket, Key: e.Key, Size: e.Size, ETag: e.ETag, Time: e.Time})
	}
	var err error
	if p.cloud, err = fc.New(fc.Options{Account: p.account, Region: region, AccountID: accountID, Faults: p.faults, Patience: 20}); err != nil {
		t.Fatal(err)
	}
	objects, err := oss.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	storage := httptest.NewServer(objects)
	p.ossURL = storage.URL
	p.Service, err = control.Open(t.Context(), control.Options{Cloud: p.cloud, OSS: storage.URL, Bucket: codeBucket, Dir: below("fc")})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Service)
	p.url = server.URL
	stopped := false
	p.stop = func() {
		if stopped {
			return
		}
		stopped = true
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		for _, err := range []error{p.cloud.Close(ctx), p.Service.Close(), objects.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
		storage.Close()
	}
	t.Cleanup(p.stop)
	return p
}

// file is one of a ZIP.
type file struct {
	name string
	mode fs.FileMode
	body []byte
}

func pack(files ...file) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		header.SetMode(f.mode)
		to, err := w.CreateHeader(header)
		if err == nil {
			_, err = to.Write(f.body)
		}
		if err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// packed makes a ZIP.
func packed(t testing.TB, files ...file) []byte {
	t.Helper()
	zip, err := pack(files...)
	if err != nil {
		t.Fatal(err)
	}
	return zip
}
