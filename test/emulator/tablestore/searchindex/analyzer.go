package searchindex

import (
	"strings"
	"unicode"
)

// Token is a word that a text is found by.
type Token struct {
	Text     string
	Position uint32 // among the words of the text
	// Pair marks two neighbouring characters. A text need not have them to be
	// found, but ranks higher when it does.
	Pair bool
}

// Analyzer splits a text into words.
type Analyzer func(text string) []Token

// SingleWord makes each Chinese character a word, and each run of letters and
// digits; in lower case, unless caseSensitive. delimitWord parts letters from
// digits, so that "iphone6" is found as "iphone" and as "6".
func SingleWord(caseSensitive, delimitWord bool) Analyzer {
	return func(text string) []Token {
		if !caseSensitive {
			text = strings.ToLower(text)
		}
		return split(text, delimitWord, false)
	}
}

// MaxWord stands in for the service's max_word, which finds all words of a
// dictionary in Chinese text, overlapping ones too. There is no dictionary
// here: each Chinese character is a word (n-grams of length 1), and each two
// neighbours (of length 2) raise the rank. Every text that has the service's
// words has their characters, so whatever the service finds is found here; a
// text that has the characters apart from each other is found too, ranked
// below. Runs of letters and digits are one word, in lower case.
func MaxWord(text string) []Token {
	return split(strings.ToLower(text), false, true)
}

type class int

const (
	between class = iota
	ideograph
	letter
	digit
)

func classOf(r rune) class {
	switch {
	case r < unicode.MaxASCII:
		return asciiClass(r)
	case unicode.In(r, unicode.Han, unicode.Hiragana):
		return ideograph
	case unicode.IsLetter(r), unicode.IsMark(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	}
	return between
}

func asciiClass(r rune) class {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return letter
	case '0' <= r && r <= '9':
		return digit
	}
	return between
}

// splitter collects the words of a text.
type splitter struct {
	text   string
	pairs  bool
	tokens []Token
	at     uint32
}

func split(text string, delimitWord, pairs bool) []Token {
	s := &splitter{text: text, pairs: pairs, tokens: make([]Token, 0, len(text)/5+1)}
	start, last := 0, between // of the run under way
	for i, r := range text {
		c := classOf(r)
		joined := last == letter && (c == letter || c == digit && !delimitWord) ||
			last == digit && (c == digit || c == letter && !delimitWord)
		if joined {
			continue
		}
		s.word(last, start, i)
		start, last = i, c
	}
	s.word(last, start, len(text))
	return s.tokens
}

// word adds the word between two offsets.
func (s *splitter) word(c class, from, to int) {
	if c == between {
		return
	}
	if s.pairs && c == ideograph {
		if next := s.ideographAt(to); next > to {
			s.tokens = append(s.tokens, Token{s.text[from:next], s.at, true})
		}
	}
	s.tokens = append(s.tokens, Token{Text: s.text[from:to], Position: s.at})
	s.at++
}

// ideographAt returns where the ideograph that begins at an offset ends, or the
// offset when there is none.
func (s *splitter) ideographAt(at int) int {
	for i, r := range s.text[at:] {
		if i > 0 {
			return at + i
		}
		if classOf(r) != ideograph {
			return at
		}
	}
	return len(s.text)
}
