package browser

import "github.com/chromedp/chromedp"

// axeRun looks for what keeps people with disabilities from using a page: by
// the Web Content Accessibility Guidelines 2.2, levels A and AA, and by what
// axe-core holds to be good practice. Nothing is loaded for it.
const axeRun = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	resultTypes: ["violations"],
	preload: false,
}).then(result => result.violations.flatMap(({id, impact, nodes}) => nodes.map(node => ({
	rule: id, impact, target: node.target.join(" "), summary: node.failureSummary,
}))))`

// Axe fails the test for each thing that axe-core finds on the page, as its
// reader sees it: contrast depends on the theme, sizes on the width.
func (p *Page) Axe() {
	p.t.Helper()
	// Promises need JavaScript. The page's own was left out when it was read,
	// and stays so.
	p.allowScript(true)
	defer p.allowScript(!p.reader.NoScript)
	evaluate[chromedp.Void](p, p.browser.axe)
	type violation struct{ Rule, Impact, Target, Summary string }
	for _, v := range evaluate[[]violation](p, axeRun) {
		p.t.Errorf("%s: axe: %s (%s) at %s: %s", p.URL(), v.Rule, v.Impact, v.Target, v.Summary)
	}
}
