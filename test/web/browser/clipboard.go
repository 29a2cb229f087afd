package browser

import (
	"context"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// Clipboard returns the text on the clipboard. All pages of a browser have one
// in common, so tests that copy may not run side by side.
func (p *Page) Clipboard() string {
	p.t.Helper()
	p.do("let the clipboard be read", func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: "clipboard-read"}, Setting: browser.PermissionSettingGranted,
			Origin: p.site, BrowserContextID: p.context(),
		})
		return err
	})
	return Call[string](p, `() => navigator.clipboard.readText()`)
}
