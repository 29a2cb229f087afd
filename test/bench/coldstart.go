package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
)

// start is how long a fresh instance took, from exec, in milliseconds.
type start struct{ ready, firstAnswer float64 }

// functions are the resources of s.yaml, which are the folders of functions/.
func functions(root string) ([]string, error) {
	folders, err := os.ReadDir(filepath.Join(root, "functions"))
	names := make([]string, len(folders))
	for i, f := range folders {
		names[i] = f.Name()
	}
	return names, err
}

// coldStarts starts a function again and again, each time with a request that
// needs what the function needs: tables, and the storage's signatures.
func (r *registry) coldStarts(ctx context.Context, function string, times int) ([]start, error) {
	starts := make([]start, times)
	for i := range starts {
		if err := r.kill(ctx, function); err != nil {
			return nil, err
		}
		if err := r.firstRequest(ctx, function); err != nil {
			return nil, fmt.Errorf("first request to %s: %w", function, err)
		}
		var err error
		if starts[i], err = r.started(ctx, function); err != nil {
			return nil, err
		}
	}
	return starts, nil
}

// firstRequest asks a function directly; the gateway leads to another function,
// which runs already.
func (r *registry) firstRequest(ctx context.Context, function string) error {
	at := r.Functions.URL(function)
	var err error
	switch function {
	case "query-latest", "gateway":
		_, err = r.get(ctx, at+"/"+hello+"/releases/latest", http.StatusOK)
	case "query-all":
		_, err = r.get(ctx, at+"/"+hello+"/releases", http.StatusOK)
	case "download":
		_, err = r.get(ctx, at+"/"+hello+"/zipball/1.0.0", http.StatusFound)
	case "simple":
		_, err = r.get(ctx, at+"/simple/"+hello+"/zipball/1.0.0", http.StatusFound)
	case "catalog":
		_, err = r.get(ctx, at+"/v3/packages/releases", http.StatusOK)
	case "web":
		_, err = r.get(ctx, at+"/packages/"+hello, http.StatusOK)
	case "publish":
		err = r.announce(ctx, at)
	case "ingest":
		err = r.post(ctx, at, `{"upload":"`+rand.Text()+`"}`, http.StatusOK) // that nobody announced
	case "deliver":
		err = r.post(ctx, at, "", http.StatusNoContent) // when there is nothing to deliver
	case "mirror":
		err = r.post(ctx, at, "{}", http.StatusForbidden) // an order of nobody's
	default:
		err = fmt.Errorf("the benchmark knows no request for it; add one to %s", "coldstart.go")
	}
	return err
}

// announce sends a form, and no ZIP after it.
func (r *registry) announce(ctx context.Context, at string) error {
	c, err := pack("announced", "1.0.0")
	if err != nil {
		return err
	}
	p := r.publisher()
	p.v3 = at + "/v3"
	form, err := p.form(ctx, c)
	if err == nil {
		_, err = p.send(form)
	}
	return err
}

func (r *registry) post(ctx context.Context, at, body string, status int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(body))
	if err != nil {
		return err
	}
	a, err := record(r.client, request)
	if err == nil && a.Status != status {
		err = fmt.Errorf("status %d: %s", a.Status, a.Body)
	}
	return err
}

// kill ends all instances of a function.
func (r *registry) kill(ctx context.Context, function string) error {
	for _, i := range r.instances(function) {
		if err := syscall.Kill(i.PID, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			return err
		}
	}
	return poll(ctx, func() bool { return len(r.instances(function)) == 0 })
}

// started returns the times of a function's only instance.
func (r *registry) started(ctx context.Context, function string) (s start, err error) {
	err = poll(ctx, func() bool {
		list := r.instances(function)
		if len(list) != 1 || list[0].FirstAnswer == 0 {
			return false
		}
		s = start{milliseconds(list[0].Ready), milliseconds(list[0].FirstAnswer)}
		return true
	})
	return s, err
}

func (r *registry) instances(function string) []fc.Instance {
	return slices.DeleteFunc(r.Functions.Instances(), func(i fc.Instance) bool { return i.Function != functionPrefix+function })
}

// functionPrefix comes before the resource's name in s.yaml's functionName.
const functionPrefix = "fc-registry-"

// poll waits, at most two minutes, until something is so.
func poll(ctx context.Context, so func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for !so() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
