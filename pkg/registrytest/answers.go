package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Upstream keeps what upstreams said, and which names they are never asked for.
type Upstream interface {
	registry.Answers
	registry.Reservations
}

// Answers tests a registry.Answers and its registry.Reservations. Each one that
// open returns is empty.
func Answers(t *testing.T, open func(*testing.T) Upstream) {
	tests := map[string]func(*testing.T, Upstream){
		"of an unknown name nothing is kept":                 testNothingKept,
		"an answer is read back in full":                     testAnswerRoundTrip,
		"that there is no such thing is an answer":           testAnswerOfNothing,
		"a list of 1,000 releases is read back":              testLongAnswer,
		"an answer takes the place of the one before":        testAnswerAgain,
		"answers are by name as it is spelled, and question": testAnswerKeys,
		"answers are described":                              testAnswered,
		"a name belongs to the first":                        testOriginOnce,
		"of many at once one is the first":                   testOriginRace,
		"a name that was let go may belong to another":       testOriginForgotten,
		"origins are listed by name":                         testOrigins,
		"origins of some names are read at once":             testKnown,
		"reserved names are read with answers":               testReserved,
		"reserved names are written on their own revision":   testReservedRevision,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

const (
	upstreamURL = "https://a.example/v3"
	otherURL    = "https://b.example/v3"
)

func askedAt(second int) time.Time { return time.Date(2025, 2, 28, 23, 59, second, 5e6, time.UTC) }

// answerOf is what an upstream said of these versions.
func answerOf(t *testing.T, name string, second int, versions ...string) registry.Answer {
	t.Helper()
	a := registry.Answer{
		Package: registry.Package{Name: name, Visibility: registry.Public, Downloads: 7, Upstream: upstreamURL},
		Asked:   askedAt(second),
	}
	for _, v := range versions {
		r := Release(t, name, v)
		r.Upload = "" // nothing was uploaded
		r.ZIP.Source = upstreamURL + "/" + name + "?a=<1>&b=示例"
		a.Releases = append(a.Releases, r)
	}
	return a
}

func wantKept(t *testing.T, s Upstream, name string, q registry.Question, want registry.Answer) {
	t.Helper()
	kept, err := s.Kept(t.Context(), name, q)
	wantNoError(t, err)
	if kept.Answer == nil {
		t.Fatalf("nothing is kept of %s %s", name, q)
	}
	got := *kept.Answer
	equal(t, got.Package, want.Package)
	if !got.Asked.Equal(want.Asked) || len(got.Releases) != len(want.Releases) {
		t.Fatalf("%d releases, asked %s; want %d, %s", len(got.Releases), got.Asked, len(want.Releases), want.Asked)
	}
	for i := range want.Releases {
		equalRelease(t, got.Releases[i], want.Releases[i])
	}
}

func testNothingKept(t *testing.T, s Upstream) {
	for _, name := range []string{"hello", strings.Repeat("x", registry.MaxName)} {
		kept, err := s.Kept(t.Context(), name, registry.LatestQuestion)
		wantNoError(t, err)
		if kept.Answer != nil || kept.Origin != nil || len(kept.Reserved) > 0 {
			t.Fatalf("kept %+v", kept)
		}
	}
}

func testAnswerRoundTrip(t *testing.T, s Upstream) {
	v := Version(t, "1.2.3-rc.1+build.5")
	a := answerOf(t, "hello", 1, v.String())
	for _, q := range []registry.Question{registry.LatestQuestion, registry.ReleaseQuestion(v)} {
		wantNoError(t, s.Keep(t.Context(), "hello", q, a))
		wantKept(t, s, "hello", q, a)
	}
}

func testAnswerOfNothing(t *testing.T, s Upstream) {
	a := registry.Answer{Asked: askedAt(2)}
	wantNoError(t, s.Keep(t.Context(), "hello", registry.ReleasesQuestion, a))
	wantKept(t, s, "hello", registry.ReleasesQuestion, a)
}

func testLongAnswer(t *testing.T, s Upstream) {
	var versions []string
	for i := range 1000 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i))
	}
	a := answerOf(t, "hello", 1, versions...)
	for i := range a.Releases {
		a.Releases[i].Texts = registry.Texts{VersionBody: strings.Repeat("é\n", 300)}
		a.Releases[i].English, a.Releases[i].Manifest = registry.Texts{}, registry.Manifest{}
	}
	wantNoError(t, s.Keep(t.Context(), "hello", registry.ReleasesQuestion, a))
	wantKept(t, s, "hello", registry.ReleasesQuestion, a)
}

func testAnswerAgain(t *testing.T, s Upstream) {
	for i, versions := range [][]string{{"1.0.0"}, {"1.0.0", "1.1.0"}, nil, {"2.0.0"}} {
		a := answerOf(t, "hello", i, versions...)
		for range 2 { // the service's SDK repeats writes
			wantNoError(t, s.Keep(t.Context(), "hello", registry.ReleasesQuestion, a))
		}
		wantKept(t, s, "hello", registry.ReleasesQuestion, a)
	}
}

func testAnswerKeys(t *testing.T, s Upstream) {
	v := Version(t, "1.0.0")
	for i, name := range []string{"hello", "Hello", "hello-2"} {
		for j, q := range []registry.Question{registry.LatestQuestion, registry.ReleasesQuestion, registry.ReleaseQuestion(v)} {
			wantNoError(t, s.Keep(t.Context(), name, q, answerOf(t, name, 10*i+j, "1.0.0")))
		}
	}
	for i, name := range []string{"hello", "Hello", "hello-2"} {
		for j, q := range []registry.Question{registry.LatestQuestion, registry.ReleasesQuestion, registry.ReleaseQuestion(v)} {
			wantKept(t, s, name, q, answerOf(t, name, 10*i+j, "1.0.0"))
		}
	}
}

func testAnswered(t *testing.T, s Upstream) {
	ctx, v := t.Context(), Version(t, "1.0.0")
	one, list, none := answerOf(t, "hello", 1, "1.0.0"), answerOf(t, "hello", 2, "1.0.0", "0.9.0"), registry.Answer{Asked: askedAt(3)}
	wantNoError(t, s.Keep(ctx, "hello", registry.ReleaseQuestion(v), one))
	wantNoError(t, s.Keep(ctx, "hello", registry.ReleasesQuestion, list))
	wantNoError(t, s.Keep(ctx, "hello", registry.LatestQuestion, none))
	wantNoError(t, s.Keep(ctx, "hello2", registry.LatestQuestion, one))
	var got []registry.Answered
	for a, err := range s.Answered(ctx, "hello") {
		wantNoError(t, err)
		got = append(got, a)
	}
	equal(t, got, []registry.Answered{
		{Question: registry.LatestQuestion, Asked: askedAt(3)},
		{
			Question: registry.ReleaseQuestion(v), Upstream: upstreamURL, Asked: askedAt(1),
			Original: one.Releases[0].ZIP.Original,
		},
		{Question: registry.ReleasesQuestion, Upstream: upstreamURL, Asked: askedAt(2)},
	})
}

func originOf(name, url string) registry.Origin {
	return registry.Origin{Name: name, Upstream: url, Since: time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC)}
}

func wantOrigin(t *testing.T, s Upstream, name string, want *registry.Origin) {
	t.Helper()
	kept, err := s.Kept(t.Context(), name, registry.LatestQuestion)
	wantNoError(t, err)
	equal(t, kept.Origin, want)
}

func testOriginOnce(t *testing.T, s Upstream) {
	first := originOf("Hello", upstreamURL)
	for _, o := range []registry.Origin{first, first, originOf("Hello", otherURL)} {
		got, err := s.PutOrigin(t.Context(), o)
		wantNoError(t, err)
		equal(t, got, first)
	}
	wantOrigin(t, s, "Hello", &first)
	wantOrigin(t, s, "Hello2", nil)
	second := originOf("hello", otherURL) // another package
	got, err := s.PutOrigin(t.Context(), second)
	wantNoError(t, err)
	equal(t, got, second)
	wantOrigin(t, s, "Hello", &first)
}

func testOriginRace(t *testing.T, s Upstream) {
	stored := make([]registry.Origin, 8)
	winners := race(t, len(stored), func(i int) (err error) {
		stored[i], err = s.PutOrigin(t.Context(), originOf("hello", fmt.Sprint("https://", i)))
		return err
	})
	equal(t, len(winners), len(stored))
	for _, o := range stored {
		equal(t, o, stored[0])
	}
}

func testOriginForgotten(t *testing.T, s Upstream) {
	wantNoError(t, s.ForgetOrigin(t.Context(), "hello"))
	for _, url := range []string{upstreamURL, otherURL} {
		o, err := s.PutOrigin(t.Context(), originOf("hello", url))
		wantNoError(t, err)
		equal(t, o.Upstream, url)
		wantNoError(t, s.ForgetOrigin(t.Context(), "hello"))
		wantOrigin(t, s, "hello", nil)
	}
}

func testOrigins(t *testing.T, s Upstream) {
	var want []string
	for i := range 30 {
		name := fmt.Sprintf("Hello-%02d", i)
		_, err := s.PutOrigin(t.Context(), originOf(name, upstreamURL))
		wantNoError(t, err)
		want = append(want, name)
	}
	var got []string
	for o, err := range s.Origins(t.Context()) {
		wantNoError(t, err)
		equal(t, o, originOf(o.Name, upstreamURL))
		got = append(got, o.Name)
	}
	equal(t, got, want)
	for range s.Origins(t.Context()) {
		break
	}
}

func testKnown(t *testing.T, s Upstream) {
	var names []string
	for i := range registry.MaxKnown / 2 {
		name := fmt.Sprint("hello-", i)
		_, err := s.PutOrigin(t.Context(), originOf(name, upstreamURL))
		wantNoError(t, err)
		names = append(names, name, fmt.Sprint("other-", i))
	}
	known, err := s.Known(t.Context(), names)
	wantNoError(t, err)
	equal(t, len(known), registry.MaxKnown/2)
	known, err = s.Known(t.Context(), []string{"none"})
	wantNoError(t, err)
	equal(t, len(known), 0)
}

// reserve reserves patterns in the place of those before.
func reserve(t *testing.T, s Upstream, patterns ...string) {
	t.Helper()
	r, err := s.ReservedNames(t.Context())
	wantNoError(t, err)
	r.Patterns = patterns
	wantNoError(t, s.PutReservedNames(t.Context(), r))
}

func testReserved(t *testing.T, s Upstream) {
	for _, patterns := range [][]string{{"acme-*"}, {"acme-*", "b[a-c]?"}, {}} {
		reserve(t, s, patterns...)
		kept, err := s.Kept(t.Context(), "hello", registry.LatestQuestion)
		wantNoError(t, err)
		if !slices.Equal(kept.Reserved, patterns) {
			t.Fatalf("reserved are %q, want %q", kept.Reserved, patterns)
		}
	}
}

func testReservedRevision(t *testing.T, s Upstream) {
	first := registry.ReservedNames{Patterns: []string{"a*"}, Journal: Journal("reserved names")}
	wantCode(t, s.PutReservedNames(t.Context(), registry.ReservedNames{Journal: registry.Journal{Revision: 1}}), registry.Conflict)
	wantNoError(t, s.PutReservedNames(t.Context(), first))
	wantCode(t, s.PutReservedNames(t.Context(), registry.ReservedNames{Patterns: []string{"b*"}}), registry.Conflict)
	first.Revision = 1
	got, err := s.ReservedNames(t.Context())
	wantNoError(t, err)
	equal(t, got, first)
}
