package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// Download clicks the first element that a CSS selector matches, waits for the
// file that the browser then keeps, and returns its name and its content.
func (p *Page) Download(selector string) (name string, content []byte) {
	p.t.Helper()
	first(p, selector, `e => ""`)
	folder, events := p.t.TempDir(), true
	p.do("download by "+selector, func(ctx context.Context, t *chromedp.Target) error {
		if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: p.context(),
			DownloadPath: folder, EventsEnabled: &events,
		}); err != nil {
			return err
		}
		d := download{frame: p.frame(), ended: make(chan browser.DownloadProgressState, 1)}
		err := d.await(ctx, func() error {
			_, err := chromedp.Click(chromedp.CSS(selector))(ctx, t)
			return err
		})
		if err != nil {
			return err
		}
		name = d.file.SuggestedFilename
		content, err = os.ReadFile(filepath.Join(folder, d.file.GUID))
		return err
	})
	return name, content
}

// download follows the events of one that a page starts.
type download struct {
	frame cdp.FrameID // of the page
	file  browser.EventDownloadWillBegin
	ended chan browser.DownloadProgressState
}

func (d *download) event(event any) {
	switch e := event.(type) {
	case *browser.EventDownloadWillBegin:
		if e.FrameID == d.frame && d.file.GUID == "" {
			d.file = *e
		}
	case *browser.EventDownloadProgress:
		if e.GUID == d.file.GUID && e.State != browser.DownloadProgressStateInProgress {
			d.ended <- e.State
		}
	}
}

// await starts the download and waits for its end.
func (d *download) await(ctx context.Context, start func() error) error {
	listening, end := context.WithCancel(ctx)
	defer end()
	if err := chromedp.ListenBrowser(listening, d.event); err != nil {
		return err
	}
	if err := start(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return fmt.Errorf("it does not end: %w", ctx.Err())
	case state := <-d.ended:
		if state != browser.DownloadProgressStateCompleted {
			return fmt.Errorf("it is %s", state)
		}
		return nil
	}
}

// context is that of the reader's cookies.
func (p *Page) context() cdp.BrowserContextID {
	return chromedp.FromContext(p.ctx).BrowserContextID
}
