package control

import "slices"

// aliasInput is what a call says of an alias; nil leaves it as it is.
type aliasInput struct {
	Name        string             `json:"aliasName"`
	VersionID   *string            `json:"versionId"`
	Description *string            `json:"description"`
	Weights     map[string]float64 `json:"additionalVersionWeight"`
}

// set gives an alias what a call says; the versions must be there.
func (f *function) set(a *alias, in *aliasInput) error {
	if in.VersionID != nil {
		a.VersionID = *in.VersionID
	}
	if in.Description != nil {
		a.Description = *in.Description
	}
	if in.Weights != nil {
		a.Weights = in.Weights
	}
	if _, err := f.version(a.VersionID); err != nil && a.VersionID != latest {
		return err
	}
	for id := range a.Weights {
		if _, err := f.version(id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) createAlias(c *call) (any, error) {
	var in aliasInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !aliasName.MatchString(in.Name) || in.Name == latest {
		return nil, invalid("aliasName '%s' must be 1 to 128 letters, digits, _ and -, not begin with a digit or -, and not be LATEST", in.Name)
	}
	a := &alias{Name: in.Name, Created: c.now, Modified: c.now}
	_, err := s.change(c.PathValue("function"), func(f *function) error {
		if _, err := f.alias(a.Name); err == nil {
			return alreadyExists("AliasAlreadyExists", "alias", a.Name)
		}
		f.Aliases = append(f.Aliases, a)
		return f.set(a, &in)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) updateAlias(c *call) (any, error) {
	var in aliasInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var a *alias
	_, err := s.change(c.PathValue("function"), func(f *function) (err error) {
		if a, err = f.alias(c.PathValue("alias")); err != nil {
			return err
		}
		a.Modified = c.now
		return f.set(a, &in)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

func (s *Service) getAlias(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	return f.alias(c.PathValue("alias"))
}

func (s *Service) listAliases(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, f.Aliases, func(a *alias) string { return a.Name })
	if err != nil {
		return nil, err
	}
	return answerPage("aliases", append([]*alias{}, part...), next), nil
}

func (s *Service) deleteAlias(c *call) (any, error) {
	name := c.PathValue("alias")
	_, err := s.change(c.PathValue("function"), func(f *function) error {
		if _, err := f.alias(name); err != nil {
			return err
		}
		f.Aliases = slices.DeleteFunc(f.Aliases, func(a *alias) bool { return a.Name == name })
		return nil
	})
	return nil, err
}
