package control_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

func TestTooLargeBodiesAreRefused(t *testing.T) {
	p := start(t, "")
	r := p.request(t, "POST", "/functions", []byte(`{}`))
	signACS3(r, p.account.Root())
	r.ContentLength = 71 << 20
	r.Body = io.NopCloser(io.LimitReader(zeros{}, 71<<20))
	r.Header.Set("Expect", "100-continue") // the client may go on when it is refused
	send(t, r).want(t, "by its length", 400, "EntityTooLarge")
	r = p.request(t, "POST", "/functions", []byte(`{}`))
	signACS3(r, sts.Credentials{AccessKeyID: "x", AccessKeySecret: "x"})
	r.ContentLength, r.Body = 71<<20, io.NopCloser(io.LimitReader(zeros{}, 71<<20))
	r.Header.Set("Expect", "100-continue")
	send(t, r).want(t, "of a stranger", 403, "InvalidAccessKeyID")
}

func TestBodyWithoutLengthIsReadUpToTheLimit(t *testing.T) {
	p := start(t, "")
	r := p.request(t, "POST", "/functions", []byte(`{}`))
	signACS3(r, p.account.Root())
	r.ContentLength, r.Body = -1, io.NopCloser(io.LimitReader(zeros{}, 80<<20))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return // the connection was closed while the body was sent: refused, too
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); response.StatusCode != 400 || !strings.Contains(string(text), "EntityTooLarge") {
		t.Errorf("got %s %s, %v", response.Status, text, err)
	}
}

func TestBadJSONIsRefused(t *testing.T) {
	p := start(t, "")
	for _, body := range []string{
		"", "{", "[]", "null", "7", `"x"`, `{"functionName":7}`, `{"functionName":"f","code":7}`, `{"functionName":"f","code":[]}`,
		strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000), "\xff{}", `{"functionName":"f"}{}`,
	} {
		for _, path := range []string{"/functions", "/functions/f/triggers", "/functions/f/aliases"} {
			p.call(t, "POST", path, []byte(body)).want(t, path+" with "+body[:min(20, len(body))], 400, "InvalidArgument")
		}
	}
}

func TestNamesThatAreNoneAreRefused(t *testing.T) {
	p := start(t, "")
	for _, name := range []string{"", "a/b", "../a", "..", ".", "1a", "-a", "a b", "ä", strings.Repeat("a", 65), "a\x00", "%2e%2e"} {
		f := customFunction("x", inline(packed(t)))
		f["functionName"] = name
		p.call(t, "POST", "/functions", f).want(t, name, 400, "InvalidArgument")
		if name != "" && strings.Trim(name, ".") != "" {
			p.call(t, "GET", "/functions/"+url.PathEscape(name), nil).want(t, name, 404, "FunctionNotFound")
		}
	}
	p.call(t, "GET", "/functions/a/b/c", nil).want(t, "unknown path", 400, "PathNotSupported")
	p.call(t, "PATCH", "/functions/a", nil).want(t, "unknown method", 400, "PathNotSupported")
}

func TestSettingsThatCanNotRunAreRefused(t *testing.T) {
	p := start(t, "")
	zip := programs["small"]
	for name, value := range map[string]any{
		"runtime": "python3", "handler": "", "memorySize": 100, "cpu": 1, "diskSize": 1, "timeout": 0, "instanceConcurrency": 201,
		"environmentVariables": object{"a": 1}, "layers": []string{"x"}, "customRuntimeConfig": object{"command": "main"}, "nonsense": 1,
		"code": object{},
	} {
		f := customFunction("x", inline(zip))
		f[name] = value
		p.call(t, "POST", "/functions", f).want(t, name, 400, "InvalidArgument")
	}
	f := customFunction("x", inline(zip))
	f["environmentVariables"] = object{"A": strings.Repeat("x", 4096)}
	p.call(t, "POST", "/functions", f).want(t, "environment", 400, "InvalidArgument")
	f = customFunction("x", inline(zip))
	f["runtime"] = "go1"
	p.call(t, "POST", "/functions", f).want(t, "go1 with concurrency", 400, "InvalidArgument")
	wantNothingLeft(t, p)
}

func TestCodeThatIsNoneIsRefused(t *testing.T) {
	p := start(t, "")
	link := fs.ModeSymlink | 0o777
	many := make([]file, 100_001)
	for i := range many {
		many[i] = file{"d/", fs.ModeDir | 0o755, nil}
	}
	for name, code := range map[string]object{
		"not base64":         {"zipFile": "äö"},
		"not a ZIP":          inline([]byte("PK")),
		"empty":              inline(nil),
		"other checksum":     {"zipFile": inline(programs["small"])["zipFile"], "checksum": "1"},
		"no such object":     {"ossBucketName": codeBucket, "ossObjectName": "x"},
		"no such bucket":     {"ossBucketName": "nowhere", "ossObjectName": "x"},
		"no bucket's name":   {"ossBucketName": "../..", "ossObjectName": "x"},
		"slip":               inline(packed(t, file{"../main", 0o755, nil})),
		"slip in the middle": inline(packed(t, file{"a/../../main", 0o755, nil})),
		"absolute":           inline(packed(t, file{"/tmp/main", 0o755, nil})),
		"backslash":          inline(packed(t, file{`..\main`, 0o755, nil})),
		"no name":            inline(packed(t, file{"", 0o755, nil})),
		"link out":           inline(packed(t, file{"a", link, []byte("../x")})),
		"link to root":       inline(packed(t, file{"a", link, []byte("/etc")})),
		"through a link":     inline(packed(t, file{"a/", fs.ModeDir | 0o755, nil}, file{"a/b", link, []byte("..")}, file{"a/b/../../x", 0o644, nil})),
		"device":             inline(packed(t, file{"a", fs.ModeDevice | 0o644, nil})),
		"twice":              inline(packed(t, file{"a", 0o644, nil}, file{"a", 0o644, nil})),
		"file and folder":    inline(packed(t, file{"a", 0o644, nil}, file{"a/b", 0o644, nil})),
		"long name":          inline(packed(t, file{strings.Repeat("a", 300), 0o644, nil})),
		"too many files":     inline(packed(t, many...)),
		"bomb":               inline(bomb(t)),
		"lying bomb":         inline(lyingBomb(t)),
	} {
		p.call(t, "POST", "/functions", customFunction("x", code)).want(t, name, 400, "InvalidArgument")
	}
	wantNothingLeft(t, p)
	if list := p.call(t, "GET", "/functions", nil).body["functions"].([]any); len(list) != 0 {
		t.Errorf("functions: %v", list)
	}
}

func TestRefusedUpdateChangesNothing(t *testing.T) {
	p := start(t, "")
	p.call(t, "POST", "/functions", customFunction("one", inline(programs["custom"]))).want(t, "create", 200, "")
	url := p.call(t, "POST", "/functions/api/triggers", httpTrigger).body["httpTrigger"].(object)["urlInternet"].(string)
	before := p.call(t, "GET", "/functions/api", nil).body
	for name, f := range map[string]object{
		"code":          {"code": inline([]byte("no ZIP")), "environmentVariables": object{"ANSWER": "two"}},
		"configuration": {"code": inline(programs["go1"]), "timeout": -1, "environmentVariables": object{"ANSWER": "two"}},
	} {
		p.call(t, "PUT", "/functions/api", f).want(t, name, 400, "InvalidArgument")
	}
	after := p.call(t, "GET", "/functions/api", nil).body
	if got := get(t, url+"/answer"); got != "one" || after["codeChecksum"] != before["codeChecksum"] {
		t.Errorf("got %q, %v", got, after)
	}
	if n := len(unpacked(t, p.cloud.TempDir())); n != 1 {
		t.Errorf("%d folders with code", n)
	}
}

// bomb says that it has 3 GB.
func bomb(t *testing.T) []byte { return squeezed(t, 3<<30) }

// lyingBomb says that it has 10 bytes, but has 64 MB.
func lyingBomb(t *testing.T) []byte { return squeezed(t, 10) }

// squeezed is a ZIP of 64 MB of zeros that says it has so many bytes.
func squeezed(t *testing.T, size uint64) []byte {
	t.Helper()
	var zeroed, b bytes.Buffer
	squeeze, err := flate.NewWriter(&zeroed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(squeeze, zeros{}, 64<<20); err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(&b)
	to, err := w.CreateRaw(&zip.FileHeader{
		Name: "zeros", Method: zip.Deflate, UncompressedSize64: size, CompressedSize64: uint64(zeroed.Len()),
	})
	if err == nil {
		_, err = to.Write(zeroed.Bytes())
	}
	if err := errors.Join(err, squeeze.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
