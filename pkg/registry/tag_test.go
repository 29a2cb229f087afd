package registry_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// What npm's own implementation answers for these ranges.
func TestRanges(t *testing.T) {
	tests := []struct{ tag, in, out string }{
		{"^1.2", "1.2.0 1.2.9 1.99.0", "1.1.9 2.0.0 0.9.0"},
		{"^1.2.3", "1.2.3 1.3.0", "1.2.2 2.0.0"},
		{"^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3.0 1.0.0"},
		{"^0.0.3", "0.0.3", "0.0.2 0.0.4 0.1.0"},
		{"^0.0", "0.0.0 0.0.9", "0.1.0 1.0.0"},
		{"^0", "0.0.0 0.9.9", "1.0.0"},
		{"^1", "1.0.0 1.9.9", "0.9.9 2.0.0"},
		{"~1.9.0", "1.9.0 1.9.9", "1.8.9 1.10.0"},
		{"~1.2", "1.2.0 1.2.9", "1.1.0 1.3.0"},
		{"~1", "1.0.0 1.9.0", "0.9.0 2.0.0"},
		{"1.x", "1.0.0 1.9.9", "0.9.9 2.0.0"},
		{"1.2.x", "1.2.0 1.2.9", "1.1.9 1.3.0"},
		{"1.X", "1.0.0 1.9.9", "2.0.0"},
		{"1.*", "1.0.0 1.9.9", "2.0.0"},
		{"1", "1.0.0 1.9.9", "0.9.9 2.0.0"},
		{"1.2", "1.2.0 1.2.9", "1.1.9 1.3.0"},
		{"*", "0.0.0 1.0.0 99.9.9", ""},
		{"x", "0.0.0 1.0.0", ""},
		{">=1 <2", "1.0.0 1.9.9", "0.9.9 2.0.0"},
		{">=1.2.3 <1.4.0 ", "1.2.3 1.3.9", "1.2.2 1.4.0"},
		{">1", "2.0.0", "1.0.0 1.9.9"},
		{">1.2", "1.3.0 2.0.0", "1.2.0 1.2.9"},
		{"<=1", "0.1.0 1.0.0 1.9.9", "2.0.0"},
		{"<=1.2", "1.2.0 1.2.9", "1.3.0"},
		{"<1.2", "1.1.9 0.0.1", "1.2.0"},
		{"=1.2.3", "1.2.3", "1.2.2 1.2.4"},
		{">= 1.2", "1.2.0 2.0.0", "1.1.0"},
		{"1.2 - 2.3", "1.2.0 2.0.0 2.3.9", "1.1.9 2.4.0"},
		{"1.2.3 - 2.3.4", "1.2.3 2.3.4", "1.2.2 2.3.5"},
		{"1.2.3 - 2", "1.2.3 2.9.9", "1.2.2 3.0.0"},
		{"^1 || ^3", "1.0.0 1.9.0 3.0.0", "2.0.0 4.0.0"},
		{"^1||^3", "1.0.0 3.1.0", "2.0.0"},
		{"~0.0.0", "0.0.0 0.0.9", "0.1.0 1.0.0"},
		{"~>1.2", "1.2.0 1.2.9", "1.3.0"},
		{"v1.2", "1.2.0 1.2.9", "1.3.0"},
		{"^x", "0.0.0 9.9.9", ""},
		{"<=*", "0.0.0 9.9.9", ""},
		{">*", "", "0.0.0 9.9.9"},
		{"<1 || >=2.5 <3", "0.9.0 2.5.0", "1.0.0 3.0.0"},
	}
	for _, test := range tests {
		tag := parseTag(t, test.tag)
		if v, exact := tag.Exact(); exact || tag.IsDev() {
			t.Errorf("%q names the version %q, want a range", test.tag, v)
		}
		checkMatches(t, tag, test.tag, test.in, test.out)
	}
}

func TestRangesAndPreReleases(t *testing.T) {
	tests := []struct{ tag, in, out string }{
		{"^1.2", "", "1.2.0-rc.1 1.3.0-rc.1 2.0.0-rc.1"},
		{"*", "", "1.0.0-rc.1 0.0.1-0"},
		{">=1 <2", "", "1.0.0-rc.1 1.5.0-rc.1 2.0.0-rc.1"},
		{"1.x", "", "1.0.0-rc.1 1.5.0-rc.1"},
		{"^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.10 1.2.3 1.9.0", "1.2.3-beta.1 1.2.4-beta.3 1.3.0-beta.2 2.0.0-beta.3"},
		{"~1.2.3-beta.2", "1.2.3-beta.4 1.2.9", "1.2.4-beta.2 1.3.0"},
		{">=1.0.0-0 <2", "1.0.0-rc.1 1.0.0 1.9.0", "1.1.0-rc.1 2.0.0-rc.1 2.0.0"},
		{">1.0.0-rc.1 <1.0.0", "1.0.0-rc.2", "1.0.0-rc.1 1.0.0"},
		{"1.0.0-rc.1 - 1.1.0", "1.0.0-rc.1 1.0.0 1.1.0", "1.0.0-rc.0 1.1.0-rc.1"},
		{"^1.0.0-rc.1 || ^3", "1.0.0-rc.2 3.0.0", "3.0.0-rc.2"},
		{"^1.2", "", "dev.0.1"},
		{"*", "", "dev.0.1"},
	}
	for _, test := range tests {
		checkMatches(t, parseTag(t, test.tag), test.tag, test.in, test.out)
	}
}

func checkMatches(t *testing.T, tag registry.Tag, text, in, out string) {
	t.Helper()
	for want, versions := range map[bool]string{true: in, false: out} {
		for _, v := range strings.Fields(versions) {
			if tag.Matches(registrytest.Version(t, v)) != want {
				t.Errorf("%q matches %s: %t, want %t", text, v, !want, want)
			}
		}
	}
}

func TestExactTags(t *testing.T) {
	for _, text := range []string{"1.2.3", "1.0.0-rc.1+b", "dev.0.7"} {
		v, exact := parseTag(t, text).Exact()
		if !exact || v.String() != text {
			t.Errorf("%q names %q, %t", text, v, exact)
		}
	}
}

func TestDevTag(t *testing.T) {
	tag := parseTag(t, "dev")
	if _, exact := tag.Exact(); exact || !tag.IsDev() {
		t.Errorf("dev is exact: %t, dev: %t", exact, tag.IsDev())
	}
	checkMatches(t, tag, "dev", "dev.0.1 dev.0.99", "1.0.0 1.0.0-dev.0.1")
}

func TestLatestTag(t *testing.T) {
	tag := parseTag(t, "latest")
	if _, exact := tag.Exact(); exact || tag.IsDev() || !tag.IsLatest() || parseTag(t, "dev").IsLatest() {
		t.Errorf("latest is exact: %t, dev: %t, latest: %t", exact, tag.IsDev(), tag.IsLatest())
	}
	checkMatches(t, tag, "latest", "", "1.0.0 dev.0.1")
}

func TestNoVersionIsCalledLatest(t *testing.T) {
	if v, err := registry.ParseVersion("latest"); registry.CodeOf(err) != registry.Invalid {
		t.Errorf("%s, %v", v, err)
	}
}

func TestParseTagRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "Latest", "abc", "1.2.3.4", "^", "^^1", ">=", "1.2.3 -", "1 -2", "^1.x.2.3", "^a.b.c", "dev.", "DEV",
		"1.2.3;rm", ">=1, <2", "!=1.2.3", "=>1", "^1.2.3-", "1 2 -", "^9223372036854775808", "^1 || bad",
		"../1", "^1\x00", "我", strings.Repeat("1", 200), strings.Repeat("^1 ||", 30) + "^1",
	} {
		_, err := registry.ParseTag(text)
		if registry.CodeOf(err) != registry.NotFound {
			t.Errorf("ParseTag(%q) = %v, want NotFound", text, err)
			continue
		}
		wantWords(t, err.Error(), "neither a version", "^1.2")
	}
}

func parseTag(t *testing.T, text string) registry.Tag {
	t.Helper()
	tag, err := registry.ParseTag(text)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

func FuzzParseTag(f *testing.F) {
	for _, text := range []string{"dev", "latest", "1.2.3", "dev.0.1", "^1.2", ">=1 <2", "1.2 - 2.3", "^1 || ^3", "*", "", "~1.9.0-rc.1+b"} {
		f.Add(text)
	}
	versions := []registry.Version{registry.DevBuild(1)}
	for _, text := range []string{"0.0.0", "1.2.3", "1.2.3-rc.1", "18446744073709551615.0.0"} {
		versions = append(versions, registrytest.Version(f, text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		tag, err := registry.ParseTag(text)
		if err != nil {
			if registry.CodeOf(err) != registry.NotFound {
				t.Fatalf("%q: %v, want NotFound", text, err)
			}
			return
		}
		if v, exact := tag.Exact(); exact {
			again, err := registry.ParseVersion(v.String())
			if v.String() != text || err != nil || again.SortKey() != v.SortKey() {
				t.Fatalf("%q names %q, read again: %q, %v", text, v, again, err)
			}
		}
		for _, v := range versions {
			tag.Matches(v)
		}
	})
}
