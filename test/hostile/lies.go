package hostile

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// Malformed returns answers that are no answers, by name: whoever asks learns
// nothing from them.
func Malformed() map[string]Trick {
	raw := map[string]string{
		"no JSON":                     "{",
		"two answers":                 `{"body": {}} {"body": {}}`,
		"null":                        "null",
		"no body":                     `{"request_id": "upstream"}`,
		"a body of null":              `{"body": null}`,
		"an error with status 200":    `{"body": "Internal error"}`,
		"a number":                    `{"body": 7}`,
		"a list of numbers":           `{"body": [1, 2, 3]}`,
		"a list of lists":             `{"body": [[[[]]]]}`,
		"a list of nothing":           `{"body": [null, null]}`,
		"a release without a version": `{"body": {"name": "hello"}}`,
		"deep nesting":                `{"body": ` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`,
		"bytes that are no UTF-8":     "{\"body\": {\"tag_name\": \"1.0.0\xff\", \"name\": \"hello\xff\"}}",
	}
	all := make(map[string]Trick)
	for name, body := range raw {
		all[name] = text(body)
	}
	return all
}

// Lies returns tricks by name that change the honest answers: each says of every
// release something that it must not.
func Lies() map[string]Trick {
	fields := map[string]map[string]any{
		"another name":                      {"name": "other"},
		"no name of a package":              {"name": "../../etc/passwd"},
		"a name of a path":                  {"name": "v3"},
		"a version that is none":            {"tag_name": "latest"},
		"a version that is a path":          {"tag_name": "1.0.0/../../x"},
		"a version that is long":            {"tag_name": "1.0.0-" + strings.Repeat("a", 5000)},
		"a version that is a number":        {"tag_name": 1.5},
		"a version that is a list":          {"tag_name": []string{"1.0.0"}},
		"fields of other types":             {"name": 7, "description": []int{1}, "tags": "a", "provider": map[string]int{}, "readme": 1.5, "service": "x", "user": "y", "size": "large"},
		"a size below zero":                 {"size": -1},
		"a SHA-256 that is none":            {"sha256": "../x"},
		"no address":                        {"zipball_url": ""},
		"an address without a host":         {"zipball_url": "/zip/hello/1.0.0"},
		"an address of a file":              {"zipball_url": "file:///etc/passwd"},
		"an address in a private network":   {"zipball_url": "http://100.100.100.200/latest/meta-data"},
		"an address with credentials":       {"zipball_url": "https://user:password@example.com/x.zip"},
		"an address that is a script":       {"zipball_url": "javascript:alert(1)"},
		"texts of 20 MB":                    {"readme": strings.Repeat("x", 20<<20), "body": strings.Repeat("y", 20<<20)},
		"a type that there is not":          {"type": "Weapon"},
		"a time that is none":               {"created_at": "yesterday"},
		"a home that is a script":           {"home": "javascript:alert(1)"},
		"texts with scripts":                {"readme": "<script>alert(1)</script>", "description": "<img src=x onerror=alert(1)>"},
		"that it is private":                {"show": "Private", "effective": "Private", "organization": "strangers"},
		"control characters in the texts":   {"description": "a\x00b\x1b[31m", "body": "\x00"},
		"names of people that are no names": {"user": map[string]any{"username": strings.Repeat("root\r\n", 1000)}},
	}
	all := make(map[string]Trick)
	for name, changed := range fields {
		all[name] = lie(func(release map[string]any) { maps.Copy(release, changed) })
	}
	all["the name in another case"] = lie(func(release map[string]any) {
		if name, ok := release["name"].(string); ok {
			release["name"] = strings.ToUpper(name)
		}
	})
	return all
}

// lie changes every release, or package, of the honest answer.
func lie(change func(map[string]any)) Trick {
	return func(u *Upstream, w http.ResponseWriter, r *http.Request) {
		honest := httptest.NewRecorder()
		u.answer(honest, r)
		var envelope map[string]any
		if err := json.Unmarshal(honest.Body.Bytes(), &envelope); err != nil {
			panic(err)
		}
		switch body := envelope["body"].(type) {
		case map[string]any:
			change(body)
		case []any:
			for _, release := range body {
				change(release.(map[string]any))
			}
		}
		write(w, honest.Code, envelope["body"])
	}
}
