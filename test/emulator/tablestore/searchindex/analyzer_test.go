package searchindex

import (
	"fmt"
	"strings"
	"testing"
)

// list prints tokens as "position:text", pairs with a + before.
func list(tokens []Token) string {
	var b strings.Builder
	for _, t := range tokens {
		pair := ""
		if t.Pair {
			pair = "+"
		}
		fmt.Fprintf(&b, " %s%d:%s", pair, t.Position, t.Text)
	}
	return strings.TrimSpace(b.String())
}

func TestAnalyzers(t *testing.T) {
	single := SingleWord(false, false)
	for _, test := range []struct {
		name     string
		analyzer Analyzer
		text     string
		want     string
	}{
		{"nothing", single, "", ""},
		{"punctuation", single, " ,.—「」🚀 ", ""},
		{"words", single, "Hang-Zhou, city!", "0:hang 1:zhou 2:city"},
		{"Chinese", single, "杭州", "0:杭 1:州"},
		{"Japanese", single, "ひらカタカナ漢字", "0:ひ 1:ら 2:カタカナ 3:漢 4:字"},
		{"mixed", single, "用Go写2个函数v3", "0:用 1:go 2:写 3:2 4:个 5:函 6:数 7:v3"},
		{"letters and digits", single, "IPhone6 6s", "0:iphone6 1:6s"},
		{"with case", SingleWord(true, false), "IPhone6 6s", "0:IPhone6 1:6s"},
		{"delimited", SingleWord(false, true), "IPhone6 6s a1b2", "0:iphone 1:6 2:6 3:s 4:a 5:1 6:b 7:2"},
		{"marks stay with their letters", single, "cafe\u0301 नमस्ते", "0:cafe\u0301 1:नमस्ते"},
		{"underscores part words", single, "fc_registry", "0:fc 1:registry"},

		{"max_word: one character", MaxWord, "茶", "0:茶"},
		{"max_word: characters and pairs", MaxWord, "梨花茶", "+0:梨花 0:梨 +1:花茶 1:花 2:茶"},
		{"max_word: no pairs across words", MaxWord, "梨a花 茶", "0:梨 1:a 2:花 3:茶"},
		{"max_word: English", MaxWord, "Function Compute 3", "0:function 1:compute 2:3"},
	} {
		if got := list(test.analyzer(test.text)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestWildcards(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"?", "", false}, {"?", "函", true},
		{"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "abcd", false}, {"a?c", "ac", false}, {"*b*", "abc", true},
		{"*ab", "aab", true}, {"*aab*", "aaaab", true}, {"a*b*c", "axbxbxc", true}, {"a*b*c", "axcxb", false}, {"**a", "a", true},
		{"a.c", "abc", false}, {"[a]", "a", false},
	} {
		if got := like(test.text, []rune(test.pattern)); got != test.want {
			t.Errorf("%q like %q is %t", test.text, test.pattern, got)
		}
	}
}
