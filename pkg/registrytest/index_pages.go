package registrytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func testPages(t *testing.T, c Indexed) {
	for _, name := range many("p", 7) {
		write(t, c, bare(t, name, func(h *registry.Head) { h.Latest.Manifest.Description = "word" }))
	}
	write(t, c, bare(t, "hidden", func(h *registry.Head) { h.Visibility = registry.Private }))
	for _, sort := range []registry.Sort{registry.ByRelevance, registry.ByTime, registry.ByDownloads} {
		for page, want := range map[[2]int]string{
			{0, 3}: "p0 p1 p2", {3, 3}: "p3 p4 p5", {6, 3}: "p6", {7, 3}: "", {8, 3}: "", {5000, 100}: "", {0, 7}: "p0 p1 p2 p3 p4 p5 p6",
			{2, 1}: "p2", {0, registry.MaxFound}: "p0 p1 p2 p3 p4 p5 p6",
		} {
			names, total, err := c.Find(t.Context(), registry.Search{Text: "word", Sort: sort, Skip: page[0], Limit: page[1]}, []string{everybody})
			wantNoError(t, err)
			if got := strings.Join(names, " "); got != want || total != 7 {
				t.Errorf("sort %q, page %v: %s of %d, want %s of 7", sort, page, got, total, want)
			}
		}
	}
}

func testManyPages(t *testing.T, c Indexed) {
	const packages = 1200
	want := make([]string, packages)
	for i := range want {
		want[i] = fmt.Sprintf("package-%04d", i)
		write(t, c, bare(t, want[i]))
	}
	for _, s := range []registry.Search{{}, {Sort: registry.ByTime}, {Text: "package"}} {
		var got []string
		for s.Limit = registry.MaxFound; s.Skip < packages; s.Skip += s.Limit {
			names, total, err := c.Find(t.Context(), s, []string{everybody})
			wantNoError(t, err)
			equal(t, total, packages)
			got = append(got, names...)
		}
		equal(t, got, want)
	}
}

func count(t *testing.T, x registry.Index, f registry.Facet, readers ...string) string {
	t.Helper()
	counted, err := x.Count(t.Context(), f, readers)
	wantNoError(t, err)
	var all []string
	for i, v := range counted {
		if i > 0 && v.Count > counted[i-1].Count {
			t.Errorf("%v: not the most used first", counted)
		}
		all = append(all, fmt.Sprintf("%s=%d", v.Value, v.Count))
	}
	slices.Sort(all) // those that are used as often are in no order
	return strings.Join(all, " ")
}

func testCount(t *testing.T, c Indexed) {
	for i, name := range many("p", 6) {
		write(t, c, bare(t, name, func(h *registry.Head) {
			h.Latest.Manifest.Category = []string{"Web 应用", "数据库", ""}[i%3]
			h.Latest.Manifest.Providers = [][]string{{"阿里云"}, {"阿里云", "Other"}, nil}[i%3]
			h.Visibility, h.Organization = []registry.Visibility{registry.Public, registry.Private, registry.Organization}[i/2], "acme"
		}))
	}
	write(t, c, bare(t, "empty", func(h *registry.Head) { h.Latest = nil }))
	for _, test := range []struct {
		readers               []string
		categories, providers string
	}{
		{nil, "", ""},
		{[]string{everybody}, "Web 应用=1 数据库=1", "Other=1 阿里云=2"},
		{[]string{everybody, alice}, "Web 应用=2 数据库=2", "Other=2 阿里云=4"},
		{[]string{everybody, "organization/acme"}, "Web 应用=1 数据库=2", "Other=2 阿里云=3"},
		{[]string{everybody, "user/bob"}, "Web 应用=1 数据库=1", "Other=1 阿里云=2"},
	} {
		equal(t, count(t, c, registry.Categories, test.readers...), test.categories)
		equal(t, count(t, c, registry.Providers, test.readers...), test.providers)
	}
}

func testCountMany(t *testing.T, c Indexed) {
	values := many("v", 230)
	for i := range 3 {
		write(t, c, bare(t, fmt.Sprint("p", i), func(h *registry.Head) { h.Latest.Manifest.Providers = values[i*100:] }))
	}
	counted, err := c.Count(t.Context(), registry.Providers, []string{everybody})
	wantNoError(t, err)
	equal(t, len(counted), 200)
	for i, v := range counted {
		want := 2
		if i < 30 {
			want = 3
		} else if i >= 130 {
			want = 1
		}
		if v.Count != want {
			t.Errorf("value %d is %+v, want %d of it", i, v, want)
		}
	}
}

// What is longer than the index keeps is found by what it keeps.
func testLongValues(t *testing.T, c Indexed) {
	long := strings.Repeat("长标签", 5<<10/9)
	maintainers := many("maintainer-", registry.MaxMaintainers)
	write(t, c,
		bare(t, "long", func(h *registry.Head) {
			m := &h.Latest.Manifest
			m.Category, m.Tags, m.Providers = long, []string{"", long, ""}, []string{long, ""}
			m.Description, h.Latest.Texts.Readme = "beginning "+strings.Repeat(long, 20), "readme "+strings.Repeat(long, 200)
		}),
		bare(t, "many", func(h *registry.Head) {
			h.Latest.Manifest.Tags, h.Latest.Manifest.Providers = many("tag-", 1000), many("provider-", 1000)
			h.Maintainers, h.Visibility, h.Organization = maintainers, registry.Organization, "acme"
		}),
		bare(t, "empty", func(h *registry.Head) {
			h.Latest.Manifest.Tags, h.Latest.Manifest.Providers = []string{""}, []string{}
		}),
	)
	for _, s := range []registry.Search{{Category: long}, {Tag: long}, {Provider: long}, {Text: "long"}, {Text: "beginning"}} {
		wantFound(t, c, s, []string{everybody}, "long")
	}
	wantFound(t, c, registry.Search{Tag: "x" + long}, []string{everybody}, "")
	wantFound(t, c, registry.Search{Text: "empty"}, []string{everybody}, "empty")
	for _, reader := range []string{alice, "organization/acme", "user/" + maintainers[0], "user/" + maintainers[len(maintainers)-1]} {
		for _, s := range []registry.Search{{Text: "many"}, {Tag: "tag-0"}, {Tag: "TAG-99"}, {Text: "tag-5"}, {Type: registry.Component, Organization: "acme"}} {
			wantFound(t, c, s, []string{reader}, "many")
		}
	}
	for _, f := range []registry.Facet{registry.Categories, registry.Providers} {
		if got := count(t, c, f, everybody); !strings.HasPrefix(got, "长标签") || strings.Contains(got, " ") {
			t.Errorf("counted %.100s", got)
		}
	}
}
