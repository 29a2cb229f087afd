package main

import (
	"os"
	"testing"
	"time"
)

func TestCPUTimeGrowsWithWork(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for n := 0; ; n++ {
		after, err := cpuTime(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if after > before {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still %v after %d readings", after, n)
		}
	}
}

func TestUsageIsToldPerRequest(t *testing.T) {
	u := usage{requests: 1000, spent: map[string]time.Duration{
		functionPrefix + "gateway": 150 * time.Millisecond, emulators: 20 * time.Millisecond, functionPrefix + "publish": 100 * time.Microsecond,
	}}
	if got, want := u.String(), "CPU for each: emulators 20 µs, gateway 150 µs"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
