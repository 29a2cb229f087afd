package control

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
)

// latest is the qualifier of what is not a version.
const latest = "LATEST"

var triggerName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,127}$`)

// triggers reads the configurations of a function's triggers.
func (f *function) triggers() (fc.Triggers, error) {
	var all fc.Triggers
	for _, t := range f.Triggers {
		if t.Qualifier != latest && t.Qualifier != "" {
			return all, invalid("trigger '%s': only qualifier LATEST can be triggered here, not '%s'", t.Name, t.Qualifier)
		}
		if t.Type == "http" && all.HTTP != nil {
			return all, invalid("function '%s' has another HTTP trigger than '%s'", f.Name, t.Name)
		}
		if err := t.addTo(&all); err != nil {
			return all, err
		}
	}
	return all, nil
}

// addTo adds what the trigger's configuration says.
func (t *trigger) addTo(all *fc.Triggers) (err error) {
	switch t.Type {
	case "http":
		all.HTTP, err = t.http()
	case "oss":
		var read fc.OSSTrigger
		read, err = t.oss()
		all.OSS = append(all.OSS, read)
	case "timer":
		var read fc.TimerTrigger
		read, err = t.timer()
		all.Timers = append(all.Timers, read)
	default:
		err = invalid("trigger '%s': type '%s' can't run here, only http, oss and timer", t.Name, t.Type)
	}
	return err
}

// httpMethods are those that the vendor documents for HTTP triggers.
var httpMethods = []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}

func (t *trigger) http() (*fc.HTTPTrigger, error) {
	var config struct {
		AuthType string   `json:"authType"`
		Methods  []string `json:"methods"`
	}
	if err := t.decode(&config); err != nil {
		return nil, err
	}
	if config.AuthType != "anonymous" {
		return nil, invalid("trigger '%s': authType '%s' can't be checked here, only anonymous", t.Name, config.AuthType)
	}
	for _, method := range config.Methods {
		if !slices.Contains(httpMethods, method) {
			return nil, invalid("trigger '%s': methods has '%s'", t.Name, method)
		}
	}
	if len(config.Methods) == 0 {
		return nil, invalid("trigger '%s': methods is empty", t.Name)
	}
	return &fc.HTTPTrigger{Methods: config.Methods}, nil
}

// oss takes the bucket from the end of sourceArn, acs:oss:REGION:ACCOUNT:BUCKET.
func (t *trigger) oss() (fc.OSSTrigger, error) {
	var config struct {
		Events []string `json:"events"`
		Filter struct {
			Key struct {
				Prefix string `json:"prefix"`
				Suffix string `json:"suffix"`
			} `json:"key"`
		} `json:"filter"`
	}
	if err := t.decode(&config); err != nil {
		return fc.OSSTrigger{}, err
	}
	parts := strings.Split(t.SourceARN, ":")
	switch {
	case len(parts) != 5 || !strings.HasPrefix(t.SourceARN, "acs:oss:") || parts[4] == "":
		return fc.OSSTrigger{}, invalid("trigger '%s': sourceArn '%s' is not acs:oss:REGION:ACCOUNT:BUCKET", t.Name, t.SourceARN)
	case !strings.HasPrefix(t.InvocationRole, "acs:ram::"):
		return fc.OSSTrigger{}, invalid("trigger '%s': invocationRole '%s' is not acs:ram::ACCOUNT:role/NAME", t.Name, t.InvocationRole)
	case len(config.Events) == 0:
		return fc.OSSTrigger{}, invalid("trigger '%s': events is empty", t.Name)
	}
	read := fc.OSSTrigger{Bucket: parts[4], Prefix: config.Filter.Key.Prefix, Suffix: config.Filter.Key.Suffix}
	for _, event := range config.Events {
		read.Events = append(read.Events, strings.TrimPrefix(event, "oss:"))
	}
	return read, nil
}

func (t *trigger) timer() (fc.TimerTrigger, error) {
	var config struct {
		CronExpression string `json:"cronExpression"`
		Enable         *bool  `json:"enable"`
		Payload        string `json:"payload"`
	}
	if err := t.decode(&config); err != nil {
		return fc.TimerTrigger{}, err
	}
	schedule, err := fc.ParseSchedule(config.CronExpression)
	if err != nil {
		return fc.TimerTrigger{}, invalid("trigger '%s': %v", t.Name, err)
	}
	if config.Enable == nil {
		return fc.TimerTrigger{}, invalid("trigger '%s': enable is missing", t.Name)
	}
	return fc.TimerTrigger{Name: t.Name, Schedule: schedule, Payload: config.Payload, Enabled: *config.Enable}, nil
}

func (t *trigger) decode(config any) error {
	if err := json.Unmarshal([]byte(t.Config), config); err != nil {
		return invalid("trigger '%s': triggerConfig is not the JSON of a trigger of type %s: %v", t.Name, t.Type, err)
	}
	return nil
}
