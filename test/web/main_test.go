// Package web tests the web page as people use it: in a real browser, on the
// whole registry, with packages that were published over its API.
package web

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/test/local"
	"github.com/fc-registry/fc-registry/test/web/browser"
)

var (
	// picture makes the picture of README.md anew; see picture_test.go.
	picture = flag.Bool("picture", false, "make package.webp anew")
	shots   = flag.Bool("shots", false, "save screenshots of most pages in the folder shots, to be looked at")
)

// What all tests have in common.
var (
	chromium *browser.Browser
	// shared is a registry with the packages of stock_test.go. Tests change in
	// it what is theirs alone, such as the tokens of a user of their own.
	shared *registry
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "test/web:", err)
	}
	os.Exit(cmp.Or(code, exitCode(err)))
}

// run starts what the tests need, runs them, and ends it.
func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
	defer cancel()
	if chromium, err = browser.Start("."); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, chromium.Close()) }()
	if *shots {
		chromium.Shots = "shots"
	}
	if shared, err = start(ctx, local.Options{}); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, shared.close()) }()
	if err := shared.stock(ctx); err != nil {
		return 1, fmt.Errorf("%w\nthe functions' log:\n%s", err, shared.log)
	}
	code = m.Run()
	if code != 0 {
		fmt.Fprintf(os.Stderr, "the functions' log:\n%s", shared.log)
	}
	return code, nil
}

func exitCode(err error) int {
	if err != nil {
		return 1
	}
	return 0
}
