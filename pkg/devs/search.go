package devs

import (
	"net/url"
	"strconv"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// readSearch reads what a list is asked for. Limit is 0 where all pages are.
func readSearch(q url.Values) (registry.Search, error) {
	s := registry.Search{
		Text: q.Get("search"), Category: q.Get("category"), Tag: q.Get("tag"), Provider: q.Get("provider"),
		Sort: registry.Sort(q.Get("sort")),
	}
	var err error
	if s.Type, err = readType(q.Get("type")); err != nil {
		return s, err
	}
	switch s.Sort {
	case registry.ByRelevance, registry.ByTime, registry.ByDownloads:
	default:
		return s, malformed("sort=%.40q is not known: use time or download.", q.Get("sort"))
	}
	page, err := readPage(q.Get("page"))
	if page > 0 {
		s.Skip, s.Limit = (page-1)*listPage, listPage
	}
	return s, err
}

// readType reads a type by its number, or its name.
func readType(text string) (registry.Type, error) {
	switch text {
	case "":
		return "", nil
	case "1", string(registry.Component):
		return registry.Component, nil
	case "2", string(registry.Plugin):
		return registry.Plugin, nil
	case "3", string(registry.Project):
		return registry.Project, nil
	}
	return "", malformed("type=%.40q is not known: use 1 (Component), 2 (Plugin) or 3 (Project).", text)
}

// readPage reads a page from 1, or -1 for all; 1 when there is none.
func readPage(text string) (int, error) {
	const most = registry.MaxDepth / listPage
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page == 0 || page < -1 || page > most {
		return 0, malformed("page=%.40q is not a number from 1 to %d, or -1 for all.", text, most)
	}
	return page, nil
}

func malformed(format string, args ...any) error {
	return registry.Errorf(registry.Malformed, format, args...)
}
