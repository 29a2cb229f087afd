package doctor

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/fc-registry/fc-registry/pkg/route"
)

// published is what the dialects say of a release.
type published struct {
	TagName    string `json:"tag_name"`
	ZipballURL string `json:"zipball_url"`
	SHA256     string `json:"sha256"`
}

// read asks both functions that answer releases; each has its own REGISTRY_URL.
func (p *probe) read() error {
	a, err := p.get(p.ctx, p.release("latest"), p.token)
	if err != nil {
		return err
	}
	latest, err := decode[published](a)
	if err != nil {
		return err
	}
	if a, err = p.get(p.ctx, "/v3/packages/"+p.name+"/release", p.token); err != nil {
		return err
	}
	all, err := decode[[]published](a)
	if err != nil {
		return err
	}
	if len(all) != 1 || latest.TagName != version {
		return trouble{fmt.Sprintf("the latest release is %q of %d, not %s of 1", latest.TagName, len(all), version), "Read the log of function fc-registry-ingest."}
	}
	for function, r := range map[string]published{route.QueryLatest: latest, route.QueryAll: all[0]} {
		if !strings.HasPrefix(r.ZipballURL, p.URL+"/") {
			return trouble{fmt.Sprintf("function %s sends clients to %.200s for the ZIP, and the registry is %s", deployed(function), r.ZipballURL, p.URL),
				"Set REGISTRY_URL to the public address, and deploy the function with it: s deploy " + function + "."}
		}
	}
	p.source, p.sha256 = latest.ZipballURL, latest.SHA256
	a, err = p.get(p.ctx, p.release("latest"), "")
	if err == nil && a.StatusCode != http.StatusNotFound {
		err = trouble{"somebody without a token is answered " + a.Status + " for a private package, and should find none", "A cache before the registry keeps answers that are not for all: let it respect Cache-Control."}
	}
	return err
}

// download follows zipball_url as s does: without a login, by its ticket. The ZIP
// is one that the registry wrote, so its files are compared with what was sent.
func (p *probe) download() error {
	body, err := p.follow("zipball_url", p.source, route.Download, "oss:GetObject of packages/")
	if err != nil {
		return err
	}
	if got := digest(body); got != p.sha256 {
		return trouble{fmt.Sprintf("what comes back has SHA-256 %s, and its release says %s", got, p.sha256), "Run admin verify: it reads every ZIP. See whether something between here and the storage changes bytes."}
	}
	sent, err := files(p.zip)
	if err != nil {
		return err
	}
	got, err := files(body)
	if err != nil || !maps.Equal(got, sent) {
		return trouble{"what comes back does not unpack to the files that were sent", "Read the log of function fc-registry-ingest, and deploy it anew."}
	}
	return nil
}

// files unpacks a ZIP.
func files(packed []byte) (map[string]string, error) {
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(z.File))
	for _, f := range z.File {
		text, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return nil, err
		}
		all[f.Name] = string(text)
	}
	return all, nil
}

// old downloads what s 2 would: a ZIP that is made of the other, by the same
// ticket.
func (p *probe) old() error {
	address := strings.Replace(p.source, p.URL+"/", p.URL+"/simple/", 1)
	zip, err := p.follow("the address below /simple", address, route.Simple, "oss:GetObject of packages/ and simple/, oss:PutObject of simple/, and oss:ListObjects of the bucket")
	if err == nil && !bytes.HasPrefix(zip, []byte("PK")) {
		err = trouble{"what comes back is no ZIP", "Read the log of function " + deployed(route.Simple) + "."}
	}
	return err
}

// follow returns what the storage answers at the address to which a function
// redirects from another. rights are those that its role needs.
func (p *probe) follow(what, address, function, rights string) ([]byte, error) {
	a, err := p.get(p.ctx, address, "")
	if err != nil {
		return nil, err
	}
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusFound || to == "" {
		return nil, trouble{what + " answers " + a.says() + ", not a redirect", "Read the log of function " + deployed(function) + ": its role must allow " + rights + "."}
	}
	mend := "OSS_PUBLIC_ENDPOINT must be one that clients can reach, and the role of " + deployed(function) + " must allow " + rights + "."
	if a, err = p.get(p.ctx, to, ""); err != nil {
		return nil, trouble{err.Error(), mend}
	}
	if a.StatusCode != http.StatusOK {
		return nil, trouble{"the storage answers " + a.says(), mend}
	}
	return a.body, nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// listed waits until the search index knows the package.
func (p *probe) listed() error {
	type listed struct{ Name string }
	found, err := p.eventually(p.ctx, func() (bool, error) {
		a, err := p.get(p.ctx, "/v3/package/user", p.token)
		if err != nil {
			return false, err
		}
		list, err := decode[[]listed](a)
		return slices.Contains(list, listed{p.name}), err
	})
	if err == nil && !found {
		err = trouble{fmt.Sprintf("is not in the list of its user after %v", p.Wait), "See in the console of Tablestore whether search index packages of table packages is being built; if it is not, run admin bootstrap."}
	}
	return err
}

func (p *probe) remove() error {
	a, err := p.ask(p.ctx, http.MethodDelete, p.release(version), p.token, nil, "")
	if err != nil {
		return err
	}
	if a.StatusCode != http.StatusOK {
		return trouble{"DELETE answers " + a.says(), "Read the log of function " + deployed(route.Publish) + ": its role must allow oss:DeleteObject of packages/ and simple/, and oss:ListObjects of the bucket."}
	}
	p.sent = false
	if a, err = p.get(p.ctx, p.release("latest"), p.token); err == nil && a.StatusCode != http.StatusNotFound {
		err = trouble{"what was deleted is still answered: " + a.Status, "A cache before the registry keeps answers too long: let it respect Cache-Control."}
	}
	return err
}
