package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Text returns the visible text of the first element that a CSS selector
// matches.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return first(p, selector, `e => e.innerText.trim()`)
}

// Texts returns the visible text of each element that a CSS selector matches.
func (p *Page) Texts(selector string) []string {
	p.t.Helper()
	return Call[[]string](p, allTexts, selector)
}

const allTexts = `s => [...document.querySelectorAll(s)].map(e => e.innerText.trim())`

// Attribute returns an attribute of the first element that a CSS selector
// matches; "" where it has none.
func (p *Page) Attribute(selector, name string) string {
	p.t.Helper()
	return first(p, selector, `(e, name) => e.getAttribute(name) ?? ""`, name)
}

// Value returns what a field of a form holds.
func (p *Page) Value(selector string) string {
	p.t.Helper()
	return first(p, selector, `e => e.value`)
}

// Focused describes the element that has the keyboard, by its kind and its name
// for screen readers: button "Sign in".
func (p *Page) Focused() string {
	p.t.Helper()
	return Call[string](p, `() => {
		const e = document.activeElement
		const name = e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || e.name || ""
		return e === document.body ? "" : e.localName + " " + JSON.stringify(name.trim().replace(/\s+/g, " "))
	}`)
}

// URL returns the page's address.
func (p *Page) URL() string {
	p.t.Helper()
	return Call[string](p, `() => location.href`)
}

// Status returns the status of the response that the page is.
func (p *Page) Status() int {
	p.t.Helper()
	return int(p.document().Response.Status)
}

// Header returns the header of the response that the page is.
func (p *Page) Header() http.Header {
	p.t.Helper()
	header := make(http.Header)
	for name, value := range p.document().Response.Headers {
		// The protocol joins the values of a name by line ends.
		for line := range strings.Lines(fmt.Sprint(value)) {
			header.Add(name, strings.TrimSuffix(line, "\n"))
		}
	}
	return header
}

// HTML returns the page as the site sent it.
func (p *Page) HTML() []byte {
	p.t.Helper()
	request, html := p.document().RequestID, []byte(nil)
	p.do("read the HTML", func(ctx context.Context, t *chromedp.Target) error {
		result, err := cdp.Call(ctx, t, network.GetResponseBody, network.GetResponseBodyParams{RequestID: request})
		html = result.Body
		return err
	})
	return html
}

// Cookies returns those which the site has set.
func (p *Page) Cookies() []*network.Cookie {
	p.t.Helper()
	var cookies []*network.Cookie
	p.do("read the cookies", func(ctx context.Context, t *chromedp.Target) error {
		result, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{p.site}})
		cookies = result.Cookies
		return err
	})
	return cookies
}

// WaitFor waits until an element that a CSS selector matches shows a text. The
// page may go on to another meanwhile.
func (p *Page) WaitFor(selector, text string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, p.limit)
	defer cancel()
	look, seen := chromedp.Evaluate[[]string](expression(allTexts, selector)), ""
	for ctx.Err() == nil {
		texts, err := chromedp.Run(ctx, look)
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, text) }) {
			return
		}
		if err == nil {
			seen = fmt.Sprintf("%q", texts)
		} else if ctx.Err() == nil {
			seen = err.Error()
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatalf("no %s shows %q within %v, last seen: %s", selector, text, p.limit, seen)
}

func (p *Page) document() *network.EventResponseReceived {
	p.t.Helper()
	document := p.watch.response()
	if document == nil {
		p.t.Fatal("the page is still empty: Visit comes first")
	}
	return document
}

// first calls a JavaScript function with the first element that a CSS selector
// matches, and arguments.
func first(p *Page, selector, function string, args ...any) string {
	p.t.Helper()
	found := Call[*string](p, `(s, ...args) => { const e = document.querySelector(s); return e && (`+function+`)(e, ...args) }`,
		append([]any{selector}, args...)...)
	if found == nil {
		p.t.Fatalf("%s: no element matches %s", p.URL(), selector)
	}
	return *found
}

// Call calls a JavaScript function in the page with arguments, and returns what
// it does or promises, as JSON. It is for what no other method can look at.
func Call[T any](p *Page, function string, args ...any) T {
	p.t.Helper()
	return evaluate[T](p, expression(function, args...))
}

// expression is the call of a JavaScript function.
func expression(function string, args ...any) string {
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		panic(err) // the arguments are strings and numbers
	}
	return fmt.Sprintf("(%s)(...%s)", function, list)
}

// evaluate runs JavaScript in the page, whatever its Content-Security-Policy
// forbids, and waits for its promise.
func evaluate[T any](p *Page, expression string) T {
	p.t.Helper()
	var result T
	p.do("run JavaScript", func(ctx context.Context, t *chromedp.Target) error {
		var err error
		result, err = chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise)(ctx, t)
		return err
	})
	return result
}
