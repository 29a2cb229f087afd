package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Click clicks the middle of the first element that a CSS selector matches, and
// waits for the page that this leads to, if any.
func (p *Page) Click(selector string) {
	p.t.Helper()
	first(p, selector, `e => ""`)
	p.navigates("click "+selector, func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Click(chromedp.CSS(selector))(ctx, t)
		return err
	})
}

// Fill puts a text into a field of a form in place of what it holds, as pasting
// it would.
func (p *Page) Fill(selector, text string) {
	p.t.Helper()
	first(p, selector, `e => { e.focus(); e.select(); return "" }`)
	p.do("fill "+selector, func(ctx context.Context, t *chromedp.Target) error {
		if text == "" {
			_, err := chromedp.KeyEvent(kb.Delete)(ctx, t)
			return err
		}
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// Submit sends the form of a field, as the Enter key in it does, and waits for
// the page that this leads to.
func (p *Page) Submit(selector string) {
	p.t.Helper()
	first(p, selector, `e => { e.focus(); return "" }`)
	p.Press(kb.Enter)
}

// Press presses keys, such as kb.Tab, one after the other, and waits for the
// page that this leads to, if any.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.navigates("press keys", func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.KeyEvent(keys)(ctx, t)
		return err
	})
}
