package web

import (
	"net/http"
	"net/url"
	"strings"
)

// view is what every template is given.
type view struct {
	head
	Language language
	Other    language
	// Canonical is the page's address; Alternates are those in one language.
	Canonical  string
	Alternates []alternate
	// Switch leads to the same page in the other language.
	Switch string
	User   string
	// Here is where to come back to after signing in.
	Here string
	Base string
	// Status is the answer's.
	Status int
	// SearchInTop tells that the page has no search field of its own.
	SearchInTop bool
	Data        any
}

type alternate struct {
	Language language
	Address  string
}

// maxHere is the longest path, with its query, that is linked as it was asked
// for, in bytes.
const maxHere = 2000

func (p *Pages) view(v *visit, a answer) view {
	here := local(v.URL.RequestURI())
	if v.Method == http.MethodPost || len(here) > maxHere {
		here = local(a.head.Path)
	}
	show := view{
		head: a.head, Language: v.language, Other: v.language.other(), User: v.user,
		Switch: inLanguage(here, v.language.other()), Here: without(here, "lang"), Base: p.Base, Status: a.status,
		SearchInTop: a.page != "front" && a.page != "search" && a.page != "failure", Data: a.data,
	}
	if a.head.Path == "" {
		return show
	}
	show.Canonical = p.Base + a.head.Path
	if language(v.query.Get("lang")) == v.language {
		show.Canonical = p.Base + inLanguage(a.head.Path, v.language)
	}
	for _, l := range []language{english, chinese} {
		show.Alternates = append(show.Alternates, alternate{l, p.Base + inLanguage(a.head.Path, l)})
	}
	return show
}

// inLanguage is a path with its query, in a language.
func inLanguage(path string, l language) string { return with(path, "lang", string(l)) }

// with sets one parameter of a path's query and keeps the others.
func with(path, parameter, value string) string {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return "/?" + url.Values{parameter: {value}}.Encode()
	}
	query := u.Query()
	query.Set(parameter, value)
	return u.EscapedPath() + "?" + query.Encode()
}

// without drops one parameter of a path's query.
func without(path, parameter string) string {
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return "/"
	}
	query := u.Query()
	query.Del(parameter)
	if len(query) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + query.Encode()
}

// local returns a path of this site, with its query, and "/" for everything
// that a browser would take to another host: //host, or /\host.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return "/"
	}
	u.Fragment = ""
	return u.String()
}
