package control

import "strconv"

// page selects the part of a list, sorted by name, that a call's limit and
// nextToken (the name to go on with) ask for.
func page[T any](c *call, all []T, name func(T) string) (part []T, next string, err error) {
	query := c.URL.Query()
	limit := 20
	if text := query.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 100 {
			return nil, "", invalid("limit must be a number from 1 to 100, not '%s'", text)
		}
	}
	from := query.Get("nextToken")
	for i, v := range all {
		if from != "" && name(v) != from {
			continue
		}
		from = ""
		if len(part) == limit {
			return part, name(all[i]), nil
		}
		part = append(part, v)
	}
	if from != "" {
		return nil, "", invalid("nextToken '%s' is not one of this list, or no longer", from)
	}
	return part, "", nil
}

func answerPage(name string, list any, next string) map[string]any {
	answer := map[string]any{name: list}
	if next != "" {
		answer["nextToken"] = next
	}
	return answer
}
