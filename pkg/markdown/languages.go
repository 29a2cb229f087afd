package markdown

import (
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
)

// grammar is what our colours tell apart in a language. The lexers that come
// with chroma take 4.5 ms to register when a process starts, and their regular
// expressions go back and try again, for how long depends on the code: those
// here never fail after their first characters, so that each character is read
// a fixed number of times.
type grammar struct {
	names    string // what may follow a fence
	comment  string // regular expression
	text     string // regular expression of strings
	key      string // regular expression of what names a value
	keywords string
	anyCase  bool // of the keywords
}

const (
	hashComment  = `#.*`
	slashComment = `//.*|/\*(?:[^*]|\*(?!/))*(?:\*/)?`
	quoted       = `"(?>(?:\\.|[^"\\\n])*)"?|'(?>(?:\\.|[^'\\\n])*)'?`
	apostrophes  = `"(?>(?:\\.|[^"\\\n])*)"?|(?<!\w)'(?>(?:\\.|[^'\\\n])*)'?` // and words with them
	backquoted   = "`(?>(?:\\\\(?s:.)|[^`\\\\])*)`?"
	tagComment   = `<!--(?:[^-]|-(?!->))*(?:-->)?`
)

// grammars returns the languages that readmes of functions are about.
func grammars() []grammar {
	return []grammar{
		{names: "text txt plain console output"},
		{names: "yaml yml", comment: `(?<![^\s])#.*`, text: apostrophes,
			key: `(?<=^[ \t]*(?:- +)?)[\w.$/-]+(?=[ \t]*:(?:\s|$))`, keywords: "true false null"},
		{names: "json json5 jsonc", comment: slashComment, text: quoted,
			key: `"(?>(?:\\.|[^"\\\n])*)"(?=[ \t]*:)`, keywords: "true false null"},
		{names: "toml ini properties env conf", comment: `(?<=^[ \t]*)[#;].*|(?<=[ \t])#.*`, text: apostrophes,
			key: `(?<=^[ \t]*)(?:\[.*|[\w.-]+(?=[ \t]*=))`, keywords: "true false"},
		{names: "bash sh shell zsh shell-session", comment: `(?<![^\s])#.*`, text: apostrophes, key: `\$(?:\{\w+|\w+)`,
			keywords: "if then elif else fi for in do done while until case esac function return export local set source"},
		{names: "dockerfile docker", comment: `(?<=^[ \t]*)#.*`, text: apostrophes, key: `\$(?:\{\w+|\w+)`,
			keywords: "FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK SHELL AS"},
		{names: "makefile make mk", comment: hashComment, text: apostrophes, key: `^[\w.%/-]+(?=[ \t]*[:?+]?[:=])|\$\(\w+`,
			keywords: "ifeq ifneq ifdef ifndef else endif include define endef export"},
		{names: "nginx", comment: hashComment, text: apostrophes, key: `(?<=^[ \t]*)\w+(?=[ \t;{])|\$\w+`, keywords: "on off"},
		{names: "go golang", comment: slashComment, text: quoted + "|`[^`]*`?",
			keywords: "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false"},
		{names: "javascript js jsx mjs node typescript ts tsx", comment: slashComment, text: quoted + "|" + backquoted,
			keywords: "async await break case catch class const continue default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of private public readonly return static super switch this throw true try type typeof undefined var void while yield"},
		{names: "java kotlin csharp cs c# c cpp rust", comment: slashComment, text: quoted,
			keywords: "abstract boolean break byte case catch char class const continue default do double else enum extends false final finally float for fn fun if implements import instanceof int interface let long mut namespace new null override package private protected public return short static string struct super switch this throw throws true try use using val var void while"},
		{names: "php", comment: slashComment + "|" + hashComment, text: quoted, key: `\$\w+`, anyCase: true,
			keywords: "abstract and array as break case catch class const continue default do echo else elseif extends false final finally fn for foreach function global if implements include instanceof interface namespace new null or private protected public require return static switch throw true try use var while"},
		{names: "python py python3", comment: hashComment,
			text:     `"""(?:[^"]|"(?!""))*(?:""")?|'''(?:[^']|'(?!''))*(?:''')?|` + quoted,
			keywords: "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield"},
		{names: "sql mysql", comment: `--.*|/\*(?:[^*]|\*(?!/))*(?:\*/)?`, text: quoted + "|`[^`\n]*`?", anyCase: true,
			keywords: "alter and as asc auto_increment between by case count create database default delete desc distinct drop else end exists foreign from group having if in index inner insert into is join key left like limit not null on or order outer primary references right select set table then union unique update values view when where with"},
		{names: "html xml vue svg", comment: tagComment, text: `(?<==)(?:"[^"]*"?|'[^']*'?)`, key: `</?[\w:-]+|/?>`},
		{names: "css scss less", comment: slashComment, text: quoted, key: `(?<![\w-])[\w-]+(?=[ \t]*:)`},
		{names: "diff patch"},
	}
}

// newLexers returns the lexers by the names of their languages.
func newLexers() map[string]chroma.Lexer {
	lexers := map[string]chroma.Lexer{}
	for _, g := range grammars() {
		names := strings.Fields(g.names)
		lexer := chroma.MustNewLexer(&chroma.Config{Name: names[0]}, g.rules)
		for _, name := range names {
			lexers[name] = lexer
		}
	}
	return lexers
}

// rules returns the rules of a grammar, the first of which that fits is taken.
func (g grammar) rules() chroma.Rules {
	root := []chroma.Rule{{Pattern: `\n`, Type: chroma.Text}}
	for _, rule := range []chroma.Rule{
		{Pattern: g.comment, Type: chroma.Comment},
		{Pattern: g.key, Type: chroma.NameTag},
		{Pattern: g.text, Type: chroma.LiteralString},
	} {
		if rule.Pattern != "" {
			root = append(root, rule)
		}
	}
	if strings.HasPrefix(g.names, "diff") {
		root = append(root,
			chroma.Rule{Pattern: `^\+.*`, Type: chroma.GenericInserted},
			chroma.Rule{Pattern: `^-.*`, Type: chroma.GenericDeleted},
			chroma.Rule{Pattern: `.+`, Type: chroma.Text})
	}
	return chroma.Rules{"root": append(root,
		chroma.Rule{Pattern: `\d[\w.]*`, Type: chroma.LiteralNumber},
		chroma.Rule{Pattern: `[\p{L}_][\w-]*`, Type: g.words()},
		chroma.Rule{Pattern: `[ \t]+|[,;:.(){}\[\]*&|]+|.`, Type: chroma.Text})}
}

// words tells keywords from other words.
func (g grammar) words() chroma.Emitter {
	keywords := strings.Fields(g.keywords)
	return chroma.EmitterFunc(func(groups []string, _ *chroma.LexerState) chroma.Iterator {
		word, kind := groups[0], chroma.Text
		if slices.Contains(keywords, word) || g.anyCase && slices.Contains(keywords, strings.ToLower(word)) {
			kind = chroma.Keyword
		}
		return chroma.Literator(chroma.Token{Type: kind, Value: word})
	})
}
