package e2e

import "testing"

// TestDownloadsAreCounted counts what is downloaded by the CLI and by URL, over
// the end of the instances that counted.
func TestDownloadsAreCounted(t *testing.T) {
	t.Parallel()
	address, data := freeAddress(t), t.TempDir()
	r, stop := startOn(t, address, data)
	r.publish(t, component("hello", "1.0.0"))
	r.publish(t, component("quiet", "1.0.0"))
	wantDownloads(t, r, "hello", 0)
	r.download(t, r.Registry+"/hello/zipball/1.0.0")
	// The first one after a pause is written at once.
	wantDownloads(t, r, "hello", 1)
	for range 5 {
		r.download(t, r.Registry+"/HELLO/zipball/1.0.0")
	}
	r.send(t, "HEAD", "/hello/zipball/1.0.0", nil, nil)
	r.get(t, "/hello/zipball/9.9.9")
	s := r.cli(t, r.Token)
	s.ok(t, folder(t, deployment("hello", "")), "deploy", "-y")
	stop() // as the platform does when nobody asks any more: preStop
	r, stop = startOn(t, address, data)
	defer stop()
	wantDownloads(t, r, "hello", 7)
	wantDownloads(t, r, "quiet", 0)
	list := decode[envelope[[]struct {
		Name     string
		Download int64
	}]](t, r.get(t, "/v3/packages/releases?sort=download")).Body
	if len(list) != 2 || list[0].Name != "hello" || list[0].Download != 7 {
		t.Errorf("sorted by downloads: %v", list)
	}
}

func wantDownloads(t *testing.T, r *registry, name string, want int64) {
	t.Helper()
	got := decode[envelope[struct{ Download int64 }]](t, r.get(t, "/v3/packages/"+name+"/release/latest")).Body.Download
	if got != want {
		t.Errorf("%s has %d downloads, want %d", name, got, want)
	}
}
