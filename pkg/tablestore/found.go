package tablestore

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Columns of a head by which it is found, and nothing else: absent where
// nothing is released.
const (
	colReaders     = "Readers"     // JSON array: registry.Package.Readers
	colLabels      = "Labels"      // JSON array: what filters ask for, as label writes it
	colCategory    = "Category"    // as written in publish.yaml
	colProviders   = "Providers"   // JSON array, as written
	colDescription = "Description" // in all languages
	colWords       = "Words"       // of all that, but the readers, and of the readme
)

func foundColumns() []string {
	return []string{colReaders, colLabels, colCategory, colProviders, colDescription, colWords}
}

// Limits of what is indexed: texts and keywords in bytes, for the index charges
// for each (a keyword may have 4 KB), and the values of an array, of which the
// service takes no more.
const (
	maxWords   = 16 << 10
	maxKeyword = 1 << 10
	maxArray   = 256
)

func (c columns) setFound(h registry.Head) error {
	r, m := h.Latest, h.Latest.Manifest
	c.set(colCategory, cut(m.Category, maxKeyword))
	c.set(colDescription, cut(strings.TrimSpace(m.Description+"\n"+m.English), maxWords))
	c.set(colWords, words(strings.Join(slices.Concat(
		[]string{h.Name, m.Category}, m.Providers, m.Tags, []string{m.Description, m.English, r.Texts.Readme, r.English.Readme},
	), "\n")))
	return errors.Join(c.setArray(colReaders, h.Readers()), c.setArray(colLabels, labels(h)), c.setArray(colProviders, m.Providers))
}

// setArray sets a column that the index reads as an array of keywords, unless
// it would be empty. Of too many values the last are left out.
func (c columns) setArray(name string, values []string) error {
	var kept []string
	for _, value := range values {
		if value != "" && len(kept) < maxArray {
			kept = append(kept, cut(value, maxKeyword))
		}
	}
	if len(kept) == 0 {
		return nil
	}
	text, err := json.Marshal(kept)
	c[name] = string(text)
	return err
}

// labels are what a head can be filtered by.
func labels(h registry.Head) []string {
	m := h.Latest.Manifest
	all := []string{label("type", string(h.Latest.Type)), label("owner", h.Owner)}
	if m.Category != "" {
		all = append(all, label("category", m.Category))
	}
	if h.Organization != "" {
		all = append(all, label("organization", h.Organization))
	}
	for _, tag := range m.Tags {
		all = append(all, label("tag", tag))
	}
	for _, provider := range m.Providers {
		all = append(all, label("provider", provider))
	}
	return all
}

// label is a value of a filter. People who filter don't mind the case.
func label(kind, value string) string { return cut(kind+":"+registry.Key(value), maxKeyword) }

// markup is what words leaves out: tags and comments of HTML, and addresses.
var markup = regexp.MustCompile(`(?s)<!--.*?-->|</?[A-Za-z][^<>]*>|https?://[^\s)>"']+`)

// words are a text's words, as many as are indexed. What is left of Markdown is
// punctuation, which the index does not look at.
func words(text string) string {
	const enough = 4 * maxWords
	text = markup.ReplaceAllString(cut(text, enough), " ")
	return cut(strings.Join(strings.Fields(text), " "), maxWords)
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
