package simple

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/form"
	"github.com/fc-registry/fc-registry/pkg/identity"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// application is what editions before 3.0.0 call a Project.
const application = "Application"

// Publishing takes changes; each needs a login, by the form's safety_code: the
// token itself.
type Publishing struct {
	Authenticator *identity.Authenticator
	Publishing    *registry.Publishing
	Deleting      *registry.Deleting
}

// Publish answers POST /package/publish: the form that announces a release. The
// ZIP is then PUT to the URL in the answer.
func (p *Publishing) Publish(w http.ResponseWriter, r *http.Request) {
	fields, caller, err := p.read(w, r)
	if err != nil {
		refuse(w, r, err)
		return
	}
	s, err := submission(fields)
	if err != nil {
		refuse(w, r, err)
		return
	}
	trace.From(r.Context()).Package = s.Name
	announced, err := p.Publishing.Announce(r.Context(), caller, s)
	if err != nil {
		refuse(w, r, err)
		return
	}
	respond.NoStore(w)
	ok(w, struct {
		URL   string   `json:"url"`
		Notes []string `json:"notes,omitempty"`
	}{announced.URL, announced.Notes})
}

func submission(fields url.Values) (registry.Submission, error) {
	publish, err := form.Publish(fields)
	if err != nil {
		return registry.Submission{}, err
	}
	if publish.Type == application {
		publish.Type = registry.Project
	}
	return form.Submission(fields, publish)
}

// Delete answers POST /package/delete. The type of the package is sent too; a
// name says enough here.
func (p *Publishing) Delete(w http.ResponseWriter, r *http.Request) {
	fields, caller, err := p.read(w, r)
	if err != nil {
		refuse(w, r, err)
		return
	}
	name, version := withoutProvider(fields.Get("package_name")), fields.Get("package_version")
	trace.From(r.Context()).Package = name
	if err := p.Deleting.Delete(r.Context(), caller, name, version); err != nil {
		refuse(w, r, err)
		return
	}
	respond.NoStore(w)
	ok(w, struct {
		Name    string `json:"package_name"`
		Version string `json:"package_version"`
	}{name, version})
}

// withoutProvider is the hello of devsapp/hello.
func withoutProvider(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// read reads a form, and who sent it.
func (p *Publishing) read(w http.ResponseWriter, r *http.Request) (url.Values, registry.Caller, error) {
	fields, err := form.Read(w, r)
	if err != nil {
		return nil, registry.Caller{}, err
	}
	caller, err := p.Authenticator.Caller(r.Context(), login(fields))
	caller.From, caller.RequestID = respond.ClientAddress(r), respond.RequestID(r.Context())
	if registry.CodeOf(err) == registry.Unauthenticated {
		err = unauthenticated()
	}
	return fields, caller, err
}

// login makes of a form's safety_code the header by which others send a token.
func login(fields url.Values) http.Header {
	return http.Header{"Authorization": {"Bearer " + strings.TrimSpace(fields.Get("safety_code"))}}
}

func unauthenticated() error {
	return registry.Errorf(registry.Unauthenticated, "You are not logged in, or your token is not valid (any more). Run: s cli registry login --token TOKEN, with the token that the registry's administrator gave you.")
}
