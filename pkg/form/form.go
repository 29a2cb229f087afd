// Package form reads the form by which every edition of the CLI announces a
// release.
package form

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
)

// mediaType is how forms are sent.
const mediaType = "application/x-www-form-urlencoded"

// Limits of a form, in bytes.
const (
	maxBody   = 8 << 20 // as sent: a byte can take three, escaped
	maxFields = 1 << 20 // all fields together
)

// Read reads a form's fields, within the limits; those of the address do not
// count. Its errors are *registry.Error.
func Read(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	// ParseForm takes a body of any other type for an empty form.
	sent := r.Header.Get("Content-Type")
	if kind, _, _ := mime.ParseMediaType(sent); kind != mediaType {
		return nil, registry.Errorf(registry.Invalid, "The form must be sent as %s, not as %.100q.", mediaType, sent)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, registry.Errorf(registry.Invalid, "The form is larger than %d bytes. Shorten readme.md, version.md or src/s.yaml.", maxBody)
		}
		return nil, registry.Errorf(registry.Invalid, "The form can't be read: it is not well-formed %s.", mediaType)
	}
	return r.PostForm, checkSize(r.PostForm)
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

// Publish reads the publish.yaml in a form; what it says is for Submission to
// judge.
func Publish(form url.Values) (manifest.Publish, error) {
	if form.Get("publish") == "" {
		return manifest.Publish{}, registry.Errorf(registry.Invalid, "The field publish is missing: send the text of publish.yaml in it.")
	}
	return manifest.Parse(form.Get("publish"))
}

// Submission makes of a form, and of the publish.yaml in it, what is announced.
func Submission(form url.Values, publish manifest.Publish) (registry.Submission, error) {
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

func texts(form url.Values, suffix string) registry.Texts {
	get := func(name string) string {
		return strings.ToValidUTF8(form.Get(name+suffix), "\uFFFD") // a storage of texts takes no other
	}
	return registry.Texts{
		Publish:     get("publish"),
		VersionBody: get("version_body"),
		Readme:      get("readme"),
		Syaml:       get("syaml"),
		Flow:        get("flowyaml"),
	}
}
