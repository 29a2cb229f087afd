package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	domain "github.com/fc-registry/fc-registry/pkg/registry"
)

// Packages of the benchmark.
const (
	hello        = "hello" // published
	many         = "many"  // holds manyVersions
	manyVersions = 100
)

// fillers is how many writers fill the tables at once.
const fillers = 32

// fillVersions writes a package with n releases, 1.0.0 and up, straight into
// Tablestore: the rows that publishing them would have left there.
func (r *registry) fillVersions(ctx context.Context, name string, n int) error {
	err := parallel(n, func(i int) error {
		release, err := filled(name, i)
		if err == nil {
			_, err = r.tables.PutRelease(ctx, release)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("fill %s: %w", name, err)
	}
	return r.fillHead(ctx, name, n-1)
}

// fillPackages writes packages with one release each.
func (r *registry) fillPackages(ctx context.Context, names []string) error {
	return parallel(len(names), func(i int) error {
		release, err := filled(names[i], 0)
		if err == nil {
			_, err = r.tables.PutRelease(ctx, release)
		}
		if err != nil {
			return fmt.Errorf("fill %s: %w", names[i], err)
		}
		return r.fillHead(ctx, names[i], 0)
	})
}

// fillHead writes the row of a package whose latest release is 1.0.patch.
func (r *registry) fillHead(ctx context.Context, name string, patch int) error {
	latest, err := filled(name, patch)
	if err != nil {
		return err
	}
	p := domain.Package{Name: name, Owner: owner, Visibility: domain.Public}
	return r.tables.PutHead(ctx, domain.Head{Package: p, Latest: &latest})
}

// owner is the user whose token the local cloud gives out.
const owner = "dev"

// filled is release 1.0.patch of a package, with texts like those of a
// published one but for its readme. Its ZIP is nowhere.
func filled(name string, patch int) (domain.Release, error) {
	v, err := domain.ParseVersion(fmt.Sprintf("1.0.%d", patch))
	return domain.Release{
		Name: name, Version: v, Type: domain.Component, Publisher: owner, Upload: name + v.String(),
		PublishTime: time.Now().UTC().Truncate(time.Second),
		ZIP: domain.ZIP{
			Key:    domain.PackagePrefix + name + "/" + v.String() + "/filled.zip",
			Digest: domain.Digest{Size: zipSize, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		},
		Manifest: domain.Manifest{
			Description: "A component that the benchmark filled in", HomePage: "https://example.com/" + name,
			Category: "Web", Visibility: domain.Public, Tags: []string{"benchmark", "function"},
			Commands: map[string]string{"deploy": "Deploys the function"},
		},
		Texts: domain.Texts{VersionBody: "- benchmark release " + v.String()},
	}, err
}

// parallel does n things, fillers at once, up to the first error of each.
func parallel(n int, do func(i int) error) error {
	var all sync.WaitGroup
	errs := make([]error, fillers)
	for first := range fillers {
		all.Go(func() {
			for i := first; i < n && errs[first] == nil; i += fillers {
				errs[first] = do(i)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// numbered returns n package names of one length.
func numbered(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s-%06d", prefix, i)
	}
	return names
}
