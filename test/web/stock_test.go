package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	domain "github.com/fc-registry/fc-registry/pkg/registry"
)

// The shared registry's people and organization. Their tokens are in
// the registry's field tokens.
const (
	alice     = "alice"     // owns the packages of testdata/packages
	bob       = "bob"       // is a member of northwind, and owns nothing
	carol     = "carol"     // owns the small projects
	mallory   = "mallory"   // publishes what is meant to harm
	northwind = "northwind" // alice's
)

// stock publishes packages: at first many, then those that people are to see on
// the front page.
func (r *registry) stock(ctx context.Context) error {
	r.day = time.Now().UTC()
	for _, name := range []string{alice, bob, carol, mallory} {
		token, err := r.Users.Add(ctx, administrator, name)
		if err != nil {
			return err
		}
		r.tokens[name] = token
	}
	if err := r.publishMany(ctx); err != nil {
		return err
	}
	if err := r.publishFeatured(ctx); err != nil {
		return err
	}
	if err := r.publishInVain(ctx); err != nil {
		return err
	}
	if err := r.Organizing.SetRole(ctx, administrator, northwind, bob, domain.Member); err != nil {
		return err
	}
	return r.download(ctx)
}

func nextSecond() { time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) }

// publishMany publishes the hostile packages, the small projects and the
// corpus, several at once.
func (r *registry) publishMany(ctx context.Context) error {
	type publication struct {
		by string
		files
	}
	var all []publication
	hostile, err := hostilePackages()
	if err != nil {
		return err
	}
	for _, f := range hostile {
		all = append(all, publication{mallory, f})
	}
	for _, f := range smallProjects() {
		all = append(all, publication{carol, f})
	}
	real, err := corpus()
	if err != nil {
		return err
	}
	for _, f := range real {
		all = append(all, publication{carol, f})
	}
	return parallel(len(all), func(i int) error {
		_, err := r.publish(ctx, r.tokens[all[i].by], all[i].files)
		return err
	})
}

// publishers is how many publish at once.
const publishers = 4

// parallel does n things, up to the first error of each publisher.
func parallel(n int, do func(i int) error) error {
	var all sync.WaitGroup
	errs := make([]error, publishers)
	for first := range publishers {
		all.Go(func() {
			for i := first; i < n && errs[first] == nil; i += publishers {
				errs[first] = do(i)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// featured are the packages of testdata/packages, the newest last.
var featured = []string{"bare-plugin", "deploy-notify", "log-archive", "start-nextjs-blog", "payroll-export", "northwind-gateway", "queue-worker", "oss-thumbnails"}

// publishFeatured publishes each with all its versions.
func (r *registry) publishFeatured(ctx context.Context) error {
	for _, name := range featured {
		nextSecond() // releases have their time in whole seconds
		f, err := read(filepath.Join("testdata/packages", name))
		if err != nil {
			return err
		}
		for _, release := range f.releases() {
			if _, err := r.publish(ctx, r.tokens[alice], release); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// publishInVain has an upload of alice's refused, and announces another that never
// comes.
func (r *registry) publishInVain(ctx context.Context) error {
	nextSecond()
	f, err := read(filepath.Join("testdata/packages", "queue-worker"))
	if err != nil {
		return err
	}
	f = f.at("99.0.0", "")
	if _, err := r.announce(ctx, r.tokens[alice], f.at("99.1.0", "")); err != nil {
		return err
	}
	f["README.md"] = "# Another" // beside readme.md
	if _, err := r.publish(ctx, r.tokens[alice], f); err == nil {
		return errors.New("a ZIP with two readmes was released")
	}
	return nil
}

// releases are a package's earlier versions, whose notes are in versions/, and
// then itself.
func (f files) releases() []files {
	var all []files
	self := maps.Clone(f)
	for _, path := range slices.Sorted(maps.Keys(f)) {
		version, earlier := strings.CutPrefix(path, "versions/")
		if !earlier {
			continue
		}
		delete(self, path)
		all = append(all, f.at(strings.TrimSuffix(version, ".md"), f[path]))
	}
	return append(all, self)
}
