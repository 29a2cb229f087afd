package web

import (
	"regexp"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

var nameLine = regexp.MustCompile(`(?m)^Name: *(\S+)`)

// TestEveryPackageFitsAPhone looks at the small projects, and at all packages of
// the folder that PUBLISH_YAML_CORPUS names.
func TestEveryPackageFitsAPhone(t *testing.T) {
	t.Parallel()
	all, err := corpus()
	if err != nil {
		t.Fatal(err)
	}
	p := chromium.Open(t, shared.Registry, browser.Reader{Phone: true, Language: "zh-CN"})
	for _, f := range append(all, smallProjects()[:3]...) {
		name := nameLine.FindStringSubmatch(f["publish.yaml"])[1]
		p.Visit("/packages/" + name)
		p.Axe()
		p.Overflow()
		p.Structure(mostHTML)
		p.Screenshot("corpus-" + name)
	}
}
