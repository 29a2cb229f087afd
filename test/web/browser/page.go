package browser

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Reader says who looks at a page, and with what. The zero Reader reads
// English, has the light theme and a desktop of 1280 by 900 pixels.
type Reader struct {
	Phone    bool   // 390 by 844 pixels, touched with fingers
	Dark     bool   // prefers-color-scheme: dark
	Language string // the Accept-Language header, such as zh-CN; "": en
	NoScript bool   // JavaScript is switched off
}

// Page is one page that one reader has open. Its methods end the test when they
// can't do what they say.
type Page struct {
	t       testing.TB
	browser *Browser
	site    string
	reader  Reader
	ctx     context.Context // chromedp's
	watch   *watch
	limit   time.Duration // for each thing that the page is told to do
}

// actionLimit is how long a page may take for one thing, on a busy machine.
const actionLimit = 3 * time.Minute

// Open opens an empty page for a reader without cookies. The site is where
// paths start, such as http://127.0.0.1:8080 with no slash after it; requests elsewhere are problems.
// When the test ends the page closes, and the test fails if there was a problem
// which it did not Expect.
func (b *Browser) Open(t testing.TB, site string, r Reader) *Page {
	t.Helper()
	others := newOutside()
	t.Cleanup(others.close)
	w := newWatch(site, others)
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithListener(w.event), chromedp.WithNewBrowserContext(
		func(p *target.CreateBrowserContextParams) { p.ProxyServer = others.address() }))
	t.Cleanup(end)
	if err := open(ctx, end); err != nil {
		t.Fatalf("open a page: %v", err)
	}
	p := &Page{t: t, browser: b, site: site, reader: r, ctx: ctx, watch: w, limit: actionLimit}
	w.start(p.frame(), end)
	p.do("emulate the reader", r.emulate)
	p.allowScript(!r.NoScript)
	t.Cleanup(p.report)
	return p
}

// frame is the page's own: Chromium gives it the target's name.
func (p *Page) frame() cdp.FrameID {
	return cdp.FrameID(chromedp.FromContext(p.ctx).Target.TargetID)
}

// size is that of the reader's window in CSS pixels.
func (r Reader) size() (width, height int64) {
	if r.Phone {
		return 390, 844
	}
	return 1280, 900
}

// emulate makes a page one of the reader's.
func (r Reader) emulate(ctx context.Context, t *chromedp.Target) error {
	language, theme := r.Language, "light"
	if language == "" {
		language = "en"
	}
	if r.Dark {
		theme = "dark"
	}
	width, height := r.size()
	if _, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: r.Phone,
	}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, t, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: r.Phone}); err != nil {
		return err
	}
	if _, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		return err
	}
	_, err := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{AcceptLanguage: language})
	return err
}

func (p *Page) allowScript(allow bool) {
	p.t.Helper()
	p.do("switch JavaScript", func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allow})
		return err
	})
}

// Expect says that a problem which contains a text belongs to the test, such as
// "status of 404". The test fails when there is none.
func (p *Page) Expect(text string) { p.watch.expect(text) }

// report fails the test for each problem, also when the page doesn't answer.
func (p *Page) report() {
	p.t.Helper()
	defer func() {
		p.t.Helper()
		for _, problem := range p.watch.unexpected() {
			p.t.Error(problem)
		}
	}()
	p.do("look for problems", p.settle)
}

// Visit goes to a path of the site, or to an address elsewhere, and waits until
// the page has loaded.
func (p *Page) Visit(path string) {
	p.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = p.site + path
	}
	p.navigates("visit "+path, func(ctx context.Context, t *chromedp.Target) error {
		result, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: address})
		if err == nil && result.ErrorText != "" {
			err = fmt.Errorf("%s", result.ErrorText)
		}
		return err
	})
}

// do does something within the limit.
func (p *Page) do(what string, action func(context.Context, *chromedp.Target) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Func(action)); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// navigates does something that may start a navigation, and waits for its end.
func (p *Page) navigates(what string, action func(context.Context, *chromedp.Target) error) {
	p.t.Helper()
	p.do(what, func(ctx context.Context, t *chromedp.Target) error {
		if err := action(ctx, t); err != nil && !gone(err) {
			return err
		}
		return p.settle(ctx, t)
	})
}

// gone tells whether what was asked of a page was not answered because the page
// gave way to one of another site.
func gone(err error) bool {
	answer, ok := errors.AsType[*cdproto.Error](err)
	return ok && answer.Message == "Inspected target navigated or closed"
}

// settle waits until the page has done what it was told before, and any
// navigation that this started has ended.
func (p *Page) settle(ctx context.Context, t *chromedp.Target) error {
	for {
		// The answer comes after the events of what the page did before.
		_, err := chromedp.Evaluate[int](`0`)(ctx, t)
		if err != nil && !gone(err) {
			return err
		}
		if err == nil && !p.watch.navigating() {
			return nil
		}
		if _, err := chromedp.Sleep(5*time.Millisecond)(ctx, t); err != nil {
			return fmt.Errorf("the navigation does not end: %w", err)
		}
	}
}
