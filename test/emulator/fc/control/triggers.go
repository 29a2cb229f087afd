package control

import (
	"context"
	"slices"
	"time"
)

// trigger is one of a function's, as it was given.
type trigger struct {
	Name           string    `json:"triggerName"`
	Type           string    `json:"triggerType"`
	Description    string    `json:"description,omitempty"`
	Qualifier      string    `json:"qualifier,omitempty"`
	Config         string    `json:"triggerConfig"` // JSON in a string
	InvocationRole string    `json:"invocationRole,omitempty"`
	SourceARN      string    `json:"sourceArn,omitempty"`
	ID             string    `json:"triggerId"`
	Created        time.Time `json:"createdTime"`
	Modified       time.Time `json:"lastModifiedTime"`
}

// triggerInput is what a call says of a trigger; nil leaves it as it is.
type triggerInput struct {
	Name           string  `json:"triggerName"`
	Type           string  `json:"triggerType"`
	Description    *string `json:"description"`
	Qualifier      *string `json:"qualifier"`
	Config         *string `json:"triggerConfig"`
	InvocationRole *string `json:"invocationRole"`
	SourceARN      *string `json:"sourceArn"`
}

func (t *trigger) set(in *triggerInput) {
	for _, field := range []struct{ to, from *string }{
		{&t.Description, in.Description}, {&t.Qualifier, in.Qualifier}, {&t.Config, in.Config},
		{&t.InvocationRole, in.InvocationRole}, {&t.SourceARN, in.SourceARN},
	} {
		if field.from != nil {
			*field.to = *field.from
		}
	}
}

// trigger finds one by its name.
func (f *function) trigger(name string) (*trigger, error) {
	for _, t := range f.Triggers {
		if t.Name == name {
			return t, nil
		}
	}
	return nil, triggerNotFound(f.Name, name)
}

func (s *Service) createTrigger(c *call) (any, error) {
	var in triggerInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !triggerName.MatchString(in.Name) {
		return nil, invalid("triggerName '%s' must be 1 to 128 letters, digits, _ and -, and not begin with a digit or -", in.Name)
	}
	t := &trigger{Name: in.Name, Type: in.Type, Qualifier: latest, ID: newID(), Created: c.now, Modified: c.now}
	t.set(&in)
	f, err := s.changeTriggers(c, func(f *function) error {
		if _, err := f.trigger(t.Name); err == nil {
			return alreadyExists("TriggerAlreadyExists", "trigger", t.Name)
		}
		f.Triggers = append(f.Triggers, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.describeTrigger(f, t), nil
}

func (s *Service) updateTrigger(c *call) (any, error) {
	var in triggerInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	var t *trigger
	f, err := s.changeTriggers(c, func(f *function) (err error) {
		if t, err = f.trigger(c.PathValue("trigger")); err != nil {
			return err
		}
		t.set(&in)
		t.Modified = c.now
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.describeTrigger(f, t), nil
}

func (s *Service) deleteTrigger(c *call) (any, error) {
	name := c.PathValue("trigger")
	_, err := s.changeTriggers(c, func(f *function) error {
		if _, err := f.trigger(name); err != nil {
			return err
		}
		f.Triggers = slices.DeleteFunc(f.Triggers, func(t *trigger) bool { return t.Name == name })
		return nil
	})
	return nil, err
}

// changeTriggers stores what edit makes of a function's triggers, and puts
// them into service. The function's instances stay.
func (s *Service) changeTriggers(c *call, edit func(*function) error) (*function, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	if err := edit(f); err != nil {
		return nil, err
	}
	triggers, err := f.triggers()
	if err != nil {
		return nil, err
	}
	open := f.Address != ""
	if triggers.HTTP == nil {
		f.Address = ""
	}
	if err := s.save(f); err != nil {
		return nil, err
	}
	if err := s.cloud.SetTriggers(f.Name, triggers); err != nil {
		return nil, err
	}
	if triggers.HTTP != nil && !open {
		// The listener outlives the call.
		err = s.listen(context.WithoutCancel(c.Context()), f)
	}
	return f, err
}

func (s *Service) getTrigger(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	t, err := f.trigger(c.PathValue("trigger"))
	if err != nil {
		return nil, err
	}
	return s.describeTrigger(f, t), nil
}

func (s *Service) listTriggers(c *call) (any, error) {
	f, err := s.function(c.PathValue("function"))
	if err != nil {
		return nil, err
	}
	part, next, err := page(c, f.Triggers, func(t *trigger) string { return t.Name })
	if err != nil {
		return nil, err
	}
	list := make([]describedTrigger, 0, len(part))
	for _, t := range part {
		list = append(list, s.describeTrigger(f, t))
	}
	return answerPage("triggers", list, next), nil
}

// describedTrigger is a trigger as the API tells it.
type describedTrigger struct {
	trigger
	TargetARN string       `json:"targetArn"`
	HTTP      *httpAddress `json:"httpTrigger,omitempty"`
}

type httpAddress struct {
	Internet string `json:"urlInternet"`
	Intranet string `json:"urlIntranet"`
}

func (s *Service) describeTrigger(f *function, t *trigger) describedTrigger {
	d := describedTrigger{trigger: *t, TargetARN: s.arn(f.Name)}
	if t.Type == "http" {
		url := "http://" + f.Address
		d.HTTP = &httpAddress{url, url}
	}
	return d
}
