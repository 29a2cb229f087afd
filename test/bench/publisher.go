package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// publisher speaks the publishing part of Devs V3 as the CLI does.
type publisher struct {
	client *http.Client
	v3     string // URL
	token  string
	// upload replaces the host of upload URLs; "": as the registry says.
	upload string
}

// parcel is a release to be published.
type parcel struct {
	name, version string
	publish       string // publish.yaml
	zip           []byte
}

// zipSize is about how many bytes a parcel's ZIP has.
const zipSize = 10 << 10

// pack makes a parcel whose ZIP is like no other's.
func pack(name, version string) (parcel, error) { return packSize(name, version, zipSize) }

// packSize makes a parcel whose ZIP has about so many bytes.
func packSize(name, version string, size int) (parcel, error) {
	publish := fmt.Sprintf(`Type: Component
Name: %s
Version: %s
Provider: [Alibaba Cloud]
Description: A component that the benchmark publishes
HomePage: https://example.com/%[1]s
Tags: [benchmark, function]
Category: Web
Service: {Function Compute: {Authorities: [AliyunFCFullAccess], Runtime: Node.js 20}}
Commands: {deploy: Deploys the function, remove: Removes the function}
`, name, version)
	filler := make([]byte, size-1000)
	rand.Read(filler) // never fails
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string][]byte{
		"publish.yaml": []byte(publish), "package.json": []byte(`{"main":"index.js"}`), "index.js": filler,
	} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			return parcel{}, err
		}
		if _, err := f.Write(content); err != nil {
			return parcel{}, err
		}
	}
	err := w.Close()
	return parcel{name, version, publish, b.Bytes()}, err
}

// publish announces a release and uploads its ZIP; the release is live then.
func (p *publisher) publish(ctx context.Context, c parcel) error {
	r, err := p.form(ctx, c)
	if err != nil {
		return err
	}
	announced, err := p.send(r)
	if err != nil {
		return err
	}
	if r, err = p.put(ctx, announced, c); err != nil {
		return err
	}
	_, err = p.send(r)
	return err
}

// form is the request that announces a release, chunked as the CLI's.
func (p *publisher) form(ctx context.Context, c parcel) (*http.Request, error) {
	form := url.Values{
		"publish":      {c.publish},
		"version_body": {"- benchmark release " + c.version},
		"readme":       {strings.Repeat("How to use this component. ", 75)},
	}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.v3+"/packages/releases", struct{ io.Reader }{strings.NewReader(form)})
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		p.sign(r.Header)
	}
	return r, err
}

// put is the upload to which the answer to a form leads.
func (p *publisher) put(ctx context.Context, announced answer, c parcel) (*http.Request, error) {
	var envelope struct {
		Body struct{ URL string }
	}
	if err := json.Unmarshal(announced.Body, &envelope); err != nil {
		return nil, fmt.Errorf("answer to a form: %w: %s", err, announced.Body)
	}
	target, err := url.Parse(envelope.Body.URL)
	if err != nil {
		return nil, err
	}
	target.Host = cmp.Or(p.upload, target.Host)
	return http.NewRequestWithContext(ctx, http.MethodPut, target.String(), struct{ io.Reader }{bytes.NewReader(c.zip)})
}

// remove deletes a release.
func (p *publisher) remove(ctx context.Context, name, version string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, p.v3+"/packages/"+name+"/release/tags/"+version, nil)
	if err != nil {
		return err
	}
	p.sign(r.Header)
	_, err = p.send(r)
	return err
}

// send fails on any status but 200. The registry's words on an upload that it
// rejects have that status too, so these are read.
func (p *publisher) send(r *http.Request) (answer, error) {
	a, err := record(p.client, r)
	if err != nil {
		return a, err
	}
	rejected := r.Method == http.MethodPut && !bytes.Contains(a.Body, []byte(`"released":true`))
	if a.Status != http.StatusOK || rejected {
		return a, fmt.Errorf("%s %s: status %d: %s", r.Method, r.URL.Path, a.Status, a.Body)
	}
	return a, nil
}

// sign adds the CLI's headers, by their names on the wire.
func (p *publisher) sign(h http.Header) {
	nonce, timestamp := rand.Text()[:15], strconv.FormatInt(time.Now().Unix(), 10)
	known, code := md5.Sum([]byte(p.token)), sha256.Sum256([]byte(p.token+nonce+timestamp))
	h["token"] = []string{hex.EncodeToString(known[:])}
	h["timestamp"] = []string{timestamp}
	h["nonce"] = []string{nonce}
	h["sign_code"] = []string{hex.EncodeToString(code[:])}
}
