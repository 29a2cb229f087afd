package browser

import (
	"context"
	"errors"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
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
		_, err := chromedp.KeyEvent(keys, raw)(ctx, t)
		return err
	})
}

// raw makes a key that goes down the kind of event after which Chromium types
// no character, and sends no form, when the page has dealt with the key itself.
func raw(p *input.DispatchKeyEventParams) {
	if p.Type == input.DispatchKeyEventTypeKeyDown {
		p.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

// Select chooses the option of a value in the first select box that a CSS
// selector matches.
func (p *Page) Select(selector, value string) {
	p.t.Helper()
	chosen := first(p, selector, `(e, value) => {
		e.focus()
		e.value = value
		e.dispatchEvent(new Event("input", {bubbles: true}))
		e.dispatchEvent(new Event("change", {bubbles: true}))
		return e.value
	}`, value)
	if chosen != value {
		p.t.Fatalf("%s: %s has no option of value %q", p.URL(), selector, value)
	}
}

// Back goes back to the page before, as the browser's button does.
func (p *Page) Back() {
	p.t.Helper()
	p.navigates("go back", func(ctx context.Context, t *chromedp.Target) error {
		history, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return err
		}
		if history.CurrentIndex == 0 {
			return errors.New("this is the first page")
		}
		before := history.Entries[history.CurrentIndex-1].ID
		_, err = cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before})
		return err
	})
}
