package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// prefix begins the names of all probe packages and of their users.
const prefix = "doctor-probe-"

const (
	version    = "1.0.0"
	announcing = "/v3/packages/releases"
	pollEvery  = 500 * time.Millisecond
	cleanLimit = 30 * time.Second
)

// probe is a package that is published, read, and deleted again. Its user has
// the same name.
type probe struct {
	*visit
	name   string
	token  string
	zip    []byte
	sent   bool   // so that there may be something to delete
	onWay  bool   // uploaded, and not seen released yet
	source string // zipball_url
	sha256 string // of the ZIP there
}

// trouble is what a step found.
type trouble struct{ says, mend string }

func (t trouble) Error() string { return t.says }

// probe publishes a package, to see whether the functions' roles may do what
// they must. Each step needs the one before.
func (v *visit) probe() {
	p := &probe{visit: v, name: prefix + strings.ToLower(rand.Text()[:10])}
	defer p.cleanUp()
	for _, step := range []struct {
		check string
		do    func() error
		says  string
	}{
		{"probe user", p.addUser, "was added"},
		{"probe publish", p.publish, "was published, private"},
		{"probe read", p.read, "can be read by its user, and by nobody else"},
		{"probe download", p.download, "comes back whole, with the SHA-256 that its release has"},
		{"probe simple", p.old, "can be had by s 2, with one top directory"},
		{"probe list", p.listed, "is in the list of its user"},
		{"probe delete", p.remove, "was deleted"},
	} {
		if err := step.do(); err != nil {
			t, ok := errors.AsType[trouble](err)
			if !ok {
				t = trouble{err.Error(), "Run doctor again; if it goes on, read the logs of the functions."}
			}
			v.problem(step.check, t.says, t.mend)
			return
		}
		v.ok(step.check, "%s %s", p.name, step.says)
	}
}

// cleanUp takes everything back, also when the examination was interrupted.
func (p *probe) cleanUp() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), cleanLimit+p.Wait)
	defer cancel()
	const check = "probe left"
	if err := p.takeBack(ctx); err != nil {
		p.report(Finding{check, Problem, fmt.Sprintf("package %s %s, private, may be there still: %v", p.name, version, err),
			fmt.Sprintf("Give it to a user of yours (admin package owner %s USER), and delete it: s registry delete --name %s --version-id %s.", p.name, p.name, version)})
	}
	if err := p.RemoveUser(ctx, p.name); err != nil {
		p.report(Finding{check, Problem, fmt.Sprintf("user %s may be there still: %v", p.name, err), "Run admin user remove " + p.name + "."})
	}
	p.note(check, "the number of the deleted release of "+p.name+", and lines of the audit", "")
}

// takeBack deletes what was published. An upload that nobody has seen released
// may be released yet, so it is waited for.
func (p *probe) takeBack(ctx context.Context) error {
	if !p.sent {
		return nil
	}
	_, err := p.eventually(ctx, func() (bool, error) {
		a, err := p.ask(ctx, http.MethodDelete, p.release(version), p.token, nil, "")
		if err == nil && a.StatusCode != http.StatusOK && a.StatusCode != http.StatusNotFound {
			err = errors.New("DELETE answers " + a.says())
		}
		return err == nil && (a.StatusCode == http.StatusOK || !p.onWay), err
	})
	return err
}

func (p *probe) release(which string) string {
	if which != "latest" {
		which = "tags/" + which
	}
	return "/v3/packages/" + p.name + "/release/" + which
}

func (p *probe) addUser() (err error) {
	p.token, err = p.AddUser(p.ctx, p.name)
	return err
}

// eventually asks again until something holds, for as long as Wait.
func (p *probe) eventually(ctx context.Context, holds func() (bool, error)) (bool, error) {
	for deadline := p.Clock().Add(p.Wait); ; {
		if ok, err := holds(); ok || err != nil {
			return ok, err
		}
		if p.Clock().After(deadline) {
			return false, nil
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}
