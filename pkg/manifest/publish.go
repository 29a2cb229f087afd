// Package manifest reads what a publisher sends: publish.yaml, and the ZIP
// that holds it.
package manifest

import (
	"fmt"

	"go.yaml.in/yaml/v4"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Publish is a publish.yaml of Edition 3.0.0.
type Publish struct {
	Name    string
	Version string
	Type    registry.Type
	registry.Manifest
}

// document is publish.yaml as people write it.
type document struct {
	Type         string             `yaml:"Type"`
	Name         string             `yaml:"Name"`
	Version      string             `yaml:"Version"`
	Provider     list               `yaml:"Provider"`
	Description  string             `yaml:"Description"`
	HomePage     string             `yaml:"HomePage"`
	Tags         list               `yaml:"Tags"`
	Category     string             `yaml:"Category"`
	Service      map[string]service `yaml:"Service"`
	Commands     commands           `yaml:"Commands"`
	Organization string             `yaml:"Organization"`
	Effective    string             `yaml:"Effective"`
}

type service struct {
	Authorities list   `yaml:"Authorities"`
	Runtime     string `yaml:"Runtime"`
}

// list is a sequence of texts, or one text alone.
type list []string

// UnmarshalYAML reads either form.
func (l *list) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		var one string
		if err := node.Decode(&one); err != nil || one == "" {
			return err
		}
		*l = list{one}
		return nil
	}
	return node.Decode((*[]string)(l))
}

// Parse reads a publish.yaml. It fails when the text is not YAML or a field
// has the wrong type; what the fields say is for Check to judge.
func Parse(text string) (Publish, error) {
	var d document
	if err := loadYAML(text, &d); err != nil {
		return Publish{}, invalid("publish.yaml can't be read: %s.", reason(err))
	}
	p := Publish{
		Name:    d.Name,
		Version: d.Version,
		Type:    registry.Type(d.Type),
		Manifest: registry.Manifest{
			Description:  d.Description,
			HomePage:     d.HomePage,
			Category:     d.Category,
			Organization: d.Organization,
			Visibility:   registry.Visibility(d.Effective),
			Providers:    d.Provider,
			Tags:         d.Tags,
			Commands:     d.Commands.single,

			CommandGroups: d.Commands.groups,
		},
	}
	if p.Visibility == "" {
		p.Visibility = registry.Public
	}
	for name, s := range d.Service {
		if p.Service == nil {
			p.Service = make(map[string]registry.Service)
		}
		p.Service[name] = registry.Service{Authorities: s.Authorities, Runtime: s.Runtime}
	}
	return p, nil
}

// EnglishDescription returns the Description of a publish_en.yaml, "" where there
// is none: nothing else of that file counts, so one that can't be read is no
// reason to refuse a release.
func EnglishDescription(text string) string {
	var d struct {
		Description string `yaml:"Description"`
	}
	if loadYAML(text, &d) != nil {
		return ""
	}
	return d.Description
}

// Check tells what a publish.yaml lacks to be published. Name and Version are
// judged by the registry itself.
func (p Publish) Check() error {
	switch p.Type {
	case registry.Component, registry.Plugin, registry.Project:
	case "":
		return invalid("Type is missing in publish.yaml: write Component, Plugin or Project.")
	default:
		return invalid("Type %q in publish.yaml is not known: write Component, Plugin or Project.", p.Type)
	}
	switch p.Visibility {
	case registry.Public, registry.Private, registry.Organization:
	default:
		return invalid("Effective %q in publish.yaml is not known: write Public, Private or Organization.", p.Visibility)
	}
	if p.Name == "" {
		return invalid("Name is missing in publish.yaml.")
	}
	if p.Version == "" {
		return invalid("Version is missing in publish.yaml.")
	}
	if p.Type == registry.Component && len(p.Commands) == 0 && len(p.CommandGroups) == 0 {
		return invalid("Commands is missing in publish.yaml: a Component names its commands there, as in \"Commands: {deploy: Deploys the function}\".")
	}
	return nil
}

func invalid(format string, args ...any) error {
	return &registry.Error{Code: registry.Invalid, Message: fmt.Sprintf(format, args...)}
}
