package oss_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

const small = 10 << 10

// BenchmarkGetObject10KB downloads a small object through a signed URL.
func BenchmarkGetObject10KB(b *testing.B) {
	e := start(b, onDisk(b.TempDir()))
	if err := e.PutObject("a.zip", bytes.NewReader(make([]byte, small))); err != nil {
		b.Fatal(err)
	}
	signed := sign(b, e.Bucket, sdk.HTTPGet, "a.zip", 3600)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	b.SetBytes(small)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			response, err := client.Get(signed)
			if err != nil {
				b.Error(err)
				return
			}
			n, err := io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if err != nil || n != small {
				b.Errorf("got %d bytes, %v", n, err)
				return
			}
		}
	})
}

// BenchmarkPutObject10KB uploads small objects, one at a time, on disk and in
// memory.
func BenchmarkPutObject10KB(b *testing.B) {
	for name, dir := range map[string]string{"disk": b.TempDir(), "memory": ""} {
		b.Run(name, func(b *testing.B) {
			e := start(b, onDisk(dir))
			body := make([]byte, small)
			b.SetBytes(small)
			b.ReportAllocs()
			for b.Loop() {
				if err := e.PutObject("a.zip", bytes.NewReader(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
