package control

import (
	"encoding/json"
	"net/http"
	"time"
)

// createFunction answers POST /functions.
func (s *Service) createFunction(c *call) (any, error) {
	input := config{}
	if err := c.decode(&input); err != nil {
		return nil, err
	}
	f := &function{ID: newID(), Created: c.now, Modified: c.now}
	location, err := input.take(&f.Name)
	if err != nil {
		return nil, err
	}
	if !functionName.MatchString(f.Name) {
		return nil, invalid("functionName '%s' must be 1 to 64 letters, digits, _ and -, and not begin with a digit or -", f.Name)
	}
	if location == nil {
		return nil, invalid("code is required but not provided")
	}
	if f.Config, err = (config{}).with(input); err != nil {
		return nil, err
	}
	f.Config.complete()
	if _, err := f.Config.settings(); err != nil {
		return nil, err
	}
	if _, err := s.function(f.Name); err == nil {
		return nil, alreadyExists("FunctionAlreadyExists", "function", f.Name)
	}
	p, err := s.fetch(c.Context(), f.Name, location)
	if err != nil {
		return nil, err
	}
	f.Code = p.code
	if err := s.add(f, p); err != nil {
		s.discard(p)
		return nil, err
	}
	return s.describe(f, f.Config, f.Code), nil
}

// add stores a new function and puts it into service.
func (s *Service) add(f *function, p *pack) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.function(f.Name); err == nil {
		return alreadyExists("FunctionAlreadyExists", "function", f.Name)
	}
	if err := s.deploy(f, p.folder); err != nil {
		return err
	}
	if err := s.save(f); err != nil {
		s.cloud.Remove(f.Name)
		return err
	}
	return nil
}

// updateFunction answers PUT /functions/{function}: what it names is replaced,
// the rest stays.
func (s *Service) updateFunction(c *call) (any, error) {
	input := config{}
	if err := c.decode(&input); err != nil {
		return nil, err
	}
	name := c.PathValue("function")
	location, err := input.take(new(string))
	if err != nil {
		return nil, err
	}
	if _, err := s.function(name); err != nil {
		return nil, err
	}
	var p *pack
	if location != nil {
		if p, err = s.fetch(c.Context(), name, location); err != nil {
			return nil, err
		}
	}
	f, err := s.replace(name, input, p, c.now)
	if f == nil {
		s.discard(p)
	}
	if err != nil {
		return nil, err
	}
	return s.describe(f, f.Config, f.Code), nil
}

// replace stores a changed function and puts it into service; p is nil where
// its code stays. The function is nil when it was not stored.
func (s *Service) replace(name string, input config, p *pack, now time.Time) (*function, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(name)
	if err != nil {
		return nil, err
	}
	if f.Config, err = f.Config.with(input); err != nil {
		return nil, err
	}
	if _, err := f.Config.settings(); err != nil {
		return nil, err
	}
	old, folder := f.Code, s.folders[name]
	if p != nil {
		f.Code, folder = p.code, p.folder
	}
	f.Modified = now
	if err := s.save(f); err != nil {
		return nil, err
	}
	if p != nil && !f.needs(old) {
		s.deleteCode(old)
	}
	return f, s.deploy(f, folder)
}

// take removes what is not configuration from a function's input: its name,
// and where its code is.
func (c config) take(name *string) (*location, error) {
	if text, ok := c["functionName"]; ok {
		if err := json.Unmarshal(text, name); err != nil {
			return nil, invalid("functionName: %v", err)
		}
	}
	var at *location
	if text, ok := c["code"]; ok {
		if err := json.Unmarshal(text, &at); err != nil {
			return nil, invalid("code: %v", err)
		}
	}
	delete(c, "functionName")
	delete(c, "code")
	return at, nil
}

// getFunction answers GET /functions/{function}.
func (s *Service) getFunction(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	config, code, err := f.qualified(c.URL.Query().Get("qualifier"))
	if err != nil {
		return nil, err
	}
	return s.describe(f, config, code), nil
}

func (s *Service) listFunctions(c *call) (any, error) {
	all, err := s.functions(c.URL.Query().Get("prefix"))
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, all, func(f *function) string { return f.Name })
	if err != nil {
		return nil, err
	}
	list := make([]map[string]any, 0, len(part))
	for _, f := range part {
		list = append(list, s.describe(f, f.Config, f.Code))
	}
	return answerPage("functions", list, next), nil
}

// deleteFunction answers DELETE /functions/{function}. The vendor documents
// that a function with triggers can't be deleted.
func (s *Service) deleteFunction(c *call) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	if len(f.Triggers) > 0 {
		return nil, refuse(http.StatusConflict, "FunctionNotEmpty", "function '%s' has active triggers", f.Name)
	}
	if err := s.forget(f.Name); err != nil {
		return nil, err
	}
	s.cloud.Remove(f.Name)
	delete(s.folders, f.Name)
	s.deleteCode(f.Code)
	for _, v := range f.Versions {
		if v.Code != f.Code {
			s.deleteCode(v.Code)
		}
	}
	return nil, nil
}

// describe is a function as the API tells it. The names are those of the SDK's
// model Function.
func (s *Service) describe(f *function, c config, at code) map[string]any {
	answer := make(map[string]any, len(c)+10)
	for name, value := range c {
		answer[name] = value
	}
	answer["functionName"] = f.Name
	answer["functionId"] = f.ID
	answer["functionArn"] = s.arn(f.Name)
	answer["codeChecksum"] = at.Checksum
	answer["codeSize"] = at.Size
	answer["createdTime"] = f.Created
	answer["lastModifiedTime"] = f.Modified
	answer["state"] = "Active"
	answer["lastUpdateStatus"] = "Successful"
	return answer
}

func (s *Service) arn(function string) string {
	return "acs:fc:" + s.cloud.Region + ":" + s.cloud.AccountID + ":functions/" + function
}
