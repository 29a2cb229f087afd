package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
)

// watch keeps what happens on a page.
type watch struct {
	site    string
	outside *outside
	end     func() // the page

	mu       sync.Mutex
	frame    cdp.FrameID // of the page itself, not of one within it
	loading  bool
	document *network.EventResponseReceived // the page's HTML
	urls     map[network.RequestID]string
	problems []string
	expected []string // parts of problems
}

func newWatch(site string, outside *outside) *watch {
	return &watch{site: site, outside: outside, urls: make(map[network.RequestID]string)}
}

// start says which frame is the page, and what ends it.
func (w *watch) start(frame cdp.FrameID, end func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frame, w.end = frame, end
}

// expect makes problems that contain a text a part of the test.
func (w *watch) expect(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.expected, text) {
		w.expected = append(w.expected, text)
	}
}

// navigating says whether the page is on its way to another.
func (w *watch) navigating() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.loading
}

// response is the one that the page is; nil: none yet.
func (w *watch) response() *network.EventResponseReceived {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.document
}

// event takes note of what the browser tells. Chromedp calls it with each event
// before it reads the next message.
func (w *watch) event(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.navigation(event)
	w.network(event)
	w.console(event)
}

func (w *watch) navigation(event any) {
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		w.loading = w.loading || e.FrameID == w.frame && e.Disposition == page.ClientNavigationDispositionCurrentTab
	case *page.EventFrameStartedNavigating:
		w.loading = w.loading || e.FrameID == w.frame
	case *page.EventFrameStoppedLoading:
		w.loading = w.loading && e.FrameID != w.frame
	case *target.EventTargetCreated:
		if opener := e.TargetInfo.OpenerID; opener != "" && opener == target.ID(w.frame) {
			w.problem("a window was opened, which nobody watches: %s", e.TargetInfo.URL)
		}
	case *inspector.EventTargetCrashed:
		w.problem("the page crashed")
		go w.end() // it answers nothing more
	}
}

func (w *watch) network(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.urls[e.RequestID] = e.Request.URL
		w.request(e.Request.URL)
	case *network.EventWebSocketCreated:
		w.request(e.URL)
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument && e.FrameID == w.frame {
			w.document = e
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			w.problem("request failed: %s: %s %s", w.urls[e.RequestID], e.ErrorText, e.BlockedReason)
		}
	}
}

// request tells of requests to others. URLs of other schemes, such as data:,
// reach nobody.
func (w *watch) request(url string) {
	scheme, _, _ := strings.Cut(url, ":")
	network := slices.Contains([]string{"http", "https", "ws", "wss"}, scheme)
	if network && url != w.site && !strings.HasPrefix(url, w.site+"/") {
		w.problem("request to another host: %s", url)
	}
}

func (w *watch) console(event any) {
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			w.problem("console.%s: %s", e.Type, text(e.Args))
		}
	case *runtime.EventExceptionThrown:
		d := e.ExceptionDetails
		w.problem("exception: %s %s (%s:%d)", d.Text, text([]*runtime.RemoteObject{d.Exception}), d.URL, d.LineNumber+1)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			w.problem("%s %s: %s (%s)", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	}
}

// text is what the console shows for values.
func text(values []*runtime.RemoteObject) string {
	var words []string
	for _, v := range values {
		word := ""
		switch {
		case v == nil:
			continue
		case json.Unmarshal(v.Value, &word) == nil: // a string
		case v.Description != "":
			word = v.Description
		default:
			word = string(v.Value)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func (w *watch) problem(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// unexpected returns the problems which nobody expected, and says which were
// expected and did not come.
func (w *watch) unexpected() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	problems := slices.Clone(w.problems)
	for _, request := range w.outside.requests() {
		problems = append(problems, "another host was called: "+request)
	}
	var missing []string
	for _, part := range w.expected {
		is := func(problem string) bool { return strings.Contains(problem, part) }
		if !slices.ContainsFunc(problems, is) {
			missing = append(missing, fmt.Sprintf("there was no problem with %q, which the test expects", part))
		}
		problems = slices.DeleteFunc(problems, is)
	}
	return append(problems, missing...)
}
