package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// What one text may cost. With all of them at their worst a text is rendered
// within 100 ms; the benchmark of this package tells.
const (
	maxSource       = 128 << 10 // bytes of Markdown
	maxLines        = 10_000    // of Markdown
	maxNesting      = 24        // lists, list elements and quotes inside each other
	maxNodes        = 30_000    // blocks, spans and stretches of words
	maxDestinations = 256 << 10 // bytes of all links; a reference repeats its own
	maxSteps        = 50_000_000
	maxDepth        = 200     // elements inside each other
	maxHighlighted  = 8 << 10 // bytes of code
	markSteps       = 5_000   // of a character that may begin or end a span
	cellSteps       = 5_000   // of a table's cell
)

// budget is what is left of a text's steps. The parser looks through a whole
// paragraph for the other end of whatever a mark may begin, so a mark costs the
// paragraph's length. The parser asks the budget before each such search.
type budget struct{ steps int }

func (b *budget) spend(steps int) bool {
	b.steps -= steps
	return b.steps >= 0
}

// parseMarkdown returns the syntax tree of source, and false for a source
// beyond the limits.
func parseMarkdown(source []byte) (ast.Node, bool) {
	if len(source) > maxSource || bytes.Count(source, []byte("\n")) > maxLines {
		return nil, false
	}
	b := &budget{maxSteps}
	document := newParser(b).Parse(text.NewReader(source))
	return document, b.steps >= 0 && measured(document)
}

// newParser returns a parser of GitHub's Markdown that stops looking when b is
// used up.
func newParser(b *budget) parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithBlockParsers(util.Prioritized(nesting{parser.NewParagraphParser(), b}, 0)),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(
			util.Prioritized(marks{b}, 0),
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithParagraphTransformers(
			util.Prioritized(paragraphs{b}, 0),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
		),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// marks pays for the search that begins at a mark. When the budget is used up
// the rest of the line is words.
type marks struct{ *budget }

// Trigger implements [parser.InlineParser].
func (marks) Trigger() []byte { return []byte("*_~[]!<`") }

// Parse implements [parser.InlineParser].
func (m marks) Parse(block ast.Node, reader text.Reader, _ parser.Context) ast.Node {
	if m.spend(markSteps + length(block.Lines())) {
		return nil
	}
	line, segment := reader.PeekLine()
	reader.Advance(len(line))
	return ast.NewTextSegment(segment)
}

// paragraphs pays for what the parser looks for in a paragraph as a whole:
// definitions of references, which begin with a bracket, and tables, of which
// a short line can have many cells. When the budget is used up the paragraph
// goes.
type paragraphs struct{ *budget }

// Transform implements [parser.ParagraphTransformer].
func (p paragraphs) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	lines, definitions, columns := node.Lines(), 0, 0
	for i := range lines.Len() {
		segment := lines.At(i)
		line := bytes.TrimSpace(segment.Value(reader.Source()))
		if bytes.HasPrefix(line, []byte("[")) {
			definitions++
		}
		if len(bytes.Trim(line, " \t|:-")) == 0 { // may be the line below a table's head
			columns = max(columns, bytes.Count(line, []byte("|"))+1)
		}
	}
	if !p.spend(definitions*length(lines) + columns*lines.Len()*cellSteps) {
		node.Parent().RemoveChild(node.Parent(), node)
	}
}

func length(lines *text.Segments) int {
	return lines.At(lines.Len()-1).Stop - lines.At(0).Start
}

// nesting takes for a paragraph what would be the list or quote too deep
// inside others, and uses up the budget.
type nesting struct {
	parser.BlockParser
	*budget
}

// Trigger implements [parser.BlockParser].
func (nesting) Trigger() []byte { return []byte(">-*+0123456789") }

// CanInterruptParagraph implements [parser.BlockParser]: as lists and quotes.
func (nesting) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements [parser.BlockParser]: as lists.
func (nesting) CanAcceptIndentedLine() bool { return true }

// Open implements [parser.BlockParser].
func (n nesting) Open(parent ast.Node, reader text.Reader, context parser.Context) (ast.Node, parser.State) {
	depth := 0
	for node := parent; node != nil && depth < maxNesting; node = node.Parent() {
		depth++
	}
	within := depth < maxNesting && n.steps >= 0
	if within || parent.Kind() == ast.KindList { // which the parser wants to have list elements only
		return nil, parser.NoChildren
	}
	n.steps = -1
	return n.BlockParser.Open(parent, reader, context)
}

// measured reports whether the tree stays within the limits. On its way it
// replaces the boxes of task lists by their characters: a form's control that
// nobody can operate would have to be named for those who can't see it.
func measured(document ast.Node) bool {
	nodes, destinations := 0, 0
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		nodes++
		switch node := node.(type) {
		case *ast.Link:
			destinations += len(node.Destination) + len(node.Title)
		case *ast.Image:
			destinations += len(node.Destination) + len(node.Title)
		case *extast.TaskCheckBox:
			box := "☐ "
			if node.IsChecked {
				box = "☑ "
			}
			node.Parent().ReplaceChild(node.Parent(), node, ast.NewString([]byte(box)))
		}
		return ast.WalkContinue, nil
	})
	return nodes <= maxNodes && destinations <= maxDestinations
}
