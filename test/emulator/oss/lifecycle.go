package oss

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// maxRules is the most that a bucket can have.
const maxRules = 1000

type lifecycleConfiguration struct {
	XMLName xml.Name `xml:"LifecycleConfiguration"`
	Rules   []rule   `xml:"Rule"`
}

// rule expires objects. The service itself acts once a day; here an object is
// gone as soon as the clock says so.
type rule struct {
	ID         string
	Prefix     string
	Status     string
	Expiration *expiration
	// Others are what the rule has beside expiration; no stored rule has any.
	Others []struct{ XMLName xml.Name } `xml:",any" json:"-"`
}

// expiration has one of its three.
type expiration struct {
	Days              int    `xml:",omitempty"` // after the last change
	Date              string `xml:",omitempty"` // from then on
	CreatedBeforeDate string `xml:",omitempty"` // last changed before
}

// expiredBy tells whether a rule ended an object's life.
func expiredBy(rules []rule, key string, modified, now time.Time) bool {
	for _, r := range rules {
		if r.Status == "Enabled" && strings.HasPrefix(key, r.Prefix) && r.Expiration.ends(modified, now) {
			return true
		}
	}
	return false
}

// ends relies on dates that check has seen.
func (e *expiration) ends(modified, now time.Time) bool {
	if e.Days > 0 {
		return !now.Before(modified.AddDate(0, 0, e.Days))
	}
	if date, err := time.Parse(time.RFC3339, e.Date); err == nil {
		return !now.Before(date)
	}
	date, err := time.Parse(time.RFC3339, e.CreatedBeforeDate)
	return err == nil && modified.Before(date)
}

// check completes a rule with an ID and refuses what the emulator, or the
// service, can't do.
func (r *rule) check(n int) error {
	if len(r.Others) > 0 {
		return notImplemented("lifecycle rules with " + r.Others[0].XMLName.Local)
	}
	if r.ID == "" {
		r.ID = fmt.Sprintf("rule-%d", n+1)
	}
	if r.Status != "Enabled" && r.Status != "Disabled" {
		return malformedXML("The rule %s must be Enabled or Disabled, not %q.", r.ID, r.Status)
	}
	if r.Expiration == nil {
		return malformedXML("The rule %s has no Expiration.", r.ID)
	}
	return r.Expiration.check(r.ID)
}

func (e *expiration) check(id string) error {
	given := 0
	if e.Days != 0 {
		given++
	}
	for _, date := range []string{e.Date, e.CreatedBeforeDate} {
		if date == "" {
			continue
		}
		given++
		t, err := time.Parse(time.RFC3339, date)
		if err != nil || !t.Equal(t.Truncate(24*time.Hour)) {
			return invalidArgument("The rule %s has the date %q, which is not a midnight in UTC.", id, date)
		}
	}
	if given != 1 || e.Days < 0 {
		return invalidArgument("The rule %s must have one of Days (from 1), Date and CreatedBeforeDate.", id)
	}
	return nil
}

func (s *Service) putLifecycle(w http.ResponseWriter, c *call) error {
	var config lifecycleConfiguration
	if err := readXML(c, &config); err != nil {
		return err
	}
	if n := len(config.Rules); n == 0 || n > maxRules {
		return malformedXML("There must be 1 to %d rules, not %d.", maxRules, n)
	}
	for i := range config.Rules {
		if err := config.Rules[i].check(i); err != nil {
			return err
		}
	}
	value, err := json.Marshal(config.Rules)
	if err != nil {
		return err
	}
	return s.catalog.update(c.bucket, c.now, func(sh *shelf) error {
		return sh.tx.Bucket([]byte("lifecycle")).Put([]byte(c.bucket), value)
	})
}

func (s *Service) getLifecycle(w http.ResponseWriter, c *call) error {
	var config lifecycleConfiguration
	err := s.catalog.view(c.bucket, c.now, func(sh *shelf) error {
		if config.Rules = sh.rules; len(sh.rules) == 0 {
			return refuse(http.StatusNotFound, "NoSuchLifecycle", "No Row found in Lifecycle Table.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.writeXML(w, c, config)
}

func (s *Service) deleteLifecycle(w http.ResponseWriter, c *call) error {
	err := s.catalog.update(c.bucket, c.now, func(sh *shelf) error {
		return sh.tx.Bucket([]byte("lifecycle")).Delete([]byte(c.bucket))
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
