package doctor

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// manifest is the probe's publish.yaml.
func (p *probe) manifest() string {
	return fmt.Sprintf(`Edition: 3.0.0
Type: Component
Name: %s
Version: %s
Provider: [Others]
Description: Published by admin doctor, and deleted again
Category: Test
Service: {}
Commands: {deploy: Does nothing}
Effective: Private
Parameters: {}
`, p.name, version)
}

func (p *probe) pack() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, file := range [][2]string{
		{"publish.yaml", p.manifest()},
		{"package.json", `{"name": "` + p.name + `", "main": "index.js"}`},
		{"index.js", "exports.default = class { async deploy() {} };\n"},
	} {
		w, err := z.Create(file[0])
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, file[1]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// publish does what s registry publish does.
func (p *probe) publish() (err error) {
	if p.zip, err = p.pack(); err != nil {
		return err
	}
	form := url.Values{"publish": {p.manifest()}, "version_body": {"A probe"}, "readme": {"# A probe"}}
	a, err := p.ask(p.ctx, http.MethodPost, announcing, p.token, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
	if err != nil {
		return err
	}
	to, err := decode[struct{ URL string }](a)
	if err != nil {
		return trouble{"POST " + announcing + ": " + err.Error(), "Read the log of function " + deployed(route.Publish) + " for the call that failed: its role must write tables and sign uploads (compare with admin policies)."}
	}
	return p.upload(to.URL)
}

// upload sends the ZIP, chunked as s does, and waits until it is released: by
// the storage's callback before the answer, else by its trigger.
func (p *probe) upload(address string) error {
	const uploads = "OSS_PUBLIC_ENDPOINT must be one that clients can reach, and the role of fc-registry-publish must allow oss:PutObject of uploads/."
	host := address
	if u, err := url.Parse(address); err == nil {
		host = u.Host
	}
	p.sent, p.onWay = true, true
	a, err := p.ask(p.ctx, http.MethodPut, address, "", io.MultiReader(bytes.NewReader(p.zip)), "")
	if err != nil {
		return trouble{"PUT to " + host + ": " + err.Error(), uploads}
	}
	if a.StatusCode >= 300 {
		p.sent = false
		return trouble{"PUT to " + host + " answers " + a.says(), uploads}
	}
	called := a.StatusCode == http.StatusOK && strings.Contains(string(a.body), `"released":true`)
	released, err := p.eventually(p.ctx, func() (bool, error) {
		a, err := p.get(p.ctx, p.release("latest"), p.token)
		return err == nil && a.StatusCode == http.StatusOK, err
	})
	p.onWay = !released
	switch {
	case err != nil:
		return err
	case !released:
		return trouble{fmt.Sprintf("the ZIP was uploaded, and not released within %v; the upload was answered %s", p.Wait, a.says()),
			"Read the log of function fc-registry-ingest. If it was not called: INGEST_URL of function fc-registry-publish is its address, and it has the OSS trigger of s.yaml."}
	case !called:
		p.note("probe publish", "the storage did not wait for function fc-registry-ingest, and s can't say whether a release was accepted: the upload was answered "+a.says(),
			"Check INGEST_URL of function fc-registry-publish. Some regions of OSS have no callbacks: there the OSS trigger alone releases.")
	}
	return nil
}
