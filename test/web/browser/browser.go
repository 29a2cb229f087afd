// Package browser lets tests look at a site with a real browser: Debian's
// Chromium without a window. Each page has cookies of its own, and fails its
// test when something goes wrong that the test didn't ask for: a message on the
// console, a request to another host, a request that fails.
//
//	p := chromium.Open(t, site, browser.Reader{Phone: true, Dark: true, Language: "zh-CN"})
//	p.Visit("/sign-in")
//	p.Axe()
//	p.Overflow()
//	p.Structure(60_000)
//	p.Fill("#token", token)
//	p.Click("main button")
//	if got, want := p.Text("h1"), "dev"; got != want {
//		t.Errorf("heading %q, want %q", got, want)
//	}
//	p.Screenshot("own-page-phone-dark-zh")
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/chromedp"
)

// startLimit is how long Chromium, or a page of it, may take to start on a busy
// machine.
const startLimit = 5 * time.Minute

// endLimit is how long Chromium may take to end.
const endLimit = time.Minute

// Browser is a running Chromium. Close must be called.
type Browser struct {
	// Shots is the folder for screenshots. Without one, none are taken.
	Shots string

	ctx context.Context // chromedp's, of a first page that stays empty
	end context.CancelFunc
	axe string // the source of axe-core
}

// Start starts Chromium. The folder is test/web: axe-core is read from its
// node_modules. Chromium ends with Close, or with this process.
func Start(folder string) (*Browser, error) {
	const advice = "Run test/web/install: it installs what the tests of the web page need."
	axe, err := os.ReadFile(filepath.Join(folder, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, advice)
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, advice)
	}
	ctx, end := chromedp.NewExecAllocator(context.Background(), options(program)...)
	ctx, _ = chromedp.NewContext(ctx) // ended by end, as all pages are
	if err := open(ctx, end); err != nil {
		end()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return &Browser{ctx: ctx, end: end, axe: string(axe)}, nil
}

// Close asks Chromium to end, so that it leaves no files, and after a while ends
// it. Then no process of it is left.
func (b *Browser) Close() error {
	defer b.end()
	ctx, cancel := context.WithTimeout(b.ctx, endLimit)
	defer cancel()
	if err := chromedp.Cancel(ctx); err != nil {
		return fmt.Errorf("end Chromium: %w", err)
	}
	return nil
}

// options are Chromium's command line: it reaches loopback addresses only, and
// draws the same on every machine that has the same fonts.
func options(program string) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		// The sandbox needs rights that containers withhold. The sites are the
		// project's own, and no other host can be reached.
		chromedp.NoSandbox,

		// Loopback addresses need no proxy. What Chromium wants to know of its
		// maker goes to this one, where nobody listens; pages have their own.
		chromedp.Flag("proxy-server", "127.0.0.1:1"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.*"),
		// These would ask on behalf of a page, as if the page had.
		chromedp.Flag("google-base-url", "http://127.0.0.1:1"),
		chromedp.Flag("disable-features", "AutofillServerCommunication,PreconnectToSearch,Translate"),
		chromedp.Flag("disable-component-update", true),

		chromedp.Env("TZ=UTC"),
		chromedp.Flag("lang", "en"),
		chromedp.Flag("force-device-scale-factor", "1"),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("disable-lcd-text", true),
	)
}

// open opens the page of a chromedp context. A deadline on this call would end
// the page too, so a timer ends it when it is late.
func open(ctx context.Context, end context.CancelFunc) error {
	late := time.AfterFunc(startLimit, end)
	err := chromedp.Do(ctx)
	if !late.Stop() {
		return errors.Join(fmt.Errorf("not ready after %v", startLimit), err)
	}
	return err
}
