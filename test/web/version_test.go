package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/test/web/browser"
)

// queueVersions are those of queue-worker in the order of SemVer.
var queueVersions = []string{"2.0.0-beta.1", "1.10.0", "1.9.0", "1.5.0", "1.2.0", "1.1.0", "1.0.1", "1.0.0", "0.3.0", "0.2.0", "0.1.0", "dev.0.1"}

func TestThePackagePageListsTheVersionsWithTheirNotes(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	p.Visit("/packages/queue-worker")
	if got := p.Texts("#versions h3"); !slices.Equal(got, queueVersions) {
		t.Errorf("versions %q, want %q", got, queueVersions)
	}
	notes := p.Texts("#versions .notes")
	for i, want := range map[int]string{0: "To be tried", 1: "drain shows how many", 3: "first: 1s", 8: "a dead-letter queue", 11: "The state of the main branch."} {
		if !strings.Contains(notes[i], want) {
			t.Errorf("the notes of %s are %q", queueVersions[i], notes[i])
		}
	}
	if got := p.Text("#versions li:nth-of-type(2)"); !strings.Contains(got, "shown here") {
		t.Errorf("the latest version is not marked: %q", got)
	}
	if dates := p.Texts("#versions time"); len(dates) != len(queueVersions) || dates[0] == "" {
		t.Errorf("dates %q", dates)
	}
}

// One switches from version to version, by the list beside the readme.
func TestTheVersionIsSwitched(t *testing.T) {
	t.Parallel()
	for _, reader := range []browser.Reader{{}, {Phone: true}, {NoScript: true}} {
		p := chromium.Open(t, shared.Registry, reader)
		p.Visit("/packages/queue-worker")
		p.Click("#switch summary")
		if got := p.Texts("#switch li a"); !slices.Equal(got, queueVersions) {
			t.Errorf("the list has %q", got)
		}
		p.Click("#switch a[href$='/1.5.0']")
		if got := p.Text("h1"); got != "queue-worker 1.5.0" {
			t.Errorf("heading %q", got)
		}
		if got := p.Text("#snippet"); !strings.Contains(got, "component: queue-worker@1.5.0") {
			t.Errorf("the snippet is %q", got)
		}
		if got := p.Text("#notes .markdown"); !strings.Contains(got, "Pauses grow") {
			t.Errorf("the notes are %q", got)
		}
		if got := p.Text("#not-latest"); !strings.Contains(got, "1.5.0, which is not the latest") {
			t.Errorf("it says %q", got)
		}
		p.Click("#switch summary")
		p.Click("#switch a[href$='/2.0.0-beta.1']")
		if got := p.Text("h1"); got != "queue-worker 2.0.0-beta.1" {
			t.Errorf("heading %q", got)
		}
		p.Click("#not-latest a")
		if got := p.Text("h1"); got != "queue-worker 1.10.0" || p.URL() != shared.Registry+"/packages/queue-worker" {
			t.Errorf("the latest is %q at %s", got, p.URL())
		}
	}
}

func TestEachVersionHasItsOwnZIP(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	sums := make(map[string]string)
	for _, version := range []string{"1.10.0", "1.5.0", "dev.0.1"} {
		p.Visit("/packages/queue-worker/versions/" + version)
		sum := p.Text("aside .hash code")
		if other, known := sums[sum]; known || len(sum) != 64 {
			t.Errorf("SHA-256 of %s is %q, which is that of %q too", version, sum, other)
		}
		sums[sum] = version
		if got := p.Attribute("aside a[download]", "href"); !strings.HasSuffix(got, "/queue-worker/zipball/"+version) {
			t.Errorf("the ZIP of %s is at %s", version, got)
		}
	}
}

func TestARangeLeadsToItsVersion(t *testing.T) {
	t.Parallel()
	p := chromium.Open(t, shared.Registry, browser.Reader{})
	for asked, want := range map[string]string{"%5E1.0.0": "1.10.0", "~1.0": "1.0.1", "0.x": "0.3.0", "dev": "dev.0.1"} {
		p.Visit("/packages/queue-worker/versions/" + asked)
		if got := p.URL(); got != shared.Registry+"/packages/queue-worker/versions/"+want {
			t.Errorf("%s leads to %s, want %s", asked, got, want)
		}
	}
	p.Expect("status of 404")
	p.Visit("/packages/queue-worker/versions/3.0.0")
	if p.Status() != http.StatusNotFound {
		t.Errorf("a version that there is not: %d", p.Status())
	}
}
