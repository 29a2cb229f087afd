package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/credentials"
	"github.com/fc-registry/fc-registry/pkg/tablestore"
	"github.com/fc-registry/fc-registry/test/sample"
)

// filled is how many packages the lists are made of, beside two that are
// published.
const filled = 10_000

// TestCLILists lists 10,000 packages with every option of the CLI.
func TestCLILists(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.fill(t, filled)
	r.publish(t, component("hello", "1.0.0"))
	r.publish(t, effective(component("hidden-treasure", "1.0.0"), "Private", ""))
	own, stranger := r.cli(t, r.Token), r.cli(t, r.addUser(t, "mallory"))
	t.Run("options", func(t *testing.T) { testListOptions(t, stranger) })
	t.Run("wrong options", func(t *testing.T) { testListRefusals(t, stranger) })
	t.Run("what is printed", func(t *testing.T) { testListFields(t, stranger) })
	t.Run("private", func(t *testing.T) { testListPrivate(t, r, own, stranger) })
	t.Run("all at once", func(t *testing.T) { testListAll(t, r) })
}

// fill puts packages into the registry's tables.
func (r *registry) fill(t *testing.T, n int) {
	t.Helper()
	tables := tablestore.New(tablestore.Config{
		Endpoint: r.Tablestore, Instance: r.Instance,
		Credentials: credentials.Fixed(credentials.Credentials{AccessKeyID: r.AccessKeyID, AccessKeySecret: r.AccessKeySecret}),
	})
	if err := sample.Fill(t.Context(), tables, 0, n); err != nil {
		t.Fatal(err)
	}
}

// list lists by the CLI, and returns the names.
func (c cli) list(t *testing.T, options ...string) []string {
	t.Helper()
	return field(c.ok(t, c.home, append([]string{"registry", "list"}, options...)...), "name")
}

func testListOptions(t *testing.T, s cli) {
	const page = 30
	any := func(string) bool { return true }
	tests := map[string]struct {
		options []string
		belongs func(name string) bool
		n       int
	}{
		"no option":            {nil, any, page},
		"a page":               {[]string{"--page", "2"}, any, page},
		"the last page":        {[]string{"--page", fmt.Sprint(filled/page + 1)}, any, (filled + 1) % page},
		"a page beyond":        {[]string{"--page", fmt.Sprint(filled/page + 2)}, nil, 0},
		"all pages of a word":  {[]string{"--page", "-1", "--search", "puppeteer"}, has("puppeteer"), filled / 20},
		"a word":               {[]string{"--search", "django"}, has("django"), page},
		"Chinese":              {[]string{"--search", "函数计算"}, any, page},
		"English":              {[]string{"--search", "Deploys koa"}, has("koa"), page},
		"a name":               {[]string{"--search", sample.Name(4321)}, has("004321"), 1},
		"what is nowhere":      {[]string{"--search", "nonexistent"}, nil, 0},
		"only punctuation":     {[]string{"--search", `" OR 1=1 --*?`}, nil, 0},
		"a category":           {[]string{"--category", "人工智能", "--page", "3"}, ofPackage(sample.Categories(), "人工智能"), page},
		"an unknown category":  {[]string{"--category", "人工"}, nil, 0},
		"a tag, in other case": {[]string{"--tag", "gpu"}, ofPackage(sample.Tags(), "GPU"), page},
		"all at once":          {[]string{"--category", "Others", "--tag", "GPU", "--search", "koa", "--page", "1"}, has("koa"), othersTaggedGPUAboutKoa()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.list(t, test.options...)
			if len(got) != test.n {
				t.Fatalf("%d packages, want %d: %v", len(got), test.n, got)
			}
			for _, name := range got {
				if !test.belongs(name) {
					t.Errorf("%s does not belong there", name)
				}
			}
		})
	}
	one, two := s.list(t, "--page", "1"), s.list(t, "--page", "2")
	for _, name := range one {
		if slices.Contains(two, name) {
			t.Errorf("%s is on pages 1 and 2", name)
		}
	}
}

// othersTaggedGPUAboutKoa is how many sample packages are all of these.
func othersTaggedGPUAboutKoa() int {
	n := 0
	for i := range filled {
		m := sample.Head(i).Latest.Manifest
		if m.Category == "Others" && slices.Equal(m.Tags, []string{"GPU", "koa"}) {
			n++
		}
	}
	return n
}

func has(part string) func(string) bool {
	return func(name string) bool { return strings.Contains(name, part) }
}

// ofPackage tells by its number whether a sample package has a value.
func ofPackage(values []string, value string) func(string) bool {
	return func(name string) bool {
		var i int
		_, err := fmt.Sscanf(name[strings.LastIndex(name, "-")+1:], "%06d", &i)
		return err == nil && values[i%len(values)] == value
	}
}

func testListRefusals(t *testing.T, s cli) {
	for _, page := range []string{"zero", "0", "-2", "1.5", "99999999999999999999"} {
		s.refused(t, fmt.Sprintf("page=%q is not a number from 1 to 3333, or -1 for all.", page), s.home, "registry", "list", "--page", page)
	}
}

func testListFields(t *testing.T, s cli) {
	text := s.ok(t, s.home, "registry", "list", "--search", sample.Name(7))
	for _, words := range []string{"type: Project", "name: " + sample.Name(7), "category: Web框架", "description: 快速部署 django 应用到函数计算，开箱即用", "tags: - http - django"} {
		says(t, text, words)
	}
}

func testListPrivate(t *testing.T, r *registry, own, stranger cli) {
	const secret = "hidden-treasure"
	for _, options := range [][]string{{"--private", "--search", "hidden"}, {"--search", "treasure"}, {"--search", secret}} {
		if got := own.list(t, options...); !slices.Equal(got, []string{secret}) {
			t.Errorf("the owner asks with %v and gets %v", options, got)
		}
		if got := stranger.list(t, options...); len(got) > 0 {
			t.Errorf("a stranger asks with %v and gets %v", options, got)
		}
	}
	if got := own.list(t, "--private"); len(got) != 30 {
		t.Errorf("the owner of 10,002 packages lists a page of %d", len(got))
	}
	if got := stranger.list(t, "--private"); len(got) > 0 {
		t.Errorf("a stranger owns %v", got)
	}
	r.cli(t, "").refused(t, "You are not logged in", stranger.home, "registry", "list", "--private")
}

// testListAll asks as the website does.
func testListAll(t *testing.T, r *registry) {
	list := decode[envelope[[]struct{ Name string }]](t, r.get(t, "/v3/packages/releases?page=-1&platform=3&sort=time")).Body
	if len(list) != filled+1 || list[0].Name != "hello" || list[1].Name != sample.Name(filled-1) || list[filled].Name != sample.Name(0) {
		t.Errorf("%d packages, first %v", len(list), list[:min(len(list), 3)])
	}
}
