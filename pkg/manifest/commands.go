package manifest

import (
	"go.yaml.in/yaml/v4"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// commands are those of a publish.yaml: texts by name, and groups of such texts.
// Real files write either, and may write both.
type commands struct {
	single map[string]string
	groups []registry.CommandGroup
}

// UnmarshalYAML reads either form. A group without commands is left out.
func (c *commands) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.MappingNode {
		return node.Load(&c.single)
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i].Value, node.Content[i+1]
		if value.Kind != yaml.MappingNode {
			if err := c.add(name, value); err != nil {
				return err
			}
			continue
		}
		group := registry.CommandGroup{Name: name}
		if err := value.Load(&group.Commands, yaml.WithUniqueKeys(false)); err != nil {
			return err
		}
		if len(group.Commands) > 0 {
			c.groups = append(c.groups, group)
		}
	}
	return nil
}

// add adds a command that is in no group.
func (c *commands) add(name string, value *yaml.Node) error {
	var text string
	if err := value.Load(&text); err != nil {
		return err
	}
	if c.single == nil {
		c.single = make(map[string]string)
	}
	c.single[name] = text
	return nil
}
