package registrytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func testReaders(t *testing.T, c Indexed) {
	of := func(v registry.Visibility, organization string) func(*registry.Head) {
		return func(h *registry.Head) {
			h.Visibility, h.Organization, h.Maintainers = v, organization, []string{"maria", "max"}
		}
	}
	write(t, c,
		bare(t, "open", of(registry.Public, "")), bare(t, "open-of-acme", of(registry.Public, "示例 Acme")),
		bare(t, "closed", of(registry.Private, "")), bare(t, "closed-of-acme", of(registry.Private, "示例 Acme")),
		bare(t, "inner", of(registry.Organization, "示例 Acme")), bare(t, "nowhere", of(registry.Organization, "")),
		bare(t, "bobs", func(h *registry.Head) { h.Owner, h.Visibility = "bob", registry.Private }),
	)
	const open, all = "open open-of-acme", "open open-of-acme closed closed-of-acme inner nowhere"
	tests := map[string]struct {
		readers []string
		want    string
	}{
		"nobody at all":          {nil, ""},
		"everybody":              {[]string{everybody}, open},
		"the owner":              {[]string{everybody, alice}, all},
		"a maintainer":           {[]string{everybody, "user/maria"}, all},
		"another maintainer":     {[]string{everybody, "user/max"}, all},
		"a member":               {[]string{everybody, "user/mimi", "organization/示例 acme"}, open + " inner"},
		"of another one":         {[]string{everybody, "user/otto", "organization/acme", "organization/示例"}, open},
		"a stranger":             {[]string{everybody, "user/bob"}, open + " bobs"},
		"the owner's own":        {[]string{alice}, all},
		"one by a similar name":  {[]string{everybody, "user/alic", "user/Alice", "user/alice2", "alice"}, open},
		"the organization alone": {[]string{"organization/示例 acme"}, "inner"},
		"a hundred of them":      {append(many("organization/o", 100), everybody, "organization/示例 acme"), open + " inner"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			wantFound(t, c, registry.Search{}, test.readers, test.want)
			wantFound(t, c, registry.Search{Type: registry.Component, Sort: registry.ByTime}, test.readers, test.want)
			inner := ""
			if strings.Contains(test.want, "inner") {
				inner = "inner"
			}
			wantFound(t, c, registry.Search{Text: "inner"}, test.readers, inner)
		})
	}
}

// many numbers a name.
func many(name string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(name, i)
	}
	return list
}

func testUnreleased(t *testing.T, c Indexed) {
	write(t, c, bare(t, "hello"), bare(t, "empty", func(h *registry.Head) { h.Latest = nil }))
	publish(t, c, Release(t, "hello", "1.0.0")) // its row is not found beside its head
	publish(t, c, Release(t, "hello", "2.0.0"))
	wantNoError(t, c.PutDownloads(t.Context(), "empty", 100))
	add(t, c, "empty", "2025-03-01", 100, 0)
	for _, s := range []registry.Search{{}, {Sort: registry.ByDownloads}, {Sort: registry.ByTime}} {
		wantFound(t, c, s, []string{everybody, alice}, "hello")
	}
	wantFound(t, c, registry.Search{Text: "empty"}, []string{everybody, alice}, "")
}

func testIndexFollows(t *testing.T, c Indexed) {
	h := bare(t, "hello", func(h *registry.Head) {
		h.Latest.Manifest.Description, h.Latest.Manifest.Tags, h.Latest.Manifest.Category = "old words", []string{"old"}, "Old"
		h.Latest.Texts.Readme, h.Latest.Manifest.Providers = "ancient", []string{"Old Inc."}
	})
	step := func(what string, change func(), strangers bool, found, not string) {
		t.Helper()
		change()
		write(t, c, h)
		for text, seen := range map[string]bool{found: true, not: false} {
			wantFound(t, c, registry.Search{Text: text}, []string{"user/" + h.Owner}, named("hello", seen))
			wantFound(t, c, registry.Search{Text: text}, []string{everybody}, named("hello", seen && strangers))
		}
		if t.Failed() {
			t.Fatalf("after %s", what)
		}
	}
	step("the first release", func() {}, true, "old", "new")
	step("a change to private", func() { h.Visibility = registry.Private }, false, "old", "new")
	step("a change of the owner", func() { h.Owner = "bob" }, false, "ancient", "new")
	wantFound(t, c, registry.Search{}, []string{alice}, "")
	step("a change to public", func() { h.Visibility = registry.Public }, true, "ancient", "new")
	old := *h.Latest
	step("a new release", func() {
		fresh := bare(t, "hello", func(h *registry.Head) { h.Latest.Manifest.Description = "new words" }).Latest
		h.Latest = fresh
	}, true, "new words", "old")
	for _, s := range []registry.Search{{Tag: "old"}, {Category: "old"}, {Provider: "Old Inc."}, {Text: "ancient"}} {
		wantFound(t, c, s, []string{everybody}, "")
	}
	step("its deletion", func() { h.Latest = &old }, true, "ancient", "new")
	h.Latest = nil
	write(t, c, h)
	wantFound(t, c, registry.Search{}, []string{everybody, alice, "user/bob"}, "")
	step("another release", func() { h.Latest = &old }, true, "old", "new")
}

func named(name string, found bool) string {
	if found {
		return name
	}
	return ""
}
