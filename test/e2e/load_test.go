package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// testDeployUnderLoad replaces functions that people use meanwhile: first the
// code of one, then the configuration of all.
func testDeployUnderLoad(t *testing.T, a *account) {
	token := a.addUser(t, "busy")
	l := &steady{account: a, token: token, zip: a.publishAs(t, token, component("busy", "1.0.0"))}
	stop := l.start(t)
	defer stop()
	t.Run("new code", func(t *testing.T) {
		writeFiles(t, a.dir, map[string]string{"functions/query-latest/edition.go": `package main

import "fmt"

func init() { fmt.Println("the second edition") }
`})
		a.meter.Reset()
		a.s.ok(t, a.dir, "query-latest", "deploy", "-y")
		if n := a.calls("fc", "GetTempBucketToken", ""); n != 1 {
			t.Errorf("code is uploaded %d times, want once", n)
		}
		l.more(t)
		eventually(t, "the new code answers", func() bool { return strings.Contains(a.log.String(), "[fc-registry-query-latest] the second edition") })
	})
	t.Run("a new configuration", func(t *testing.T) {
		a.rewrite(t, "memorySize: 128", "memorySize: 192")
		a.s.ok(t, a.dir, "deploy", "-y")
		l.more(t)
		if sizes := field(a.s.ok(t, a.dir, "info"), "memorySize"); !slices.Contains(sizes, "192") || slices.Contains(sizes, "128") {
			t.Errorf("memorySize: %v", sizes)
		}
	})
	stop()
	t.Logf("%d answers of latest, %d downloads, %d publishes", l.done[0].Load(), l.done[1].Load(), l.done[2].Load())
}

// steady asks for the latest release of package busy, downloads it and
// publishes others, over and over. Nothing of it may fail.
type steady struct {
	*account
	token string
	zip   []byte // of busy
	done  [3]atomic.Int64
}

// start returns what ends it, which may be called twice.
func (l *steady) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for i, do := range []func(n int64) error{l.latest, l.download, l.publish} {
		clients.Go(func() {
			for ctx.Err() == nil {
				if err := do(l.done[i].Load()); err != nil {
					t.Errorf("%v after %d that did not fail", err, l.done[i].Load())
				}
				l.done[i].Add(1)
				time.Sleep(20 * time.Millisecond) // leave some of the machine to the deployment
			}
		})
	}
	return func() {
		cancel()
		clients.Wait()
	}
}

// more waits until each has been done some more times.
func (l *steady) more(t *testing.T) {
	t.Helper()
	for i := range l.done {
		from := l.done[i].Load()
		eventually(t, "more requests are answered", func() bool { return l.done[i].Load() > from+5 })
	}
}

func (l *steady) latest(int64) error {
	_, err := l.expect(http.StatusOK, "GET", l.Registry+"/busy/releases/latest", nil, nil)
	return err
}

func (l *steady) download(int64) error {
	redirect, err := l.expect(http.StatusFound, "GET", l.Registry+"/busy/zipball/1.0.0", nil, nil)
	if err != nil {
		return err
	}
	zip, err := l.expect(http.StatusOK, "GET", redirect.header.Get("Location"), nil, nil)
	if err == nil && !bytes.Equal(zip.body, l.zip) {
		err = fmt.Errorf("the download has %d bytes, want %d", len(zip.body), len(l.zip))
	}
	return err
}

// publish publishes versions of a package that nobody asks for.
func (l *steady) publish(n int64) error {
	files := component("more", fmt.Sprintf("1.0.%d", n))
	h := signed(l.token, time.Now())
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	announced, err := l.expect(http.StatusOK, "POST", l.Registry+announcing, []byte(form(files).Encode()), h)
	if err != nil {
		return err
	}
	var to envelope[struct{ URL string }]
	if err := json.Unmarshal(announced.body, &to); err != nil {
		return err
	}
	zip, err := packed(files)
	if err != nil {
		return err
	}
	put, err := l.expect(http.StatusOK, "PUT", to.Body.URL, zip, nil)
	if err != nil {
		return err
	}
	var o outcome
	if err := json.Unmarshal(put.body, &o); err != nil || !o.Released {
		return fmt.Errorf("published: %s, %v", put.body, err)
	}
	return nil
}

// expect sends a request that must be answered with a status.
func (l *steady) expect(status int, method, address string, body []byte, header http.Header) (answer, error) {
	// It is no part of the load to end what is under way.
	a, err := exchange(context.Background(), method, address, bytes.NewReader(body), header)
	if err == nil && a.status != status {
		err = fmt.Errorf("status %d: %s", a.status, a.body)
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %w", method, address, err)
	}
	return a, err
}
