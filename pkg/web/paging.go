package web

import (
	"net/http"
	"strconv"
)

// paging leads through the pages of a list.
type paging struct {
	Page, Last int
	Previous   string // "" on the first page
	Next       string // "" on the last page
	Numbers    []pageLink
}

// pageLink leads to a page; without an address it stands for those left out.
type pageLink struct {
	Page    int
	Address string
	Current bool
}

// page reads the number of the page that is asked for.
func (v *visit) page(last int) (int, error) {
	text := v.query.Get("page")
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page < 1 || page > last {
		return 0, badQuery("error.page", shorten(text, 20), last)
	}
	return page, nil
}

// around is how many pages beside the current one are linked.
const around = 2

// pages leads through total things, perPage on a page. A page behind the last
// one is missing.
func pages(path string, page, total int) (paging, error) {
	last := max(1, (total+perPage-1)/perPage)
	if page > last {
		return paging{}, problem{http.StatusNotFound, "error.pageMissing", []any{page, last}}
	}
	p := paging{Page: page, Last: last}
	p.link(path, page > 1, page < last)
	for n := 1; n <= last; n++ {
		switch distance := max(n-page, page-n); {
		case n == 1 || n == last || distance <= around:
			p.Numbers = append(p.Numbers, pageLink{n, numbered(path, n), n == page})
		case distance == around+1:
			p.Numbers = append(p.Numbers, pageLink{})
		}
	}
	return p, nil
}

// link sets what comes before and behind the page.
func (p *paging) link(path string, previous, next bool) {
	if previous {
		p.Previous = numbered(path, p.Page-1)
	}
	if next {
		p.Next = numbered(path, p.Page+1)
	}
}

// numbered is the address of a page of a list.
func numbered(path string, page int) string {
	if page == 1 {
		return without(path, "page")
	}
	return with(path, "page", strconv.Itoa(page))
}
