package faults

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// bucket is the registry's, for the account itself.
func (s *storage) bucket(t *testing.T) *oss.Bucket {
	t.Helper()
	c, err := oss.New(s.OSS, s.AccessKeyID, s.AccessKeySecret, oss.Region(s.Region), oss.AuthVersion(oss.AuthV4), oss.ForcePathStyle(true))
	must(t, err)
	bucket, err := c.Bucket(s.Bucket)
	must(t, err)
	return bucket
}

// objects lists the keys below a prefix.
func (s *storage) objects(t *testing.T, prefix string) []string {
	t.Helper()
	list, err := s.bucket(t).ListObjectsV2(oss.Prefix(prefix), oss.MaxKeys(1000))
	must(t, err)
	if list.IsTruncated {
		t.Fatalf("more than %d objects below %s", len(list.Objects), prefix)
	}
	var keys []string
	for _, o := range list.Objects {
		keys = append(keys, o.Key)
	}
	return keys
}

// lifecycle is after how long the bucket's rule removes an upload.
const lifecycle = 24 * time.Hour

// uploadsExpire lets the storage's clock run until the lifecycle rule removes
// what uploads have left; what is released must stay.
func (w *world) uploadsExpire(t *testing.T) {
	t.Helper()
	_, err := put(t.Context(), w.abandoned(t), []byte("not a ZIP"))
	if err == nil {
		t.Error("the upload was reported, it should be left over")
	}
	left, kept := w.objects(t, "uploads/"), w.objects(t, "packages/")
	if len(left) == 0 {
		t.Fatal("no upload is left over: nothing to expire")
	}
	urls := make(map[string]string) // signed now, good after the clock has moved
	for _, key := range append(left, kept...) {
		urls[key], err = w.bucket(t).SignURL(key, oss.HTTPGet, int64((3*lifecycle)/time.Second))
		must(t, err)
	}
	defer w.setClock(0)
	for _, age := range []time.Duration{0, lifecycle + time.Hour} {
		w.setClock(age)
		for key, url := range urls {
			want := http.StatusOK
			if strings.HasPrefix(key, "uploads/") && age > lifecycle {
				want = http.StatusNotFound
			}
			if a, err := send(t.Context(), "GET", url, nil, nil); err != nil || a.status != want {
				t.Errorf("%s after %v: %v, %v; want %d", key, age, a, err, want)
			}
		}
	}
	t.Logf("%d uploads were left over and expired, %d released ZIPs stayed", len(left), len(kept))
}

// abandoned returns an address for an upload of which ingest is not told.
func (w *world) abandoned(t *testing.T) string {
	t.Helper()
	w.ingestDown()
	t.Cleanup(w.functions.Clear)
	address, a, err := w.user(t, "careless").announce(t.Context(), pack{name: "abandoned", version: "1.0.0"})
	if err != nil || address == "" {
		t.Fatalf("announce: %v, %v", a, err)
	}
	return address
}
