package registrytest

import (
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Indexed is a catalog with an index of it, and the downloads of its packages.
type Indexed interface {
	Tallied
	registry.Index
}

// Index tests a registry.Index that does not lag. Each one that open returns is
// empty.
func Index(t *testing.T, open func(*testing.T) Indexed) {
	tests := map[string]func(*testing.T, Indexed){
		"a text is found in name, description, readme and tags": testText,
		"filters leave what they name, alone and together":      testFilters,
		"a package is found by those who may see it":            testReaders,
		"what has no release is not found":                      testUnreleased,
		"what is found follows each change":                     testIndexFollows,
		"by relevance a better place comes first":               testRelevance,
		"equal relevance is ordered by downloads, then name":    testRelevanceTies,
		"by time and by downloads, ties by name":                testOrders,
		"pages are cut out of what is found":                    testPages,
		"1,200 packages are paged completely":                   testManyPages,
		"values of categories and providers are counted":        testCount,
		"of many values the most used 200 are counted":          testCountMany,
		"any text gives an answer":                              testHostileText,
		"any value of a filter gives an answer":                 testHostileFilters,
		"long, many and empty values are found as far as kept":  testLongValues,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// Readers, as registry.Package.Readers writes them.
const (
	everybody = "*"
	alice     = "user/alice"
)

// bare is a public package of alice's with one release, of which nothing is
// said; alter says something.
func bare(t testing.TB, name string, alter ...func(*registry.Head)) registry.Head {
	t.Helper()
	full := Release(t, name, "1.0.0")
	h := registry.Head{
		Package: registry.Package{Name: name, Owner: "alice", Visibility: registry.Public},
		Latest: &registry.Release{
			Name: name, Version: full.Version, Type: registry.Component, PublishTime: full.PublishTime, Publisher: "alice",
			Upload: full.Upload, ZIP: full.ZIP, Manifest: registry.Manifest{Visibility: registry.Public},
		},
	}
	for _, change := range alter {
		change(&h)
	}
	return h
}

// write writes heads, over those that are there.
func write(t testing.TB, c registry.Catalog, list ...registry.Head) {
	t.Helper()
	for _, h := range list {
		stored, err := c.Head(t.Context(), h.Name, registry.Summary)
		if err != nil && registry.CodeOf(err) != registry.NotFound {
			t.Fatal(err)
		}
		h.Revision = stored.Revision
		if err := c.PutHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
}

// wantFound requires what a search finds, in any order, and in total.
func wantFound(t *testing.T, x registry.Index, s registry.Search, readers []string, want string) {
	t.Helper()
	names := found(t, x, s, readers)
	slices.Sort(names)
	wanted := strings.Fields(want)
	slices.Sort(wanted)
	if !slices.Equal(names, wanted) {
		t.Errorf("%+v by %v: found %v, want %v", s, readers, names, wanted)
	}
}

// wantOrder requires what a search finds as everybody, in this order.
func wantOrder(t *testing.T, x registry.Index, s registry.Search, want string) {
	t.Helper()
	if got := strings.Join(found(t, x, s, []string{everybody}), " "); got != want {
		t.Errorf("%+v: found %s, want %s", s, got, want)
	}
}

// found returns what a search finds, up to 100, which must be all.
func found(t *testing.T, x registry.Index, s registry.Search, readers []string) []string {
	t.Helper()
	if s.Limit == 0 {
		s.Limit = 100
	}
	names, total, err := x.Find(t.Context(), s, readers)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	if total != len(names) {
		t.Fatalf("%+v by %v: the total is %d, found are %v", s, readers, total, names)
	}
	return names
}

func testText(t *testing.T, c Indexed) {
	write(t, c,
		bare(t, "Hello-World", func(h *registry.Head) {
			h.Latest.Manifest.Description, h.Latest.Manifest.English = "一个示例", "Deploys web functions to the cloud"
		}),
		bare(t, "fc3", func(h *registry.Head) {
			m := &h.Latest.Manifest
			m.Description, m.Tags, m.Category, m.Providers = "阿里云函数计算组件", []string{"Serverless", "API gateway"}, "基础云服务", []string{"阿里云"}
			h.Latest.Texts.Readme = "# 安装指南\n\nSee the **Flux** capacitor."
		}),
		bare(t, "my.tool", func(h *registry.Head) { h.Latest.English.Readme = "quick start" }),
	)
	for text, want := range map[string]string{
		"": "hello-world fc3 my.tool", "hello-world": "hello-world", "HELLO-world": "hello-world", "hello": "hello-world",
		"hel": "hello-world", "hello-w": "hello-world", "World": "hello-world", "orld": "", "hello-world2": "", "ello": "",
		"cloud": "hello-world", "clou": "", "web functions": "hello-world", "cloud DEPLOYS": "hello-world", "示例": "hello-world",
		"函数": "fc3", "函数计算": "fc3", "阿里云 组件": "fc3", "基础云服务": "fc3", "火箭": "", "函数 火箭": "",
		"指南": "fc3", "capacitor FLUX": "fc3", "flux capacity": "", "flux cloud": "",
		"serverless": "fc3", "api gateway": "fc3", "gateway": "fc3", "serverless gateways": "",
		"fc3 函数 capacitor serverless": "fc3", "fc3 cloud": "", "tool": "my.tool", "my": "my.tool", "start": "my.tool", "tool QUICK": "my.tool",
	} {
		wantFound(t, c, registry.Search{Text: text}, []string{everybody}, want)
	}
}
