package main

import (
	"bufio"
	"net"
	"strings"
	"testing"
)

func TestExchangeChecksTheAnswer(t *testing.T) {
	tests := map[string]struct{ answer, wrong string }{
		"with a length":        {"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX: y\r\n\r\nhello", ""},
		"in chunks":            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", ""},
		"of another status":    {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nhello", "status 503"},
		"of another length":    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhell", "4 bytes"},
		"cut off":              {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "EOF"},
		"cut off in a chunk":   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "EOF"},
		"without a length":     {"HTTP/1.1 200 OK\r\n\r\nhello", "without Content-Length"},
		"with a broken length": {"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello", "Content-Length"},
		"that ends all":        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", "Connection"},
		"that is not HTTP":     {"hello\r\n", "status line"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client, server := net.Pipe()
			defer client.Close()
			go func() {
				defer server.Close()
				if _, err := bufio.NewReader(server).ReadString('\n'); err == nil {
					_, _ = server.Write([]byte(test.answer)) // the client may give up before
				}
			}()
			c := connection{Conn: client, reader: bufio.NewReader(client), job: job{Requests: [][]byte{[]byte("GET / HTTP/1.1\r\n")}, Status: 200, Length: 5}}
			err := c.exchange()
			if test.wrong == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if test.wrong != "" && (err == nil || !strings.Contains(err.Error(), test.wrong)) {
				t.Errorf("got error %v, want one with %q", err, test.wrong)
			}
		})
	}
}
