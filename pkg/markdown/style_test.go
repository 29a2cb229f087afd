package markdown_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/markdown"
)

func TestColoursOfCodeHaveEnoughContrast(t *testing.T) {
	light, dark, found := strings.Cut(markdown.Style(), "@media (prefers-color-scheme: dark) {")
	if !found {
		t.Fatalf("no dark page in %s", markdown.Style())
	}
	for page, css := range map[string]string{"light": light, "dark": dark} {
		ground := regexp.MustCompile(`background: #([0-9a-f]{6})`).FindStringSubmatch(css)
		colours := regexp.MustCompile(`\{ color: #([0-9a-f]{6})`).FindAllStringSubmatch(css, -1)
		if ground == nil || len(colours) < 8 {
			t.Fatalf("%s: ground %v, %d colours", page, ground, len(colours))
		}
		for _, colour := range colours {
			if got := contrast(t, colour[1], ground[1]); got < 4.5 {
				t.Errorf("%s: #%s has a contrast of %.2f", page, colour[1], got)
			}
		}
	}
}

func TestEveryClassOfCodeHasAColourInBothStyles(t *testing.T) {
	r, classes := markdown.New(), regexp.MustCompile(`<span class="(\w+)">`)
	for _, language := range languages() {
		for _, source := range costlyCode(300) {
			for _, match := range classes.FindAllStringSubmatch(string(r.Code(source, language)), -1) {
				if strings.Count(markdown.Style(), ".chroma ."+match[1]+" {") != 2 {
					t.Fatalf("%s: no colours for class %s", language, match[1])
				}
			}
		}
	}
}

// contrast returns the contrast ratio of two colours, as WCAG 2 defines it.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	first, second := luminance(t, a), luminance(t, b)
	return (max(first, second) + 0.05) / (min(first, second) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		value, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		part := float64(value) / 255
		if part <= 0.04045 {
			sum += weight * part / 12.92
		} else {
			sum += weight * math.Pow((part+0.055)/1.055, 2.4)
		}
	}
	return sum
}
