package browser

import "strings"

// Overflow fails the test when the page is wider than its reader's window, so
// that one would have to scroll sideways. It names elements that stick out.
func (p *Page) Overflow() {
	p.t.Helper()
	type widths struct {
		Page     int64
		Elements []string
	}
	window, _ := p.reader.size()
	got := Call[widths](p, `window => ({
		page: document.documentElement.scrollWidth,
		elements: [...document.body.querySelectorAll("*")]
			.filter(e => e.getBoundingClientRect().right + scrollX > window)
			.slice(0, 5).map(e => e.localName + (e.id && "#" + e.id) + (e.className && "." + e.className)),
	})`, window)
	if got.Page > window {
		p.t.Errorf("%s: the page is %d pixels wide, the window %d; out stick %s",
			p.URL(), got.Page, window, strings.Join(got.Elements, ", "))
	}
}
