package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

var _ registry.Index = (*Catalog)(nil)

// Find implements registry.Index.
func (c *Catalog) Find(_ context.Context, s registry.Search, readers []string) ([]string, int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.released(readers)
	score := make(map[string]int)
	found = slices.DeleteFunc(found, func(h registry.Head) bool {
		score[h.Name] = relevance(h, s.Text)
		return score[h.Name] == 0 || !passes(h, s)
	})
	slices.SortFunc(found, func(a, b registry.Head) int {
		order := 0
		switch s.Sort {
		case registry.ByTime:
			order = b.Latest.PublishTime.Compare(a.Latest.PublishTime)
		case registry.ByRelevance:
			order = cmp.Compare(score[b.Name], score[a.Name])
		}
		return cmp.Or(order, cmp.Compare(b.Downloads, a.Downloads), cmp.Compare(registry.Key(a.Name), registry.Key(b.Name)))
	})
	var names []string
	for _, h := range found[min(s.Skip, len(found)):min(s.Skip+s.Limit, len(found))] {
		names = append(names, registry.Key(h.Name))
	}
	return names, len(found), nil
}

// released are the heads that have a latest release and one of the readers.
func (c *Catalog) released(readers []string) []registry.Head {
	var all []registry.Head
	for _, h := range c.heads {
		may := slices.ContainsFunc(h.Readers(), func(r string) bool { return slices.Contains(readers, r) })
		if h.Latest != nil && may {
			all = append(all, h)
		}
	}
	return all
}

// relevance is 0 where a text is not found, and else the higher the better the
// place is.
func relevance(h registry.Head, text string) int {
	if text == "" {
		return 1
	}
	m, key := h.Latest.Manifest, registry.Key(text)
	description := m.Description + "\n" + m.English
	everywhere := strings.Join(slices.Concat(
		[]string{h.Name, m.Category, description, h.Latest.Texts.Readme, h.Latest.English.Readme}, m.Providers, m.Tags,
	), "\n")
	score := 0
	for _, place := range []struct {
		found  bool
		weight int
	}{
		{registry.Key(h.Name) == key, 16},
		{strings.HasPrefix(registry.Key(h.Name), key), 8},
		{hasWords(h.Name, text), 8},
		{hasWords(description, text), 4},
		{hasTags(m.Tags, text), 2},
		{hasWords(everywhere, text), 1},
	} {
		if place.found {
			score += place.weight
		}
	}
	return score
}

// hasWords tells whether a field has all words of a text, of which there is one.
func hasWords(field, text string) bool {
	wanted, has := words(text), words(field)
	return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(word string) bool { return !slices.Contains(has, word) })
}

// hasTags tells whether a text is a tag, or all of its words are.
func hasTags(tags []string, text string) bool {
	is := func(tag string) bool {
		return slices.ContainsFunc(tags, func(t string) bool { return registry.Key(t) == registry.Key(tag) })
	}
	return is(text) || !slices.ContainsFunc(strings.Fields(text), func(word string) bool { return !is(word) })
}

// words are runs of letters and digits, and each Chinese character.
func words(text string) []string {
	var spaced strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			spaced.WriteString(" " + string(r) + " ")
		case unicode.IsLetter(r), unicode.IsDigit(r):
			spaced.WriteRune(r)
		default:
			spaced.WriteByte(' ')
		}
	}
	return strings.Fields(spaced.String())
}

func passes(h registry.Head, s registry.Search) bool {
	m := h.Latest.Manifest
	same := func(wanted string, values ...string) bool {
		return wanted == "" || slices.ContainsFunc(values, func(v string) bool { return registry.Key(v) == registry.Key(wanted) })
	}
	return same(string(s.Type), string(h.Latest.Type)) && same(s.Category, m.Category) && same(s.Tag, m.Tags...) &&
		same(s.Provider, m.Providers...) && same(s.Owner, h.Owner) && same(s.Organization, h.Organization)
}

// Count implements registry.Index.
func (c *Catalog) Count(_ context.Context, f registry.Facet, readers []string) ([]registry.Counted, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	counts := make(map[string]int)
	for _, h := range c.released(readers) {
		values := h.Latest.Manifest.Providers
		if f == registry.Categories {
			values = []string{h.Latest.Manifest.Category}
		}
		for _, v := range values {
			if v != "" {
				counts[v]++
			}
		}
	}
	var all []registry.Counted
	for value, n := range counts {
		all = append(all, registry.Counted{Value: value, Count: n})
	}
	slices.SortFunc(all, func(a, b registry.Counted) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return all[:min(len(all), maxValues)], nil
}

// maxValues is how many values of a facet Count returns.
const maxValues = 200
