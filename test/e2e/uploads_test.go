package e2e

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aliyun/aliyun-oss-go-sdk/oss"

	"github.com/fc-registry/fc-registry/test/emulator/fault"
)

// bucket is where the ZIPs are.
func (r *registry) bucket(t *testing.T) *oss.Bucket {
	t.Helper()
	client, err := oss.New(r.OSS, r.AccessKeyID, r.AccessKeySecret,
		oss.Region(r.Region), oss.AuthVersion(oss.AuthV4), oss.ForcePathStyle(true))
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := client.Bucket(r.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// objects lists the bucket.
func (r *registry) objects(t *testing.T) []string {
	t.Helper()
	list, err := r.bucket(t).ListObjectsV2(oss.MaxKeys(1000))
	if err != nil || list.IsTruncated {
		t.Fatalf("list the bucket: %v, truncated %v", err, list.IsTruncated)
	}
	keys := make([]string, len(list.Objects))
	for i, o := range list.Objects {
		keys[i] = o.Key
	}
	return keys
}

// without returns the files but some.
func without(files map[string]string, names ...string) map[string]string {
	files = maps.Clone(files)
	maps.DeleteFunc(files, func(name, _ string) bool { return slices.Contains(names, name) })
	return files
}

// testUploads sends what is not what was announced.
func testUploads(t *testing.T, r *registry) {
	honest := component("honest", "1.0.0")
	zip := pack(t, honest)
	outside := maps.Clone(honest)
	outside["../outside.js"] = ""
	before := r.objects(t)
	for _, c := range []struct {
		test      string
		announced map[string]string
		zip       []byte
		message   string
	}{
		{"another name", honest, pack(t, component("liar", "1.0.0")), `The ZIP's publish.yaml says Name "liar", but "honest" was announced.`},
		{"another version", honest, pack(t, component("honest", "1.0.1")), `The ZIP's publish.yaml says Version "1.0.1", but "1.0.0" was announced.`},
		{"truncated", honest, zip[:len(zip)/2], "The upload is not a readable ZIP"},
		{"not a ZIP", honest, []byte("hello, registry"), "The upload is not a readable ZIP"},
		{"empty", honest, nil, "The upload is not a readable ZIP"},
		{"no publish.yaml", honest, pack(t, without(honest, "publish.yaml")), "The ZIP holds no publish.yaml"},
		{"a component without package.json", honest, pack(t, without(honest, "package.json")), "The ZIP of a Component must hold a package.json"},
		{"a project without src", project("honest", "1.0.0"), pack(t, without(project("honest", "1.0.0"), "src/s.yaml", "src/readme.md")), "The ZIP of a Project must hold a src directory"},
		{"a file outside", honest, pack(t, outside), `the entry "../outside.js" would be unpacked outside its folder`},
	} {
		t.Run(c.test, func(t *testing.T) {
			r.rejects(t, c.announced, bytes.NewReader(c.zip), c.message, before)
		})
	}
	t.Run("what was announced, at last", func(t *testing.T) { r.publish(t, honest) })
	t.Run("the callback fails", func(t *testing.T) { testCallbackFails(t, r) })
}

// zeros never end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// rejects uploads a ZIP: the answer must say why it is not taken, and nothing
// may be left of it.
func (r *registry) rejects(t *testing.T, announced map[string]string, zip io.Reader, message string, before []string) {
	t.Helper()
	o := decode[outcome](t, r.put(t, r.address(t, r.Token, announced), zip))
	if o.Released || !strings.Contains(o.Message, message) {
		t.Errorf("%+v, want %q", o, message)
	}
	for _, address := range []string{"/honest/releases", "/honest/releases/latest", "/honest/zipball/1.0.0", "/liar/releases", "/v3/packages/honest/release/latest"} {
		if a := r.get(t, address); a.status != 404 {
			t.Errorf("%s: status %d: %s", address, a.status, a.body)
		}
	}
	if after := r.objects(t); !slices.Equal(after, before) {
		t.Errorf("objects after the upload: %v\nbefore: %v", after, before)
	}
}

// testCallbackFails shows that the storage's notification alone, which is tried
// again, completes an upload.
func testCallbackFails(t *testing.T, r *registry) {
	r.putUnnoticed(t, "late")
	r.functions.Clear()
	eventually(t, "the upload is released", func() bool { return r.get(t, "/late/releases/latest").status == 200 })
}

// putUnnoticed uploads a component while every call of ingest fails.
func (r *registry) putUnnoticed(t *testing.T, name string) {
	t.Helper()
	files := component(name, "1.0.0")
	address := r.address(t, r.Token, files)
	r.functions.Add(fault.Rule{
		Operation: "InvokeFunction", Resource: "fc-registry-ingest", Action: fault.Fail,
		Failure: fault.Failure{Status: 500, Code: "InternalServerError", Message: "by the test"},
	})
	a := r.put(t, address, bytes.NewReader(pack(t, files)))
	if a.status != http.StatusNonAuthoritativeInfo || !strings.Contains(string(a.body), "CallbackFailed") {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	if a := r.get(t, "/"+name+"/releases/latest"); a.status != 404 {
		t.Errorf("status %d while ingest is down: %s", a.status, a.body)
	}
}

// TestRestart shows that an upload of which ingest was never told is released
// after the next start.
func TestRestart(t *testing.T) {
	t.Parallel()
	address, data := freeAddress(t), t.TempDir()
	r, stop := startOn(t, address, data)
	r.putUnnoticed(t, "late")
	stop()
	r, stop = startOn(t, address, data)
	defer stop()
	eventually(t, "the upload is released", func() bool { return r.get(t, "/late/releases/latest").status == 200 })
}

// testRaces has two publishers upload the same at once: one wins.
func testRaces(t *testing.T, r *registry) {
	t.Run("for a version", func(t *testing.T) {
		for _, name := range []string{"race-1", "race-2", "race-3"} {
			one, two := component(name, "1.0.0"), componentSaying("other", name, "1.0.0")
			r.race(t, name, contender{r.Token, one}, contender{r.Token, two},
				`Version 1.0.0 of "`+name+`" is published already and can't be changed.`)
		}
	})
	t.Run("for a name", func(t *testing.T) {
		r.race(t, "prize", contender{r.Token, component("prize", "1.0.0")}, contender{r.addUser(t, "rival"), component("prize", "2.0.0")},
			`Package name "prize" is taken, and you, `)
	})
}

type contender struct {
	token string
	files map[string]string
}

func (r *registry) race(t *testing.T, name string, one, two contender, message string) {
	t.Helper()
	zips := [][]byte{pack(t, one.files), pack(t, two.files)}
	addresses := []string{r.address(t, one.token, one.files), r.address(t, two.token, two.files)}
	answers, errs := make([]answer, 2), make([]error, 2)
	var both sync.WaitGroup
	for i := range answers {
		both.Go(func() {
			answers[i], errs[i] = exchange(t.Context(), "PUT", addresses[i], chunked(bytes.NewReader(zips[i])), nil)
		})
	}
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	outcomes := []outcome{decode[outcome](t, answers[0]), decode[outcome](t, answers[1])}
	winner := slices.IndexFunc(outcomes, func(o outcome) bool { return o.Released })
	if winner < 0 || outcomes[1-winner].Released || !strings.Contains(outcomes[1-winner].Message, message) {
		t.Fatalf("outcomes: %+v", outcomes)
	}
	latest := decode[[]release](t, r.get(t, "/"+name+"/releases"))
	if len(latest) != 1 {
		t.Fatalf("releases: %+v", latest)
	}
	if !bytes.Equal(r.download(t, latest[0].ZipballURL), zips[winner]) {
		t.Error("the download is not the winner's ZIP")
	}
}
