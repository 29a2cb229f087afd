package fc

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// The benchmarks compare a request through a trigger to a bare net/http server
// that answers the same: go test -run '^$' -bench . ./test/emulator/fc
func BenchmarkBareServer(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		io.Copy(w, r.Body)
	}))
	defer server.Close()
	load(b, server.URL+"/echo")
}

func BenchmarkGo1(b *testing.B) {
	c := start(b, go1Spec(httpTriggers))
	load(b, c.URL("f")+"/echo")
}

func BenchmarkGo1With30KB(b *testing.B) {
	c := start(b, go1Spec(httpTriggers))
	load(b, c.URL("f")+"/big?n=30000")
}

func BenchmarkCustom(b *testing.B) {
	c := start(b, customSpec(httpTriggers, "instanceConcurrency: 200"))
	load(b, c.URL("f")+"/echo")
}

// load sends requests over 16 connections.
func load(b *testing.B, url string) {
	const connections = 16
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	b.SetParallelism(connections / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			response, err := client.Get(url)
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if err != nil || response.StatusCode != http.StatusOK {
				b.Errorf("status %d after %d bytes: %v", response.StatusCode, n, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
