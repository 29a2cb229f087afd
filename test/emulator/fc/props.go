package fc

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// props reads a resource's properties, resolves their variables, and gathers
// what is wrong with them.
type props struct {
	where  string // resource and path, for messages
	values map[string]any
	from   *resolver
	errs   *[]error
}

func (p *props) fail(name, format string, args ...any) {
	*p.errs = append(*p.errs, fmt.Errorf("%s: %s: %w", p.where, name, fmt.Errorf(format, args...)))
}

// value returns a resolved property, nil when it is absent.
func (p *props) value(name string) any {
	raw, ok := p.values[name]
	if !ok {
		return nil
	}
	v, err := p.from.resolve(raw, 0)
	if err != nil {
		p.fail(name, "%w", err)
		return nil
	}
	if v == nil {
		p.fail(name, "is empty")
	}
	return v
}

// text returns a string; absence is an error when required.
func (p *props) text(name string, required bool) string {
	if _, ok := p.values[name]; !ok {
		if required {
			p.fail(name, "is missing")
		}
		return ""
	}
	v := p.value(name)
	s, ok := v.(string)
	if v != nil && (!ok || s == "" && required) {
		p.fail(name, "must be a text, not %v", v)
	}
	return s
}

// number returns a whole number in a range, or the default when it is absent.
// A text of digits counts: variables from the environment are texts.
func (p *props) number(name string, standard, low, high int) int {
	if _, ok := p.values[name]; !ok {
		return standard
	}
	v := p.value(name)
	if v == nil {
		return standard
	}
	n, err := strconv.Atoi(strings.TrimSpace(fmt.Sprint(v)))
	if err != nil || n < low || n > high {
		p.fail(name, "must be a whole number from %d to %d, not %v", low, high, v)
		return standard
	}
	return n
}

// texts returns a list of strings.
func (p *props) texts(name string) []string {
	list := p.list(name)
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			p.fail(name, "must be a list of texts, but holds %v", v)
			return nil
		}
		out = append(out, s)
	}
	return out
}

func (p *props) list(name string) []any {
	v := p.value(name)
	if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		p.fail(name, "must be a list, not %v", v)
	}
	return list
}

// stringMap returns a map whose values must be strings already: what `s`
// would refuse is refused here too.
func (p *props) stringMap(name string) map[string]string {
	group := p.group(name)
	if group == nil {
		return nil
	}
	out := make(map[string]string, len(group.values))
	for _, key := range slices.Sorted(maps.Keys(group.values)) {
		v := group.value(key)
		s, ok := v.(string)
		if v != nil && !ok {
			group.fail(key, "must be a text, not %v: put it in quotes", v)
		}
		out[key] = s
	}
	return out
}

// group returns the properties under one name, nil when it is absent. What is
// in it is resolved when it is read.
func (p *props) group(name string) *props {
	raw, ok := p.values[name]
	if !ok {
		return nil
	}
	if text, ok := raw.(string); ok && strings.HasPrefix(text, "${") {
		raw = p.value(name)
	}
	values, ok := raw.(map[string]any)
	if !ok {
		p.fail(name, "must be a group of properties, not %v", raw)
		return nil
	}
	return &props{where: p.where + ": " + name, values: values, from: p.from, errs: p.errs}
}

// groups returns a list of groups of properties.
func (p *props) groups(name string) []*props {
	raw, ok := p.values[name]
	if !ok {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		p.fail(name, "must be a list, not %v", raw)
	}
	var out []*props
	for i, v := range list {
		values, ok := v.(map[string]any)
		if !ok {
			p.fail(name, "%d must be a group of properties, not %v", i, v)
			continue
		}
		where := fmt.Sprintf("%s: %s %d", p.where, name, i)
		out = append(out, &props{where: where, values: values, from: p.from, errs: p.errs})
	}
	return out
}

func (p *props) err() error { return errors.Join(*p.errs...) }
