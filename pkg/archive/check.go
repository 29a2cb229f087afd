package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Limits of what a registry can have written: operations of a journal, bytes of
// an upload's id, days that are counted.
const (
	maxOperations = 100
	maxUpload     = 100
	maxDays       = 1000
)

func (j journal) check(subject string) error {
	switch e := j.Event; {
	case j.Revision < 1:
		return fmt.Errorf("revision %d", j.Revision)
	case len(j.Recent) > maxOperations || strings.Contains(strings.Join(j.Recent, ""), "\n"):
		return errors.New("its recent operations can't be")
	case e != nil && (e.Seq != j.Revision || e.Subject != subject):
		return fmt.Errorf("revision %d of %s has event %d of %s", j.Revision, subject, e.Seq, e.Subject)
	}
	return nil
}

func (p packageRecord) check() error {
	errs := []error{registry.CheckName(p.Name), registry.CheckUser(p.Owner), p.journal.check(registry.PackageSubject(p.Name)), checkVisibility(p.Visibility)}
	for _, user := range p.Maintainers {
		errs = append(errs, registry.CheckUser(user))
	}
	if len(p.Maintainers) > registry.MaxMaintainers {
		errs = append(errs, fmt.Errorf("%d maintainers", len(p.Maintainers)))
	}
	if p.Organization != "" {
		errs = append(errs, registry.CheckOrganization(p.Organization))
	}
	if p.Visibility == registry.Organization && p.Organization == "" {
		errs = append(errs, errors.New("visibility Organization without an organization"))
	}
	if p.Downloads < 0 || len(p.Days) > maxDays {
		errs = append(errs, fmt.Errorf("%d downloads on %d days", p.Downloads, len(p.Days)))
	}
	for day, n := range p.Days {
		if _, err := time.Parse(time.DateOnly, string(day)); err != nil || n < 0 {
			errs = append(errs, fmt.Errorf("%d downloads on day %q", n, day))
		}
	}
	return errors.Join(errs...)
}

func checkVisibility(v registry.Visibility) error {
	if !slices.Contains([]registry.Visibility{registry.Public, registry.Organization, registry.Private}, v) {
		return fmt.Errorf("visibility %q", v)
	}
	return nil
}

// check returns the release's version. One of the same package that is before
// it must be higher.
func (r releaseRecord) check(before registry.Version) (registry.Version, error) {
	v, err := registry.ParseVersion(r.Version)
	switch {
	case err != nil:
		return v, err
	case !before.IsZero() && before.Compare(v) <= 0:
		return v, fmt.Errorf("%s follows %s: the highest version must come first, and each number once", v, before)
	case !sumForm.MatchString(r.SHA256):
		return v, fmt.Errorf("%s has the SHA-256 %.100q", v, r.SHA256)
	case r.Upload == "" || len(r.Upload) > maxUpload:
		return v, fmt.Errorf("%s has the upload %.100q", v, r.Upload)
	case r.Deleted:
		return v, nil
	case r.Size < 1 || r.Size > registry.MaxZIP:
		return v, fmt.Errorf("%s has a ZIP of %d bytes; 1 to %d are possible", v, r.Size, registry.MaxZIP)
	case !slices.Contains([]registry.Type{registry.Component, registry.Plugin, registry.Project}, r.Type):
		return v, fmt.Errorf("%s is of type %.100q", v, r.Type)
	case r.Manifest == nil || r.PublishTime.IsZero() || r.PublishTime.Nanosecond() != 0 || r.PublishTime.Location() != time.UTC:
		return v, fmt.Errorf("%s lacks its manifest, or its time of publishing in whole seconds of UTC", v)
	}
	return v, errors.Join(registry.CheckUser(r.Publisher), checkVisibility(r.Manifest.Visibility))
}

func (g groupRecord) check() error {
	errs := []error{registry.CheckOrganization(g.Name), g.journal.check(registry.GroupSubject(g.Name))}
	for user := range g.Members {
		errs = append(errs, registry.CheckUser(user))
	}
	return errors.Join(errs...)
}

// checkReserved checks the patterns of reserved names.
func checkReserved(patterns []string) error {
	if len(patterns) > registry.MaxReserved {
		return fmt.Errorf("%d names are reserved; at most %d can be", len(patterns), registry.MaxReserved)
	}
	for i, pattern := range patterns {
		if i > 0 && pattern <= patterns[i-1] {
			return fmt.Errorf("reserved names are out of order: %.100q follows %.100q", pattern, patterns[i-1])
		}
		if err := registry.CheckPattern(pattern); err != nil || registry.Key(pattern) != pattern {
			return fmt.Errorf("the name %.100q can't be reserved", pattern)
		}
	}
	return nil
}

// checkEvent checks an event that follows the one of number before.
func checkEvent(e registry.Event, subject string, before int64) error {
	if e.Subject != subject || e.Seq <= before || e.Action == "" || e.Time.IsZero() {
		return fmt.Errorf("event %d of %.100q follows event %d of %s", e.Seq, e.Subject, before, subject)
	}
	return nil
}
