package srm_test

import (
	"fmt"
	"net/http"
	"testing"
)

// versions returns 1.0.0 to 1.0.n-1.
func versions(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("1.0.%d", i)
	}
	return all
}

func TestPages(t *testing.T) {
	h, _ := serve(t, map[string][]string{"hello": versions(130), "ten": versions(10)})
	link := func(name string, page, perPage int, rel string) string {
		return fmt.Sprintf(`<%s/%s/releases?page=%d&per_page=%d>; rel="%s"`, address, name, page, perPage, rel)
	}
	tests := map[string]struct {
		target string
		first  int // N of the first release, 1.0.N
		count  int
		links  string
	}{
		"the first, by default":  {"/hello/releases", 129, 30, link("hello", 2, 30, "next")},
		"empty means default":    {"/hello/releases?page=&per_page=", 129, 30, link("hello", 2, 30, "next")},
		"at most 100":            {"/hello/releases?per_page=1000", 129, 100, link("hello", 2, 100, "next")},
		"the rest":               {"/hello/releases?per_page=100&page=2", 29, 30, link("hello", 1, 100, "prev") + ", " + link("hello", 1, 100, "first")},
		"one in the middle":      {"/ten/releases?per_page=3&page=3", 3, 3, link("ten", 2, 3, "prev") + ", " + link("ten", 4, 3, "next") + ", " + link("ten", 1, 3, "first")},
		"the last, with one":     {"/ten/releases?per_page=3&page=4", 0, 1, link("ten", 3, 3, "prev") + ", " + link("ten", 1, 3, "first")},
		"the last, quite full":   {"/ten/releases?per_page=5&page=2", 4, 5, link("ten", 1, 5, "prev") + ", " + link("ten", 1, 5, "first")},
		"all on one":             {"/ten/releases", 9, 10, ""},
		"past the end":           {"/ten/releases?per_page=5&page=3", 0, 0, link("ten", 2, 5, "prev") + ", " + link("ten", 1, 5, "first")},
		"as far as pages go":     {"/ten/releases?page=123456789", 0, 0, link("ten", 99_999, 30, "prev") + ", " + link("ten", 1, 30, "first")},
		"the first value counts": {"/ten/releases?per_page=2&per_page=5&page=1", 9, 2, link("ten", 2, 2, "next")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := get(t, h, test.target)
			if got := r.Header.Get("Link"); got != test.links {
				t.Errorf("Link\n got %s\nwant %s", got, test.links)
			}
			list := decode[[]map[string]any](t, r, http.StatusOK)
			if list == nil {
				t.Fatal("the answer is null, want a list")
			}
			if len(list) != test.count {
				t.Fatalf("%d releases, want %d", len(list), test.count)
			}
			for i, release := range list {
				if want := fmt.Sprintf("1.0.%d", test.first-i); release["tag_name"] != want {
					t.Errorf("release %d is %v, want %s", i, release["tag_name"], want)
				}
			}
		})
	}
}

func TestPagesThatAreRefused(t *testing.T) {
	h, _ := serve(t, map[string][]string{"hello": versions(1)})
	for _, name := range []string{"page", "per_page"} {
		for _, value := range []string{"0", "-1", "abc", "1.5", "%221", "99999999999999999999"} {
			t.Run(name+"="+value, func(t *testing.T) {
				r := get(t, h, "/hello/releases?"+name+"="+value)
				wantMessage(t, r, http.StatusUnprocessableEntity, name+"=", "is not a number from 1 to ")
			})
		}
	}
}

func TestLinksEscapeTheName(t *testing.T) {
	h, _ := serve(t, map[string][]string{"a+b ü": versions(2)})
	r := get(t, h, "/a+b%20%C3%BC/releases?per_page=1")
	if got, want := r.Header.Get("Link"), `<`+address+`/a+b%20%C3%BC/releases?page=2&per_page=1>; rel="next"`; got != want {
		t.Errorf("Link\n got %s\nwant %s", got, want)
	}
	list := decode[[]map[string]any](t, r, http.StatusOK)
	if got, want := list[0]["zipball_url"], address+"/a+b%20%C3%BC/zipball/1.0.1"; got != want {
		t.Errorf("zipball_url %v, want %s", got, want)
	}
	decode[map[string]any](t, get(t, h, "/a+b%20%C3%BC/zipball/1.0.1"), http.StatusFound)
}
