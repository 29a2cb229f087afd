package metrics

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// parsed are the samples of an exposition, by name and labels as they stand.
type parsed map[string]float64

// The grammar of OpenMetrics 1.0, as far as counters and histograms go.
var (
	descriptor  = regexp.MustCompile(`^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$`)
	sampleForm  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*\})? (\S+)$`)
	boundOfLine = regexp.MustCompile(`,?le="([^"]*)"`)
)

// reader checks an exposition line by line.
type reader struct {
	family, kind string
	seen         map[string]bool // families
	described    map[string]bool // descriptors
	samples      parsed
	bounds       map[string]float64 // the last one, by series
	below        map[string]float64 // the last bucket's value, by series
}

// parse reads an exposition, and says what is wrong with it.
func parse(text string) (parsed, error) {
	body, ended := strings.CutSuffix(text, "# EOF\n")
	if !ended || strings.Contains(body, "# EOF") {
		return nil, fmt.Errorf("it does not end with its only # EOF")
	}
	r := &reader{seen: map[string]bool{}, described: map[string]bool{}, samples: parsed{}, bounds: map[string]float64{}, below: map[string]float64{}}
	for line := range strings.Lines(body) {
		line, whole := strings.CutSuffix(line, "\n")
		if !whole {
			return nil, fmt.Errorf("a line without an end: %s", line)
		}
		read := r.sample
		if strings.HasPrefix(line, "#") {
			read = r.describe
		}
		if err := read(line); err != nil {
			return nil, fmt.Errorf("%w: %s", err, line)
		}
	}
	return r.samples, r.complete()
}

func (r *reader) describe(line string) error {
	m := descriptor.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("no descriptor")
	}
	what, name, value := m[1], m[2], m[3]
	if name != r.family {
		if r.seen[name] || what != "TYPE" {
			return fmt.Errorf("a family in two parts, or without a type first")
		}
		r.family, r.kind, r.seen[name] = name, value, true
	}
	if r.described[what+name] {
		return fmt.Errorf("a second %s", what)
	}
	r.described[what+name] = true
	if what == "UNIT" && !strings.HasSuffix(name, "_"+value) {
		return fmt.Errorf("the name does not end with its unit")
	}
	if what == "TYPE" && value != "counter" && value != "histogram" {
		return fmt.Errorf("an unknown type")
	}
	return nil
}

func (r *reader) sample(line string) error {
	m := sampleForm.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("no sample")
	}
	value, err := strconv.ParseFloat(m[3], 64)
	if err != nil || value < 0 || math.IsNaN(value) {
		return fmt.Errorf("no value")
	}
	if _, twice := r.samples[m[1]+m[2]]; twice {
		return fmt.Errorf("a second sample of the same labels")
	}
	r.samples[m[1]+m[2]] = value
	suffix, ok := strings.CutPrefix(m[1], r.family)
	switch {
	case ok && r.kind == "counter" && suffix == "_total":
		return nil
	case ok && r.kind == "histogram" && (suffix == "_sum" || suffix == "_count"):
		return nil
	case ok && r.kind == "histogram" && suffix == "_bucket":
		return r.bucket(m[2], value)
	}
	return fmt.Errorf("a name that does not belong to the family")
}

// bucket requires bounds that rise, and values that do not fall.
func (r *reader) bucket(labels string, value float64) error {
	m := boundOfLine.FindStringSubmatch(labels)
	if m == nil {
		return fmt.Errorf("a bucket without a bound")
	}
	bound, err := strconv.ParseFloat(m[1], 64)
	if err != nil || !strings.ContainsAny(m[1], ".eI") {
		return fmt.Errorf("a bound that is no canonical number")
	}
	series := boundOfLine.ReplaceAllString(labels, "")
	if last, ok := r.bounds[series]; ok && bound <= last || value < r.below[series] {
		return fmt.Errorf("buckets in disorder")
	}
	r.bounds[series], r.below[series] = bound, value
	return nil
}

// complete requires that each histogram ends with a bucket of all, that counts
// as many as the count, and that each family was described.
func (r *reader) complete() error {
	for series, bound := range r.bounds {
		for name := range r.seen {
			if count, ok := r.samples[name+"_count"+series]; ok && (!math.IsInf(bound, 1) || count != r.below[series]) {
				return fmt.Errorf("%s%s counts %g, its last bucket, up to %g, %g", name, series, count, bound, r.below[series])
			}
		}
	}
	for name := range r.seen {
		if !r.described["HELP"+name] {
			return fmt.Errorf("%s has no help", name)
		}
	}
	return nil
}
