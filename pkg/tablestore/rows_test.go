package tablestore_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	emulator "github.com/fc-registry/fc-registry/test/emulator/tablestore"
)

// row reads all columns of a row, past the client under test.
func row(t *testing.T, address, table string, key ...any) map[string]any {
	t.Helper()
	k := new(sdk.PrimaryKey)
	for i := 0; i < len(key); i += 2 {
		k.AddPrimaryKeyColumn(key[i].(string), key[i+1])
	}
	response, err := sdk.NewClient(address, "test", "id", "secret").GetRow(&sdk.GetRowRequest{
		SingleRowQueryCriteria: &sdk.SingleRowQueryCriteria{TableName: table, PrimaryKey: k, MaxVersion: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	columns := make(map[string]any)
	for _, c := range response.Columns {
		columns[c.ColumnName] = c.Value
	}
	return columns
}

// findable is a head with all that it can be found by.
func findable(t *testing.T) registry.Head {
	t.Helper()
	r := registrytest.Release(t, "Hello", "1.0.0")
	r.Manifest.Category, r.Manifest.Tags, r.Manifest.Providers = "Web 应用", []string{"部署函数", "A,b", ""}, []string{"阿里云", "Other"}
	r.Texts.Readme, r.English.Readme = "# 示例 <b>bold</b>", "see https://example.com <!-- no --> Example"
	p := registrytest.Package(r)
	p.Maintainers, p.Visibility, p.Organization = []string{"bob"}, registry.Organization, `示例 "ACME"`
	return registry.Head{Package: p, Latest: &r}
}

func TestAHeadsRowHasWhatItIsFoundBy(t *testing.T) {
	c, address := instance(t, emulator.Options{})
	h := findable(t)
	if err := c.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	got := row(t, address, "packages", "package", "hello", "item", "~head")
	for name, want := range map[string]any{
		"Readers":     `["organization/示例 \"acme\"","user/alice","user/bob"]`,
		"Labels":      `["type:component","owner:alice","category:web 应用","organization:示例 \"acme\"","tag:部署函数","tag:a,b","tag:","provider:阿里云","provider:other"]`,
		"Category":    "Web 应用",
		"Providers":   `["阿里云","Other"]`,
		"Description": "示例：部署函数 🚀\nExample: deploys functions",
		"Words":       "Hello Web 应用 阿里云 Other 部署函数 A,b 示例：部署函数 🚀 Example: deploys functions # 示例 bold see Example",
		"PublishTime": h.Latest.PublishTime.Unix(),
	} {
		if got[name] != want {
			t.Errorf("%s is %v\nwant %v", name, got[name], want)
		}
	}
	if _, ok := got["Downloads"]; ok {
		t.Error("there are downloads already")
	}
	// What was given is not changed on its way.
	if want := findable(t); !slices.Equal(h.Latest.Manifest.Providers, want.Latest.Manifest.Providers) || !slices.Equal(h.Maintainers, want.Maintainers) {
		t.Errorf("the head has become %+v", h)
	}
}

func TestALongProviderIsKeptAsItIs(t *testing.T) {
	c, _ := instance(t, emulator.Options{})
	h := findable(t)
	long := strings.Repeat("x", 5<<10)
	h.Latest.Manifest.Providers = []string{long}
	if err := c.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	stored, err := c.Head(t.Context(), "hello", registry.Full)
	if err != nil || h.Latest.Manifest.Providers[0] != long || stored.Latest.Manifest.Providers[0] != long {
		t.Errorf("the provider was cut: %v", err)
	}
}

// An empty package is in nobody's index, and keeps its downloads.
func TestAHeadThatLosesItsLastReleaseIsNotFoundByAnything(t *testing.T) {
	c, address := instance(t, emulator.Options{})
	h := findable(t)
	if err := c.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if err := c.PutDownloads(t.Context(), "hello", 7); err != nil {
		t.Fatal(err)
	}
	h.Latest, h.Revision = nil, 1
	if err := c.PutHead(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(row(t, address, "packages", "package", "hello", "item", "~head")))
	if want := "Downloads Maintainers Name Organization Owner Revision State Visibility"; strings.Join(got, " ") != want {
		t.Errorf("the row has %v, want %s", got, want)
	}
}

func TestWhatIsEmptyIsNoColumn(t *testing.T) {
	c, address := instance(t, emulator.Options{})
	r := registrytest.Release(t, "hello", "1.0.0")
	r.Manifest = registry.Manifest{Visibility: registry.Public, Providers: []string{""}}
	if err := c.PutHead(t.Context(), registry.Head{Package: registrytest.Package(r), Latest: &r}); err != nil {
		t.Fatal(err)
	}
	got := row(t, address, "packages", "package", "hello", "item", "~head")
	for _, name := range []string{"Category", "Providers", "Description"} {
		if value, ok := got[name]; ok {
			t.Errorf("%s is %q", name, value)
		}
	}
	if err := c.PutGroup(t.Context(), registry.Group{Name: "ACME", Removed: true}); err != nil {
		t.Fatal(err)
	}
	if value, ok := row(t, address, "organizations", "id", "acme")["MemberNames"]; ok {
		t.Errorf("a removed organization has the members %v", value)
	}
}

func TestShardsAreRowsOfTheirOwn(t *testing.T) {
	c, address := instance(t, emulator.Options{})
	for shard, day := range map[int]registry.Day{0: "2025-02-28", 15: "2025-03-01"} {
		if err := c.Add(t.Context(), "Hello", day, int64(shard+1), shard); err != nil {
			t.Fatal(err)
		}
	}
	for shard, want := range map[int64]string{0: "map[Day2025_02_28:1 Total:1]", 15: "map[Day2025_03_01:16 Total:16]", 7: "map[]"} {
		if got := fmt.Sprint(row(t, address, "downloads", "package", "hello", "shard", shard)); got != want {
			t.Errorf("shard %d has %s, want %s", shard, got, want)
		}
	}
}
