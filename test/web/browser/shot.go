package browser

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Screenshot saves the whole page, also what one would have to scroll to, as
// NAME.png in the folder for screenshots, to be looked at.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	if p.browser.Shots == "" {
		return
	}
	if err := os.MkdirAll(p.browser.Shots, 0o755); err != nil {
		p.t.Fatal(err)
	}
	whole := true
	p.save(filepath.Join(p.browser.Shots, name+".png"), p.capture(page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}))
}

// Picture saves what the reader's window shows as a WebP file, of the best
// quality that takes at most maxBytes. It is for documents.
func (p *Page) Picture(path string, maxBytes int) {
	p.t.Helper()
	for quality := int64(90); quality >= 50; quality -= 10 {
		picture := p.capture(page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		if len(picture) <= maxBytes {
			p.save(path, picture)
			return
		}
	}
	p.t.Errorf("%s: a legible picture takes more than %d bytes", p.URL(), maxBytes)
}

func (p *Page) capture(params page.CaptureScreenshotParams) []byte {
	p.t.Helper()
	var picture []byte
	p.do("take a picture", func(ctx context.Context, t *chromedp.Target) error {
		result, err := cdp.Call(ctx, t, page.CaptureScreenshot, params)
		picture = result.Data
		return err
	})
	return picture
}

func (p *Page) save(path string, content []byte) {
	p.t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
