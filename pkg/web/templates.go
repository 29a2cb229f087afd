package web

import (
	"embed"
	"html/template"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

//go:embed templates/*.html
var templateFiles embed.FS

// readTemplates returns the templates of each language, parsed when it is first
// asked for: a new instance answers its first request sooner.
func readTemplates(files assets) map[language]func() (*template.Template, error) {
	all := make(map[language]func() (*template.Template, error))
	for _, l := range []language{english, chinese} {
		all[l] = sync.OnceValues(func() (*template.Template, error) {
			words, err := readMessages(l)
			if err != nil {
				return nil, err
			}
			return template.New("").Funcs(functions(l, words, files)).ParseFS(templateFiles, "templates/*.html")
		})
	}
	return all
}

// functions are what templates call.
func functions(l language, words messages, files assets) template.FuncMap {
	return template.FuncMap{
		"t":       words.text,
		"count":   words.count,
		"number":  number,
		"size":    size,
		"day":     func(t time.Time) string { return day(l, t) },
		"written": written,
		"asset":   func(name string) string { return files[name].address },
		"web":     webAddress,
		"type":    func(t registry.Type) string { return words.name(typeMessage(t), string(t)) },
		"public":  func(v registry.Visibility) bool { return v == registry.Public },
		"visibility": func(v registry.Visibility) string {
			return words.name(visibilityMessage(v), string(v))
		},
		"role":         func(r registry.Role) string { return words.name(roleMessage(r), r.String()) },
		"package":      packagePath,
		"version":      versionPath,
		"organization": organizationPath,
		"user":         userPath,
		"search":       searchPath,
		"with":         with,
		"revoke":       revokePath,
		"webhooks":     webhooksPath,
		"webhook":      webhookPath,
		"delivery":     deliveryPath,
		"state":        func(s registry.DeliveryState) (string, error) { return words.text(stateMessage(s)) },
		"attempt":      func(s registry.AttemptState) (string, error) { return words.text(attemptMessage(s)) },
		"join":         func(list []string) string { return strings.Join(list, ", ") },
		"pair":         func(a, b any) struct{ A, B any } { return struct{ A, B any }{a, b} },
		"len64":        func(list []string) int64 { return int64(len(list)) },
		"message":      func(id string, args []any) (string, error) { return words.text(id, args...) },
	}
}

// webAddress is a publisher's address if it may become a link, "" otherwise.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

func typeMessage(t registry.Type) string {
	return map[registry.Type]string{
		registry.Component: "type.component", registry.Plugin: "type.plugin", registry.Project: "type.project",
	}[t]
}

func visibilityMessage(v registry.Visibility) string {
	return map[registry.Visibility]string{
		registry.Public: "visibility.public", registry.Private: "visibility.private", registry.Organization: "visibility.organization",
	}[v]
}

func roleMessage(r registry.Role) string {
	return map[registry.Role]string{
		registry.Member: "role.member", registry.MaintainerRole: "role.maintainer", registry.OwnerRole: "role.owner",
	}[r]
}

func stateMessage(s registry.DeliveryState) string {
	return map[registry.DeliveryState]string{
		registry.DeliveryWaits: "delivery.waits", registry.DeliveryDone: "delivery.done", registry.DeliveryGivenUp: "delivery.givenUp",
	}[s]
}
