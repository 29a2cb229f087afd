package devs

import (
	"net/http"

	"github.com/fc-registry/fc-registry/pkg/form"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// Publish answers POST /v3/packages/releases: the form that announces a
// release. The ZIP is then PUT to the URL in the answer.
func (p *Publishing) Publish(w http.ResponseWriter, r *http.Request) {
	caller, err := p.caller(r)
	if err != nil {
		Error(w, r, err)
		return
	}
	s, err := submission(w, r)
	if err != nil {
		Error(w, r, err)
		return
	}
	trace.From(r.Context()).Package = s.Name
	announced, err := p.Publishing.Announce(r.Context(), caller, s)
	if err != nil {
		Error(w, r, err)
		return
	}
	ok(w, r, struct {
		URL   string   `json:"url"`
		Notes []string `json:"notes,omitempty"`
	}{announced.URL, announced.Notes})
}

// caller tells who asks for a change.
func (p *Publishing) caller(r *http.Request) (registry.Caller, error) {
	c, err := p.Authenticator.Caller(r.Context(), r.Header)
	c.From, c.RequestID = respond.ClientAddress(r), respond.RequestID(r.Context())
	return c, err
}

// submission reads what is announced.
func submission(w http.ResponseWriter, r *http.Request) (registry.Submission, error) {
	fields, err := form.Read(w, r)
	if err != nil {
		return registry.Submission{}, err
	}
	publish, err := form.Publish(fields)
	if err != nil {
		return registry.Submission{}, err
	}
	return form.Submission(fields, publish)
}

// Delete answers DELETE /v3/packages/{name}/release/tags/{version}.
func (p *Publishing) Delete(w http.ResponseWriter, r *http.Request) {
	caller, err := p.caller(r)
	if err != nil {
		Error(w, r, err)
		return
	}
	name, version := r.PathValue("name"), r.PathValue("version")
	if err := p.Deleting.Delete(r.Context(), caller, name, version); err != nil {
		Error(w, r, err)
		return
	}
	ok(w, r, struct {
		Name    string `json:"name"`
		TagName string `json:"tag_name"`
	}{name, version})
}
