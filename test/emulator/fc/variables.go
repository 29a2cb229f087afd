package fc

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// resolver replaces the ${...} of an s.yaml:
//
//	${env('NAME')}  ${env(NAME)}  ${env('NAME', 'default')}
//	${vars.NAME}
//	${resources.NAME.info.url.system_url}  and .system_intranet_url, and output for info
type resolver struct {
	vars map[string]any
	env  func(string) (string, bool)
	urls map[string]string // addresses of HTTP triggers by resource
}

// maxNesting is how deep variables may lead to variables.
const maxNesting = 10

// resolve replaces the variables in a value of any kind.
func (r *resolver) resolve(value any, depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("variables lead to variables more than %d times: is there a circle?", maxNesting)
	}
	switch v := value.(type) {
	case string:
		return r.resolveText(v, depth)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			resolved, err := r.resolve(inner, depth)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			out[key] = resolved
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			resolved, err := r.resolve(inner, depth)
			if err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
			}
			out[i] = resolved
		}
		return out, nil
	}
	return value, nil
}

// resolveText replaces each ${...}; a text that is one expression takes on the
// expression's type.
func (r *resolver) resolveText(text string, depth int) (any, error) {
	var out strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		end := closing(after)
		if end < 0 {
			return nil, fmt.Errorf("%q: ${ without }", text)
		}
		value, err := r.expression(strings.TrimSpace(after[:end]), depth)
		if err != nil {
			return nil, fmt.Errorf("${%s}: %w", after[:end], err)
		}
		if rest = after[end+1:]; before == "" && rest == "" && out.Len() == 0 {
			return value, nil
		}
		switch value.(type) {
		case map[string]any, []any, nil:
			return nil, fmt.Errorf("${%s} is not a text or a number, as the middle of %q must be", after[:end], text)
		}
		fmt.Fprint(&out, value)
	}
}

// closing finds the } that ends an expression, outside of quotes; -1 for none.
func closing(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '}':
			return i
		}
	}
	return -1
}

var (
	envCall = regexp.MustCompile(`^env\(\s*('[^']*'|"[^"]*"|[^\s,'"()]+)\s*(?:,\s*('[^']*'|"[^"]*"|[^\s,'"()]*)\s*)?\)$`)
	urlOf   = regexp.MustCompile(`^resources\.([^.]+)\.(?:info|output)\.url\.(?:system_url|system_intranet_url)$`)
)

func (r *resolver) expression(e string, depth int) (any, error) {
	if m := envCall.FindStringSubmatchIndex(e); m != nil {
		return r.environment(e, m)
	}
	if path, ok := strings.CutPrefix(e, "vars."); ok {
		return r.variable(path, depth)
	}
	if m := urlOf.FindStringSubmatch(e); m != nil {
		if url, ok := r.urls[m[1]]; ok {
			return url, nil
		}
		return nil, fmt.Errorf("resource %s has no HTTP trigger here", m[1])
	}
	return nil, errors.New("not understood: use env('NAME'), env('NAME', 'default'), vars.NAME or resources.NAME.info.url.system_url")
}

func (r *resolver) environment(e string, m []int) (any, error) {
	name := unquote(e[m[2]:m[3]])
	if value, ok := r.env(name); ok {
		return value, nil
	}
	if m[4] < 0 {
		return nil, fmt.Errorf("environment variable %s is not set and has no default", name)
	}
	return unquote(e[m[4]:m[5]]), nil
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '\'' || s[0] == '"') {
		return s[1 : len(s)-1]
	}
	return s
}

func (r *resolver) variable(path string, depth int) (any, error) {
	var value any = r.vars
	for name := range strings.SplitSeq(path, ".") {
		group, ok := value.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("vars has no %s", path)
		}
		if value, ok = group[name]; !ok {
			return nil, fmt.Errorf("vars has no %s", path)
		}
	}
	return r.resolve(value, depth+1)
}
