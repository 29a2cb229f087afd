package oss_test

import (
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aliyun/aliyun-oss-go-sdk/oss"
)

// pattern is an endless stream that costs next to nothing to make.
type pattern struct{ n byte }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range min(len(b), 512) {
		b[i] = p.n
		p.n++
	}
	for n := 512; n < len(b); n *= 2 {
		copy(b[n:], b[:n])
	}
	return len(b), nil
}

// heapPeak samples the heap until the returned function is called, which
// returns the largest sample.
func heapPeak() func() uint64 {
	done, finished := make(chan struct{}), make(chan struct{})
	var peak atomic.Uint64
	go func() {
		defer close(finished)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(done)
		<-finished
		return peak.Load()
	}
}

func TestLargeObjectDoesNotGrowMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 256 MB to disk")
	}
	const size, allowed = 256 << 20, 32 << 20
	e := start(t, onDisk(t.TempDir()))
	runtime.GC()
	peak := heapPeak()
	// The SDK compares its CRC of what it sent with the emulator's.
	if err := e.PutObject("large", io.LimitReader(&pattern{}, size)); err != nil {
		t.Fatal(err)
	}
	result, err := e.DoGetObject(&sdk.GetObjectRequest{ObjectKey: "large"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer result.Response.Close()
	if n, err := io.Copy(io.Discard, result.Response); err != nil || n != size {
		t.Fatalf("got %d bytes, %v", n, err)
	}
	if result.ClientCRC.Sum64() != result.ServerCRC {
		t.Error("other bytes came back")
	}
	p := peak()
	t.Logf("the heap's peak was %d MB", p>>20)
	if p > allowed {
		t.Errorf("the heap grew to %d MB, more than %d MB", p>>20, allowed>>20)
	}
}
