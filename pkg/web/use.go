package web

import (
	"encoding/json"
	"regexp"
	"strings"

	"html/template"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// use is how a release is used: something to copy.
type use struct {
	Message string // an id: what to do with it
	Text    string
	HTML    template.HTML // Text, coloured
}

// use makes the s.yaml or the command with which a release is used.
func (p *Pages) use(of registry.Package, r registry.Release, parameters []manifest.Parameter, zip string) use {
	var u use
	language := "yaml"
	switch r.Type {
	case registry.Project:
		u, language = use{Message: "use.project", Text: "s init --uri " + shellWord(zip)}, "bash"
	case registry.Plugin:
		u = use{Message: "use.plugin", Text: pluginYAML(of.Name, r.Version.String())}
	default:
		u = use{Message: "use.component", Text: componentYAML(of.Name, r.Version.String(), parameters)}
	}
	u.HTML = p.markdown.Code(u.Text, language)
	return u
}

// componentYAML is a resource that names every parameter without which the
// component does nothing: with its default, or with its type beside it.
func componentYAML(name, version string, parameters []manifest.Parameter) string {
	var b strings.Builder
	b.WriteString("edition: 3.0.0\nname: my-app\naccess: default\n\nresources:\n  demo:\n    component: " + name + "@" + version + "\n    props:")
	none := true
	for _, parameter := range parameters {
		if !parameter.Required || strings.Contains(parameter.Name, ".") {
			continue
		}
		none = false
		b.WriteString("\n      " + key(parameter.Name) + ":")
		if parameter.Default != "" {
			b.WriteString(" " + parameter.Default)
		} else if parameter.Type != "" {
			b.WriteString(" # " + oneLine(parameter.Type))
		}
	}
	if none {
		b.WriteString(" {}")
	}
	return b.String() + "\n"
}

// pluginYAML lets a plugin run before each deploy.
func pluginYAML(name, version string) string {
	return "resources:\n  demo:\n    component: fc3\n    actions:\n      pre-deploy:\n        - plugin: " + name + "@" + version + "\n          args: {}\n"
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// key writes a mapping's key as YAML: a JSON text, where it is no plain word.
func key(name string) string {
	switch strings.ToLower(name) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
	default:
		if plainKey.MatchString(name) {
			return name
		}
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return `""` // a text is always JSON
	}
	return string(quoted)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// shellWord quotes an address whose query a shell would take for its own.
func shellWord(address string) string {
	if strings.ContainsAny(address, "?&") {
		return "'" + address + "'"
	}
	return address
}
