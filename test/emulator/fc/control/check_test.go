package control_test

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

func wantClosed(t testing.TB, url string) {
	t.Helper()
	if conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
		conn.Close()
		t.Errorf("%s is still open", url)
	}
}

// wantNothingLeft waits until no process runs and no code is unpacked.
func wantNothingLeft(t testing.TB, p *plane) {
	t.Helper()
	eventually(t, "no instance is left", func() bool { return len(p.cloud.Instances()) == 0 })
	eventually(t, "no code is left", func() bool { return len(unpacked(t, p.cloud.TempDir())) == 0 })
}

// unpacked lists the folders with code.
func unpacked(t testing.TB, dir string) []os.DirEntry {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(dir, "unpacked"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 2 minutes in vain until %s", what)
		}
	}
}

func jsonText(t testing.TB, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// remove deletes an object of the bucket with code.
func (p *plane) remove(object string) error {
	client, err := oss.New(p.ossURL, keyID, keySecret, oss.AuthVersion(oss.AuthV4), oss.Region(region))
	if err != nil {
		return err
	}
	bucket, err := client.Bucket(codeBucket)
	if err != nil {
		return err
	}
	return bucket.DeleteObject(object)
}
