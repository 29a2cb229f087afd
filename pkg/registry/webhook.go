package registry

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Webhook is an address that is told what happens to packages.
type Webhook struct {
	ID  string    `json:"id"` // random; its secret is derived from it
	URL string    `json:"url"`
	By  string    `json:"by"` // who set it
	Set time.Time `json:"set"`
}

// WebhookList is what is set for one subject: a package, an organization (its
// packages that are not Private), or AllPackages.
type WebhookList struct {
	Subject  string
	Webhooks []Webhook
	Journal
}

// AllPackages is the subject whose webhooks hear of every package.
const AllPackages = "registry"

// Webhooks keeps webhooks.
type Webhooks interface {
	// WebhookLists returns the lists of some subjects, at most 10, by one read.
	// Subjects for which there never was a webhook are left out.
	WebhookLists(ctx context.Context, subjects ...string) ([]WebhookList, error)
	// AllWebhookLists yields every list that there is.
	AllWebhookLists(ctx context.Context) iter.Seq2[WebhookList, error]
	// PutWebhookList writes l when the stored revision is still l.Revision, and
	// gives it the next one. Conflict otherwise.
	PutWebhookList(ctx context.Context, l WebhookList) error
}

// BytesChanged is the action of an event that no change here has caused: an
// upstream has other bytes under a version that was taken from it.
const BytesChanged = "bytes changed upstream"

// told tells whether webhooks hear of an action.
func told(action string) bool {
	return slices.Contains([]string{"publish", "delete", "visibility", Refused, BytesChanged}, action)
}

// Release is the version that an event is about, "" for those that are about a
// whole package: the details of the others begin with it.
func (e Event) Release() string {
	if !told(e.Action) || e.Action == "visibility" {
		return ""
	}
	version, _, _ := strings.Cut(e.Detail, " ")
	return strings.TrimSuffix(version, ":")
}

// hearing are the subjects whose webhooks hear of a package. An organization
// hears nothing of a package that its members may not see.
func hearing(p Package) []string {
	subjects := []string{AllPackages, PackageSubject(p.Name)}
	if p.Organization != "" && p.Visibility != Private {
		subjects = append(subjects, GroupSubject(p.Organization))
	}
	return subjects
}

// Limits of webhooks: how many a subject has, and how long an address is, in
// bytes.
const (
	MaxWebhooks   = 20
	maxWebhookURL = 2000
)

// checkWebhookURL tells whether an address can be one. Whether it may be, only
// shows when it is looked up: names move.
func checkWebhookURL(address string) error {
	u, err := url.Parse(address)
	printable := !strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if err != nil || !printable || len(address) > maxWebhookURL || u.Hostname() == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return Errorf(Invalid, "%q is not an address for a webhook: write https://HOST/PATH, of at most %d bytes.", shorten(address), maxWebhookURL)
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:[]", r)
	}) {
		return Errorf(Invalid, "%q is no host.", shorten(u.Host))
	}
	if u.User != nil || u.Fragment != "" {
		return Errorf(Invalid, "The address of a webhook has no user, no password and no #: each delivery is signed, which shows who sends it.")
	}
	return nil
}

// Host is where a webhook is, without what may be secret in its address.
func (w Webhook) Host() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Host
}
