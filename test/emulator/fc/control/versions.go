package control

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// version is a function as it was when it was published.
type version struct {
	ID          string    `json:"versionId"`
	Description string    `json:"description"`
	Created     time.Time `json:"createdTime"`
	Modified    time.Time `json:"lastModifiedTime"`

	Config config
	Code   code
}

// alias is a name of a version.
type alias struct {
	Name        string             `json:"aliasName"`
	VersionID   string             `json:"versionId"`
	Description string             `json:"description"`
	Weights     map[string]float64 `json:"additionalVersionWeight,omitempty"`
	Created     time.Time          `json:"createdTime"`
	Modified    time.Time          `json:"lastModifiedTime"`
}

var aliasName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,127}$`)

func (f *function) version(id string) (*version, error) {
	for _, v := range f.Versions {
		if v.ID == id {
			return v, nil
		}
	}
	return nil, versionNotFound(f.Name, id)
}

func (f *function) alias(name string) (*alias, error) {
	for _, a := range f.Aliases {
		if a.Name == name {
			return a, nil
		}
	}
	return nil, aliasNotFound(f.Name, name)
}

// qualified is the function as a qualifier names it: LATEST (or ""), a
// version's number, or an alias.
func (f *function) qualified(qualifier string) (config, code, error) {
	if qualifier == "" || qualifier == latest {
		return f.Config, f.Code, nil
	}
	if _, err := strconv.Atoi(qualifier); err != nil {
		a, err := f.alias(qualifier)
		if err != nil {
			return nil, code{}, err
		}
		qualifier = a.VersionID
	}
	v, err := f.version(qualifier)
	if err != nil {
		return nil, code{}, err
	}
	return v.Config, v.Code, nil
}

// needs tells whether LATEST or a version has a package.
func (f *function) needs(c code) bool {
	return f.Code == c || slices.ContainsFunc(f.Versions, func(v *version) bool { return v.Code == c })
}

func (s *Service) publishVersion(c *call) (any, error) {
	var in struct{ Description string }
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	v := &version{Description: in.Description, Created: c.now, Modified: c.now}
	_, err := s.change(c.PathValue("function"), func(f *function) error {
		f.Published++
		v.ID, v.Config, v.Code = strconv.Itoa(f.Published), f.Config, f.Code
		f.Versions = append([]*version{v}, f.Versions...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v.describe(), nil
}

// listVersions answers the newest first; the SDK can ask for FORWARD.
func (s *Service) listVersions(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	direction := c.URL.Query().Get("direction")
	if direction == "" {
		direction = "BACKWARD"
	}
	if direction == "FORWARD" {
		slices.Reverse(f.Versions)
	}
	part, next, err := page(c, f.Versions, func(v *version) string { return v.ID })
	if err != nil {
		return nil, err
	}
	list := make([]map[string]any, 0, len(part))
	for _, v := range part {
		list = append(list, v.describe())
	}
	answer := answerPage("versions", list, next)
	answer["direction"] = direction
	return answer, nil
}

// deleteVersion refuses one that an alias names; that the service does, too,
// is a guess.
func (s *Service) deleteVersion(c *call) (any, error) {
	id := c.PathValue("version")
	_, err := s.change(c.PathValue("function"), func(f *function) error {
		v, err := f.version(id)
		if err != nil {
			return err
		}
		for _, a := range f.Aliases {
			if a.VersionID == id {
				return refuse(http.StatusConflict, "VersionInUse", "version '%s' is used by alias '%s'", id, a.Name)
			}
		}
		f.Versions = slices.DeleteFunc(f.Versions, func(o *version) bool { return o == v })
		if !f.needs(v.Code) {
			s.deleteCode(v.Code)
		}
		return nil
	})
	return nil, err
}

func (v *version) describe() map[string]any {
	return map[string]any{
		"versionId": v.ID, "description": v.Description,
		"createdTime": v.Created, "lastModifiedTime": v.Modified,
	}
}
