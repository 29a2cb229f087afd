package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// language is one in which the pages are written, as in HTML's lang.
type language string

const (
	english language = "en"
	chinese language = "zh"
)

func (l language) other() language {
	if l == english {
		return chinese
	}
	return english
}

// languageCookie remembers a visitor's choice for a year.
const (
	languageCookie  = "lang"
	languageSeconds = 365 * 24 * 3600
)

// languageOf returns the language for a request: what the address asks for,
// what was chosen before, or what the browser prefers; and whether the choice
// is new.
func languageOf(r *http.Request, asked string) (l language, isNew bool) {
	before := ""
	if cookie, err := r.Cookie(languageCookie); err == nil {
		before = cookie.Value
	}
	for _, choice := range []string{asked, before} {
		if l := language(choice); l == english || l == chinese {
			return l, choice != before
		}
	}
	return preferred(r.Header.Get("Accept-Language")), false
}

// maxPreferences bounds how many languages of a header are looked at.
const maxPreferences = 20

// preferred chooses by Accept-Language (RFC 9110, 12.5.4); English when it
// names neither language.
func preferred(header string) language {
	best, quality := english, 0.0
	for i, part := range strings.SplitN(header, ",", maxPreferences+1) {
		if i == maxPreferences {
			break
		}
		tag, weight, _ := strings.Cut(part, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		if l := language(primary); (l == english || l == chinese) && weigh(weight) > quality {
			best, quality = l, weigh(weight)
		}
	}
	return best
}

// weigh reads "q=0.8"; a tag without it counts fully.
func weigh(text string) float64 {
	value, ok := strings.CutPrefix(strings.ReplaceAll(text, " ", ""), "q=")
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(value, 64)
	if err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}

// choose returns the text in the visitor's language, or the other one where
// there is none. Publishers write the main texts in Chinese, mostly.
func (l language) choose(main, inEnglish string) string {
	if (l == english && inEnglish != "") || main == "" {
		return inEnglish
	}
	return main
}

// written guesses in which language a publisher's text is, so that it is read
// out and drawn as such.
func written(text string) language {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return chinese
	}
	return english
}
