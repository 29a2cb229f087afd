package main

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTheBareServerAnswersWhatWasRecorded(t *testing.T) {
	want := map[string]answer{
		http.MethodGet: {http.StatusFound, http.Header{
			"Location": {"http://example.com/a?b=c"}, "Content-Type": {"application/json"}, "Content-Length": {"3"},
		}, []byte("{}\n")},
		http.MethodPost: {http.StatusOK, http.Header{"Content-Type": {"text/plain"}, "Content-Length": {"5000"}}, bytes.Repeat([]byte("x"), 5000)},
	}
	server, address, err := startBare(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	client := newClient()
	for method := range want {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+"/any", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := record(client, r); err != nil || !reflect.DeepEqual(got, want[method]) {
			t.Errorf("%s: got %+v, %v; want %+v", method, got, err, want[method])
		}
	}
	if err := server.close(); err != nil {
		t.Error(err)
	}
}

func TestLoadCountsAndChecks(t *testing.T) {
	server, address, err := startBare(t.Context(), map[string]answer{http.MethodGet: {Status: http.StatusOK, Body: []byte("hello")}})
	if err != nil {
		t.Fatal(err)
	}
	j := job{
		Address: address, Requests: [][]byte{[]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")}, Connections: 3,
		Warmup: time.Millisecond, Duration: 100 * time.Millisecond, Status: http.StatusOK, Length: 5,
	}
	s, err := runLoad(t.Context(), j)
	if err != nil || s.Rate <= 0 || s.P50 <= 0 || s.P99 < s.P50 {
		t.Errorf("got %+v, %v", s, err)
	}
	j.Length = 6
	if _, err := runLoad(t.Context(), j); err == nil || !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("answers of another length: got error %v", err)
	}
	if err := server.close(); err != nil {
		t.Error(err)
	}
}
