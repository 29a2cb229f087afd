package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// perPage is how many packages a page of a list has.
const perPage = 20

// maxField is how much of a field of a search is looked at, in bytes.
const maxField = 200

// field reads a parameter of a search.
func (v *visit) field(name string) string { return line(v.query.Get(name)) }

// line makes one line of a text, not too long.
func line(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, " ")), " ")
	if len(text) > maxField {
		text = strings.TrimSpace(strings.ToValidUTF8(text[:maxField], ""))
	}
	return text
}

// asked reads what is searched for.
func asked(v *visit) (registry.Search, error) {
	s := registry.Search{
		Text: v.field("q"), Type: registry.Type(v.field("type")), Sort: registry.Sort(v.field("sort")),
		Category: v.field("category"), Tag: v.field("tag"), Provider: v.field("provider"),
	}
	if !slices.Contains(types(), s.Type) && s.Type != "" {
		return s, badQuery("error.type", s.Type)
	}
	if s.Sort != registry.ByRelevance && s.Sort != registry.ByTime && s.Sort != registry.ByDownloads {
		return s, badQuery("error.sort", s.Sort)
	}
	return s, nil
}

func types() []registry.Type {
	return []registry.Type{registry.Component, registry.Plugin, registry.Project}
}

// searchPage is what the template "search" shows.
type searchPage struct {
	Search     registry.Search
	Total      int64
	Packages   []card
	Paging     paging
	Types      []registry.Type
	Categories []registry.Counted
	Providers  []registry.Counted
	// WithoutTag is the same search for every tag.
	WithoutTag string
	Narrowed   bool // by anything but the text
}

// search answers GET /search.
func (p *Pages) search(v *visit) (answer, error) {
	s, err := asked(v)
	if err != nil {
		return answer{}, err
	}
	page, err := v.page(registry.MaxDepth / perPage)
	if err != nil {
		return answer{}, err
	}
	show := searchPage{Search: s, Types: types()}
	s.Skip, s.Limit = (page-1)*perPage, perPage
	found, err := p.Browsing.Find(v.Context(), v.viewer, s)
	if err != nil {
		return answer{}, err
	}
	here := pathOf(show.Search)
	show.Total, show.Packages = int64(found[0].Total), cards(v, found[0].Packages)
	if show.Paging, err = pages(here, page, found[0].Total); err != nil {
		return answer{}, err
	}
	if err := p.filters(v, &show); err != nil {
		return answer{}, err
	}
	return answer{
		page: "search", data: show,
		head: head{Path: numbered(here, page), Title: s.Text, Message: "search.title", NoIndex: true, Text: s.Text},
	}, nil
}

// filters fills in by what the packages can be narrowed down.
func (p *Pages) filters(v *visit, show *searchPage) (err error) {
	s := show.Search
	if show.Categories, err = p.Browsing.Count(v.Context(), v.viewer, registry.Categories); err != nil {
		return err
	}
	if show.Providers, err = p.Browsing.Count(v.Context(), v.viewer, registry.Providers); err != nil {
		return err
	}
	show.Categories, show.Providers = offer(show.Categories, s.Category), offer(show.Providers, s.Provider)
	show.WithoutTag = without(pathOf(s), "tag")
	show.Narrowed = cmp.Or(string(s.Type), s.Category, s.Tag, s.Provider) != ""
	return nil
}

// offer adds what was chosen to the values that can be, if it is none of them.
func offer(values []registry.Counted, chosen string) []registry.Counted {
	known := slices.ContainsFunc(values, func(c registry.Counted) bool { return c.Value == chosen })
	if chosen == "" || known {
		return values
	}
	return append(values, registry.Counted{Value: chosen})
}

// pathOf is where a search is found.
func pathOf(s registry.Search) string {
	query := make(url.Values)
	for name, value := range map[string]string{
		"q": s.Text, "type": string(s.Type), "sort": string(s.Sort), "category": s.Category, "tag": s.Tag, "provider": s.Provider,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return "/search"
	}
	return "/search?" + query.Encode()
}

// suggestion is a package that the script offers while somebody types.
type suggestion struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Address     string `json:"address"`
}

// suggestions is how many there are at most.
const suggestions = 8

// suggest answers GET /search/suggest: JSON for the script.
func (p *Pages) suggest(v *visit) (answer, error) {
	list := []suggestion{}
	if text := v.field("q"); text != "" {
		found, err := p.Browsing.Find(v.Context(), v.viewer, registry.Search{Text: text, Limit: suggestions})
		if err != nil {
			return answer{}, err
		}
		for _, c := range cards(v, found[0].Packages) {
			list = append(list, suggestion{c.Name, c.Description, packagePath(c.Name)})
		}
	}
	return answer{status: http.StatusOK, json: list}, nil
}
