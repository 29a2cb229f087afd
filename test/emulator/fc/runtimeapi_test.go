package fc

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestRuntimeAPIRefusesWhatIsNotItsProtocol(t *testing.T) {
	api, err := newRuntimeAPI()
	if err != nil {
		t.Fatal(err)
	}
	defer api.drain()
	const path = "/2020-11-11/runtime/invocation/"
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"not HTTP":             {"hello\r\n\r\n", 400},
		"HTTP/1.0":             {"GET " + path + "next HTTP/1.0\r\n\r\n", 400},
		"unknown path":         {"GET /next HTTP/1.1\r\n\r\n", 404},
		"wrong method":         {"GET " + path + "1/response HTTP/1.1\r\n\r\n", 404},
		"nothing at work":      {"POST " + path + "1/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400},
		"empty id":             {"POST " + path + "/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400},
		"chunked":              {"POST " + path + "1/error HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"negative length":      {"POST " + path + "1/error HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400},
		"length over limit":    {"POST " + path + "1/error HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 400},
		"line without end":     {strings.Repeat("x", 20<<10), 400},
		"header without end":   {"GET " + path + "next HTTP/1.1\r\n" + strings.Repeat("A: b\r\n", 200), 400},
		"lower case is no GET": {"get " + path + "next HTTP/1.1\r\n\r\n", 404},
	} {
		conn, err := net.Dial("tcp", api.address())
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, test.request)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || response.StatusCode != test.status {
			t.Errorf("%s: got %v, %v, want %d", name, response, err, test.status)
		}
		conn.Close()
	}
}

func TestRuntimeAPIHandsOutAndTakesBackOverOneConnection(t *testing.T) {
	api, err := newRuntimeAPI()
	if err != nil {
		t.Fatal(err)
	}
	defer api.drain()
	conn, err := net.Dial("tcp", api.address())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for _, operation := range []string{"response", "error"} {
		io.WriteString(conn, "GET /2020-11-11/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n")
		head := "HTTP/1.1 200 OK\r\nx-fc-request-id: 7\r\nContent-Length: 5\r\n\r\n"
		if err := api.hand(<-api.parked, "7", []byte(head), []byte("event")); err != nil {
			t.Fatal(err)
		}
		next, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		if event, err := io.ReadAll(next.Body); string(event) != "event" || next.Header.Get("X-Fc-Request-Id") != "7" {
			t.Fatalf("got %q %v, %v", event, next.Header, err)
		}
		io.WriteString(conn, "POST /2020-11-11/runtime/invocation/7/"+operation+" HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc")
		if response, err := http.ReadResponse(reader, nil); err != nil || response.StatusCode != 200 {
			t.Fatalf("got %v, %v", response, err)
		}
		if a := <-api.answers; string(a.body) != "abc" || a.failed != (operation == "error") {
			t.Errorf("%s: got %+v", operation, a)
		}
	}
}
