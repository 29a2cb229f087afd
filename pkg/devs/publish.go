package devs

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/respond"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// formType is the media type of the publish form.
const formType = "application/x-www-form-urlencoded"

// Limits of the publish form, in bytes.
const (
	maxBody   = 8 << 20 // as sent: a byte can take three, escaped
	maxFields = 1 << 20 // all fields together
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

// submission makes of the form what is announced.
func submission(w http.ResponseWriter, r *http.Request) (registry.Submission, error) {
	form, err := readForm(w, r)
	if err != nil {
		return registry.Submission{}, err
	}
	if form.Get("publish") == "" {
		return registry.Submission{}, registry.Errorf(registry.Invalid, "The field publish is missing: send the text of publish.yaml in it.")
	}
	publish, err := manifest.Parse(form.Get("publish"))
	if err != nil {
		return registry.Submission{}, err
	}
	inZIP := publish.Version
	publish.Version = cmp.Or(form.Get("package_version"), publish.Version)
	publish.Manifest.English = manifest.EnglishDescription(form.Get("publish_en"))
	return registry.Submission{
		Name:     publish.Name,
		Version:  publish.Version,
		InZIP:    inZIP,
		Type:     publish.Type,
		Manifest: publish.Manifest,
		Texts:    texts(form, ""),
		English:  texts(form, "_en"),
	}, publish.Check()
}

// readForm reads the form's fields, within the limits.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	// ParseForm takes a body of any other type for an empty form.
	sent := r.Header.Get("Content-Type")
	if kind, _, _ := mime.ParseMediaType(sent); kind != formType {
		return nil, registry.Errorf(registry.Invalid, "The form must be sent as %s, not as %.100q.", formType, sent)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, registry.Errorf(registry.Invalid, "The form is larger than %d bytes. Shorten readme.md, version.md or src/s.yaml.", maxBody)
		}
		return nil, registry.Errorf(registry.Invalid, "The form can't be read: it is not well-formed %s.", formType)
	}
	return r.PostForm, checkSize(r.PostForm)
}

func texts(form map[string][]string, suffix string) registry.Texts {
	get := func(name string) string {
		if values := form[name+suffix]; len(values) > 0 {
			return strings.ToValidUTF8(values[0], "\uFFFD") // a storage of texts takes no other
		}
		return ""
	}
	return registry.Texts{
		Publish:     get("publish"),
		VersionBody: get("version_body"),
		Readme:      get("readme"),
		Syaml:       get("syaml"),
		Flow:        get("flowyaml"),
	}
}

// checkSize names the largest field when all are too large together.
func checkSize(form map[string][]string) error {
	total, largest, size := 0, "", 0
	for name, values := range form {
		for _, v := range values {
			total += len(v)
			if len(v) > size {
				largest, size = name, len(v)
			}
		}
	}
	if total <= maxFields {
		return nil
	}
	return registry.Errorf(registry.Invalid, "The form's fields have %d bytes together; at most %d are allowed. The largest is %.40s with %d bytes: shorten it.", total, maxFields, largest, size)
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
