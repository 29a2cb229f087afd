package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestCommandsAreShownInTheirGroups(t *testing.T) {
	groups := []registry.CommandGroup{
		{Name: "Z & last", Commands: map[string]string{"remove": "r", "deploy": "d"}},
		{Name: "A", Commands: map[string]string{"info": ""}},
	}
	tests := map[string]struct {
		single map[string]string
		groups []registry.CommandGroup
		want   []string
	}{
		"groups, in their order": {nil, groups, []string{"Z & last", "s deploy d", "s remove r", "A", "s info"}},
		"beside others":          {map[string]string{"logs": "l"}, groups, []string{"s logs l", "Z & last", "s deploy d", "s remove r", "A", "s info"}},
		"no groups":              {map[string]string{"logs": "l", "info": "i"}, nil, []string{"s info i", "s logs l"}},
	}
	for name, test := range tests {
		s := newSite(t)
		s.publish("hello", "1.0.0", func(_ *registry.Package, r *registry.Release) {
			r.Manifest.Service, r.Texts.Publish = nil, ""
			r.Manifest.Commands, r.Manifest.CommandGroups = test.single, test.groups
		})
		for _, language := range []string{"en", "zh"} {
			a := s.get("/packages/hello", nil, "Accept-Language", language)
			a.want(t, 200, `id="commands"`)
			var rows []string
			for _, row := range a.document(t).all("tr")[1:] { // without the heading
				var cells []string
				for cell := range row.ChildNodes() {
					cells = append(cells, words(cell))
				}
				rows = append(rows, strings.TrimSpace(strings.Join(cells, " ")))
			}
			if !slices.Equal(rows, test.want) {
				t.Errorf("%s in %s: %q, want %q", name, language, rows, test.want)
			}
		}
	}
}
