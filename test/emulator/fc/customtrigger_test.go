package fc

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestCustomRuntimeSeesTheRequestAsItWasSent(t *testing.T) {
	c := start(t, customSpec(httpTriggers))
	target := "/request/%2Fa%20b;c?q=%20x&q=y&z"
	// The test program's mux would redirect; it serves /request only.
	reply := do(t, "PUT", c.URL("f")+"/request?"+strings.TrimPrefix(target, "/request/"), "x", "Accept", "a", "Accept", "b", "Connection", "close")
	var got struct {
		Method, URI, Host string
		Header            http.Header
	}
	if err := json.Unmarshal([]byte(reply.body), &got); err != nil {
		t.Fatalf("%v in %q", err, reply.body)
	}
	if got.Method != "PUT" || got.URI != "/request?%2Fa%20b;c?q=%20x&q=y&z" || got.Host != strings.TrimPrefix(c.URL("f"), "http://") ||
		len(got.Header["Accept"]) != 2 || got.Header.Get("Connection") != "" {
		t.Errorf("got %+v", got)
	}
}

func TestCustomRuntimesResponseIsPassedOn(t *testing.T) {
	c := start(t, customSpec(httpTriggers))
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, status := range []int{200, 204, 304, 307, 404, 500} {
		response, err := client.Get(c.URL("f") + "/status?code=" + strconv.Itoa(status))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status || len(response.Header["Set-Cookie"]) != 2 {
			t.Errorf("%d: got %d %v", status, response.StatusCode, response.Header)
		}
	}
	if got := do(t, "HEAD", c.URL("f")+"/big?n=500", ""); got.header.Get("Content-Length") != "500" || got.body != "" {
		t.Errorf("HEAD: got %v %q", got.header, got.body)
	}
	if _, err := client.Get(c.URL("f") + "/echo"); err != nil {
		t.Error(err)
	}
}

func TestCustomRuntimeBodiesStreamBothWays(t *testing.T) {
	c := start(t, customSpec("timeout: 20", httpTriggers))
	reader, writer := io.Pipe()
	r, err := http.NewRequestWithContext(t.Context(), "POST", c.URL("f")+"/stream", reader)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r) // the response begins before the body
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for _, piece := range []string{"first", "second", "third"} {
		io.WriteString(writer, piece)
		got := make([]byte, len(piece))
		if _, err := io.ReadFull(response.Body, got); err != nil || string(got) != piece {
			t.Fatalf("got %q, %v, want %q before the next piece is sent", got, err, piece)
		}
	}
	writer.Close()
	if rest, err := io.ReadAll(response.Body); err != nil || len(rest) != 0 {
		t.Errorf("at the end: %q, %v", rest, err)
	}
}

func TestCustomRuntimeMayAnswerBeforeTheBodyHasCome(t *testing.T) {
	c := start(t, customSpec(httpTriggers))
	reader, writer := io.Pipe()
	defer writer.Close()
	got := send(t, c.URL("f")+"/refuse", reader, -1)
	if got.status != http.StatusRequestEntityTooLarge || got.body != "not that much\n" {
		t.Errorf("got %d %q", got.status, got.body)
	}
	if got := get(t, c.URL("f")+"/echo"); got.status != 200 {
		t.Errorf("the next request: %d %s", got.status, got.body)
	}
}

func TestResponseThatBreaksOffBreaksOffForTheClient(t *testing.T) {
	c := start(t, customSpec(httpTriggers))
	response, err := http.Get(c.URL("f") + "/abort")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err == nil {
		t.Errorf("got %q and no error", text)
	}
	if got := get(t, c.URL("f")+"/echo"); got.status != 200 || len(c.Instances()) != 1 {
		t.Errorf("the next request: %d %s", got.status, got.body)
	}
}
