package registry

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// semverRange is a set of versions in npm's grammar: alternatives, each of
// which is a list of bounds that must all hold.
//
// The constraints of the semver package are not npm's: there ^1.2.3-rc.1 also
// matches pre-releases of 1.3.0, and ~0.0.0 matches everything.
type semverRange [][]bound

// bound is one side of a range. Its operator is ">=", ">", "<" or "<=".
type bound struct {
	operator string
	version  *semver.Version
}

var (
	operatorSpace = regexp.MustCompile(`(\^|~>?|[<>]=?|=)\s+`)
	comparator    = regexp.MustCompile(`^(\^|~>?|[<>]=?|=?)(.+)$`)
	partialForm   = regexp.MustCompile(`^v?(\d+|[xX*])(?:\.(\d+|[xX*])(?:\.(\d+|[xX*])(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?)?)?$`)
)

// parseRange reads alternatives ("||") of comparators (^1.2 ~1.9.0 1.x >=1 <2)
// or of "from - to".
func parseRange(text string) (semverRange, error) {
	var r semverRange
	for alternative := range strings.SplitSeq(text, "||") {
		bounds, err := parseAlternative(alternative)
		if err != nil {
			return nil, err
		}
		r = append(r, bounds)
	}
	return r, nil
}

func parseAlternative(text string) ([]bound, error) {
	words := strings.Fields(operatorSpace.ReplaceAllString(text, "$1"))
	if len(words) == 3 && words[1] == "-" {
		words = []string{">=" + words[0], "<=" + words[2]}
	}
	var all []bound
	for _, word := range words {
		parts := comparator.FindStringSubmatch(word)
		if parts == nil {
			return nil, fmt.Errorf("%q is not a comparator", word)
		}
		p, err := parsePartial(parts[2])
		if err != nil {
			return nil, err
		}
		all = append(all, p.bounds(parts[1])...)
	}
	return all, nil
}

// partial is a version of which the last parts may be open: 1, 1.x, 1.2.
type partial struct {
	number [3]uint64
	given  int // how many of the numbers are there; the others are 0
	pre    string
}

func parsePartial(text string) (partial, error) {
	parts := partialForm.FindStringSubmatch(text)
	if parts == nil {
		return partial{}, fmt.Errorf("%q is not a version", text)
	}
	var p partial
	for i, digits := range parts[1:4] {
		if digits == "" || strings.Contains("xX*", digits) {
			return p, nil
		}
		n, err := strconv.ParseUint(digits, 10, 63) // the next number exists, too
		if err != nil || strconv.FormatUint(n, 10) != digits {
			return partial{}, fmt.Errorf("%q is not a version", text)
		}
		p.number[i], p.given = n, i+1
	}
	p.pre = parts[4]
	_, err := semver.StrictNewVersion(p.floor(p.pre).String())
	return p, err
}

// floor is the lowest version of p, with the given pre-release part.
func (p partial) floor(pre string) *semver.Version {
	return semver.New(p.number[0], p.number[1], p.number[2], pre, "")
}

// next is the lowest version above all that agree with p up to the i-th number.
func (p partial) next(i int, pre string) *semver.Version {
	n := partial{}
	copy(n.number[:], p.number[:i])
	n.number[i] = p.number[i] + 1
	return n.floor(pre)
}

// bounds says what an operator makes of p. Upper bounds end in -0, the lowest
// pre-release, so that pre-releases of the next version are out.
func (p partial) bounds(operator string) []bound {
	low, last := bound{">=", p.floor(p.pre)}, p.given-1
	if p.given == 0 {
		if operator == "<" || operator == ">" {
			return []bound{{"<", p.floor("0")}} // nothing
		}
		return []bound{low} // everything
	}
	switch operator {
	case "^":
		zeros := 0
		for zeros < last && p.number[zeros] == 0 {
			zeros++
		}
		return []bound{low, {"<", p.next(zeros, "0")}}
	case "~", "~>":
		return []bound{low, {"<", p.next(min(last, 1), "0")}}
	}
	open := p.given < 3
	switch {
	case operator == ">=":
		return []bound{low}
	case operator == ">" && open:
		return []bound{{">=", p.next(last, "")}}
	case operator == "<" && open:
		return []bound{{"<", p.floor("0")}}
	case operator == "<=" && open:
		return []bound{{"<", p.next(last, "0")}}
	case operator == ">" || operator == "<" || operator == "<=":
		return []bound{{operator, low.version}}
	case open:
		return []bound{low, {"<", p.next(last, "0")}}
	}
	return []bound{low, {"<=", low.version}}
}

// matches tells whether v is in the range. A pre-release is only where a bound
// of the same alternative names a pre-release of the same numbers.
func (r semverRange) matches(v *semver.Version) bool {
	return slices.ContainsFunc(r, func(bounds []bound) bool {
		named := v.Prerelease() == ""
		for _, b := range bounds {
			if !b.allows(v) {
				return false
			}
			named = named || b.namesPreRelease(v)
		}
		return named
	})
}

func (b bound) allows(v *semver.Version) bool {
	switch c := v.Compare(b.version); b.operator {
	case ">=":
		return c >= 0
	case ">":
		return c > 0
	case "<":
		return c < 0
	default:
		return c <= 0
	}
}

func (b bound) namesPreRelease(v *semver.Version) bool {
	w := b.version
	return w.Prerelease() != "" && v.Major() == w.Major() && v.Minor() == w.Minor() && v.Patch() == w.Patch()
}
