package oss_test

import (
	"bufio"
	"crypto/md5"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// crashDir, in the environment, makes the test binary an emulator that serves
// from there until it is killed.
const crashDir = "OSS_CRASH_TEST_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, serveUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dir string) error {
	service, err := oss.Open(oss.Options{Region: region, Account: sts.NewAccount(keyID, keySecret, time.Now), Dir: dir})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, service)
}

// crashText is what an object holds; its length varies with its name.
func crashText(key string) string { return strings.Repeat(key, 1+len(key)*300) }

func TestAcknowledgedObjectsSurviveAKill(t *testing.T) {
	dir := t.TempDir()
	var acknowledged []string
	for round := range 3 {
		acknowledged = append(acknowledged, uploadUntilKilled(t, dir, round)...)
	}
	if len(acknowledged) == 0 {
		t.Fatal("nothing was uploaded")
	}
	t.Logf("%d uploads were acknowledged", len(acknowledged))
	e := start(t, onDisk(dir))
	for _, key := range acknowledged {
		if got := get(t, e.Bucket, key); got != crashText(key) {
			t.Errorf("%s has %d bytes, want %d", key, len(got), len(crashText(key)))
		}
	}
	wantWhole(t, e, dir)
}

// uploadUntilKilled runs an emulator in a process of its own, uploads to it
// from several goroutines, kills it in the middle, and returns the keys whose
// upload was acknowledged.
func uploadUntilKilled(t *testing.T, dir string, round int) []string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir)
	child.Stderr = t.Output()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait() // reports the kill
	defer child.Process.Kill()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	client, err := sdk.New(strings.TrimSpace(address), keyID, keySecret, sdk.AuthVersion(sdk.AuthV4), sdk.Region(region))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	return uploadUntilError(bucketOf(t, client, bucketName), round, func() {
		time.AfterFunc(300*time.Millisecond, func() { child.Process.Kill() })
	})
}

// uploadUntilError calls begun when the first upload is acknowledged.
func uploadUntilError(bucket *sdk.Bucket, round int, begun func()) (acknowledged []string) {
	var first sync.Once
	var mu sync.Mutex
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d/%d/%d", round, worker, n)
				if bucket.PutObject(key, strings.NewReader(crashText(key))) != nil {
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, key)
				mu.Unlock()
				first.Do(begun)
			}
		})
	}
	group.Wait()
	return acknowledged
}

// wantWhole checks that every listed object has the bytes that its ETag names,
// and that no body is left that has no object.
func wantWhole(t *testing.T, e *emulator, dir string) {
	t.Helper()
	token, objects := "", 0
	for {
		page, err := e.ListObjectsV2(sdk.MaxKeys(1000), sdk.ContinuationToken(token))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Objects {
			objects++
			if want := fmt.Sprintf(`"%X"`, md5.Sum([]byte(get(t, e.Bucket, o.Key)))); o.ETag != want {
				t.Errorf("%s has ETag %s, its bytes have %s", o.Key, o.ETag, want)
			}
		}
		if token = page.NextContinuationToken; token == "" {
			break
		}
	}
	wantBodies(t, dir, objects)
}
