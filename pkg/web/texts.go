package web

import (
	"html/template"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

// codeStyle is the part of the stylesheet that colours code.
func codeStyle() []byte { return []byte(markdown.Style()) }

// readme renders a readme; the ids of its headings are its own.
func (p *Pages) readme(text string) template.HTML { return p.markdown.HTML(text, "readme-") }

// Notes are shown in part where many stand below each other.
const (
	maxNotes     = 600 // bytes
	maxNoteLines = 8
)

// notes are a version's, in Markdown.
type notes struct {
	HTML template.HTML
	Cut  bool
}

// beginning renders the first lines of a version's notes.
func (p *Pages) beginning(text, id string) notes {
	short, isCut := text, false
	if lines := strings.SplitAfterN(short, "\n", maxNoteLines+1); len(lines) > maxNoteLines {
		short, isCut = strings.Join(lines[:maxNoteLines], ""), strings.TrimSpace(lines[maxNoteLines]) != ""
	}
	if len(short) > maxNotes {
		short, isCut = strings.ToValidUTF8(short[:maxNotes], "")+"…", true
	}
	return notes{p.markdown.HTML(short, id), isCut}
}
