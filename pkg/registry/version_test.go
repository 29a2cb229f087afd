package registry_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"deps.dev/util/semver"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestParseVersionKeepsTheText(t *testing.T) {
	for _, text := range []string{
		"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha", "1.0.0-0.3.7", "1.0.0-x.7.z.92", "1.0.0-x-y-z.--",
		"1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85", "1.0.0+001", "999999999999999999.0.0",
		"1.0.0-99999999999999999999", "dev.0.0", "dev.0.1", "dev.0.4294967295",
		"1.0.0-" + strings.Repeat("a", registry.MaxVersion-len("1.0.0-")),
	} {
		v, err := registry.ParseVersion(text)
		if err != nil || v.String() != text || v.IsZero() || v.IsDev() != strings.HasPrefix(text, "dev") {
			t.Errorf("ParseVersion(%q) = %q, %v", text, v, err)
		}
	}
}

func TestParseVersionRefuses(t *testing.T) {
	for _, text := range []string{
		"", "1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b",
		" 1.2.3", "1.2.3 ", "1.2.3\n", "-1.2.3", "1.2.3-ä", "１.2.3", "latest", "dev", "dev.0", "dev.0.", "dev.1.1",
		"dev.0.01", "dev.0.-1", "dev.0.+1", "dev.0.4294967296", "1.2.3/..", "../1.2.3",
		"1.0.0-" + strings.Repeat("a", registry.MaxVersion),
	} {
		v, err := registry.ParseVersion(text)
		if registry.CodeOf(err) != registry.Invalid || !v.IsZero() {
			t.Errorf("ParseVersion(%q) = %q, %v; want Invalid", text, v, err)
		}
	}
}

// The example of precedence in the SemVer 2.0.0 specification, sections 11.2
// to 11.4, with development builds below it.
func TestCompareFollowsTheSpecification(t *testing.T) {
	ascending := []string{
		"dev.0.0", "dev.0.1", "dev.0.9", "dev.0.10",
		"0.0.0-0", "0.0.0-18446744073709551616", "0.0.0-99999999999999999999", "0.0.0--", "0.0.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
		"1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.1.10", "2.10.0", "10.0.0",
	}
	for i, a := range ascending {
		for j, b := range ascending {
			got := registrytest.Version(t, a).Compare(registrytest.Version(t, b))
			if want := min(1, max(-1, i-j)); got != want {
				t.Errorf("%s compared with %s is %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestBuildMetadataDoesNotCount(t *testing.T) {
	a, b := registrytest.Version(t, "1.0.0-rc.1+a"), registrytest.Version(t, "1.0.0-rc.1+b")
	if a.Compare(b) != 0 || a.SortKey() != b.SortKey() {
		t.Errorf("%s and %s differ", a, b)
	}
}

func TestSortKeyOrderIsPrecedence(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		a, b := randomVersion(random), randomVersion(random)
		want := parse(t, a).Compare(parse(t, b))
		got := strings.Compare(registrytest.Version(t, a).SortKey(), registrytest.Version(t, b).SortKey())
		if got != want {
			t.Fatalf("keys of %s and %s compare as %d, want %d (seed %d)", a, b, got, want, seed)
		}
	}
}

// parse reads a version by another implementation of the specification.
func parse(t *testing.T, text string) *semver.Version {
	t.Helper()
	v, err := semver.NPM.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// randomVersion draws from few numbers and identifiers, so that many pairs
// agree in their first parts.
func randomVersion(r *rand.Rand) string {
	numbers := []string{"0", "1", "2", "9", "10", "11", "99", "100", "999999999999999999"}
	identifiers := []string{"0", "1", "2", "10", "123", "999999999999999999", "a", "A", "z", "-", "--", "a-", "ab", "a0", "0a", "1-", "rc", "rc1"}
	pick := func(from []string) string { return from[r.IntN(len(from))] }
	v := fmt.Sprintf("%s.%s.%s", pick(numbers), pick(numbers[:3]), pick(numbers[:3]))
	var pre []string
	for range r.IntN(4) {
		pre = append(pre, pick(identifiers))
	}
	if len(pre) > 0 {
		v += "-" + strings.Join(pre, ".")
	}
	if len(v) > registry.MaxVersion {
		return randomVersion(r)
	}
	return v
}

func TestOutranks(t *testing.T) {
	// Each is latest beside all that follow it.
	order := []string{"2.0.0", "1.0.0", "0.0.1", "3.0.0-rc.1", "3.0.0-beta", "0.0.1-alpha", "dev.0.12", "dev.0.2", "dev.0.0"}
	for i, a := range order {
		v := registrytest.Version(t, a)
		if !v.Outranks(registry.Version{}) {
			t.Errorf("%s does not outrank no version", a)
		}
		for j, b := range order {
			if got := v.Outranks(registrytest.Version(t, b)); got != (i < j) {
				t.Errorf("%s outranks %s: %t", a, b, got)
			}
		}
	}
}

// misread finds what the other implementation reads otherwise than the
// specification: large numbers, and -1 as a pre-release identifier.
var misread = regexp.MustCompile(`[0-9]{19}|[-.]-[0-9]`)

func FuzzSortKey(f *testing.F) {
	f.Add("1.0.0-alpha.1", "1.0.0-alpha.beta")
	f.Add("dev.0.9", "dev.0.10")
	f.Add("1.0.0-a-b.0", "1.0.0-a.10+x")
	f.Fuzz(func(t *testing.T, a, b string) {
		v, errV := registry.ParseVersion(a)
		w, errW := registry.ParseVersion(b)
		if errV != nil || errW != nil || v.IsDev() || w.IsDev() || misread.MatchString(a+b) {
			return
		}
		if want := parse(t, a).Compare(parse(t, b)); v.Compare(w) != want {
			t.Fatalf("%q compared with %q is %d, want %d", a, b, v.Compare(w), want)
		}
		printable := func(r rune) bool { return r > ' ' && r <= '~' }
		if key := v.SortKey(); strings.IndexFunc(key, func(r rune) bool { return !printable(r) }) >= 0 {
			t.Fatalf("key %q of %q is not printable ASCII", key, a)
		}
	})
}
