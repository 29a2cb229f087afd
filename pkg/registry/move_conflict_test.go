package registry_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

// What contradicts is refused by name, and nothing is written, of what does not
// contradict neither.
func TestContradictionsAreRefused(t *testing.T) {
	cases := map[string]struct {
		here  func(t *testing.T, p *place)
		words []string
	}{
		"another owner": {func(t *testing.T, p *place) {
			p.mustBring(t, "mallory", of("hello", "0.1.0", "", registry.Public))
		}, []string{`package "Hello": it is spelled "hello" here`}},
		"another owner, the same name": {func(t *testing.T, p *place) {
			p.mustBring(t, "mallory", of("secret", "0.1.0", "", registry.Private))
		}, []string{`package "secret": it belongs to "mallory" here, and to "alice" there`}},
		"more would see it": {func(t *testing.T, p *place) {
			p.publish(t, "secret", "0.1.0")
		}, []string{`package "secret": it is Public here, and Private there`}},
		"another ZIP of the same number": {func(t *testing.T, p *place) {
			id := p.announce(t, "alice", "Hello", "1.0.0")
			p.objects.Put(registry.UploadKey(id), otherZIP("Hello", "1.0.0"))
			if o, err := p.ingesting().Ingest(t.Context(), id); err != nil || !o.Released {
				t.Fatalf("%+v, %v", o, err)
			}
		}, []string{`package "Hello": 1.0.0 is published here with another ZIP, of SHA-256 `}},
		"a number that was deleted here": {func(t *testing.T, p *place) {
			p.publish(t, "Hello", "1.0.0")
			p.delete(t, "Hello", "1.0.0")
		}, []string{`package "Hello": 1.0.0 is a number that was published and deleted here`}},
		"a number that was deleted there": {func(t *testing.T, p *place) {
			p.publish(t, "Hello", "0.9.0")
		}, []string{`package "Hello": 0.9.0 is deleted there, and published here`}},
		"a number with other metadata": {func(t *testing.T, p *place) {
			p.publish(t, "Hello", "2.0.0-rc.1")
		}, []string{`package "Hello": 2.0.0-rc.1+b is published here as 2.0.0-rc.1, which is the same number`}},
		"an organization of others": {func(t *testing.T, p *place) {
			must(t, p.organizing().Create(t.Context(), as("admin"), "ACME （云）/..", "mallory"))
		}, []string{`organization "ACME （云）/..": it is here`}},
		"no room for reserved names": {func(t *testing.T, p *place) {
			for n := range registry.MaxReserved - 1 {
				p.reserve(t, fmt.Sprintf("other-%d", n))
			}
		}, []string{"reserved names: with those that are here there would be 501, and at most 500"}},
		"several at once": {func(t *testing.T, p *place) {
			p.publish(t, "Hello", "0.9.0", "2.0.0-rc.1")
			p.mustBring(t, "mallory", of("secret", "0.1.0", "", registry.Private))
		}, []string{"0.9.0 is deleted there", "which is the same number", `package "secret": it belongs to`}},
	}
	dir := filled(t).export(t, registry.Selection{})
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			to := newPlace(t)
			c.here(t, to)
			before := to.content(t)
			_, err := to.bringIn(t, dir)
			if err == nil {
				t.Fatal("no error")
			}
			wantWords(t, err.Error(), append(c.words, "nothing was written")...)
			wantContent(t, to.content(t), before)
		})
	}
}

// A package of the same owner that went its own way gets the releases that it
// lacks, as changes of its own.
func TestReleasesAreAddedToAPackageOfTheSameOwner(t *testing.T) {
	dir := filled(t).export(t, registry.Selection{Packages: []string{"hello"}})
	begin := func(t *testing.T) *place {
		to := newPlace(t)
		to.publish(t, "Hello", "0.1.0", "1.0.0", "1.0.1")
		return to
	}
	eachCut(t, func(t *testing.T, c *death) {
		to := begin(t)
		to.cut = c
		if _, err := to.bringIn(t, dir); c.happened != (err != nil) {
			t.Fatal(err)
		}
		to.checkHalves(t)
		to.cut = nil
		to.mustBringIn(t, dir)
		to.publish(t, "Hello", "1.0.2")
		if got := to.visible(t, "Hello"); got != "2.0.0-rc.1+b 1.1.0 1.0.2 1.0.1 1.0.0 0.1.0 dev.0.1" || to.latest(t, "Hello") != "1.1.0" {
			t.Errorf("visible %q, latest %q", got, to.latest(t, "Hello"))
		}
		_, err := to.publishing().Announce(t.Context(), as("alice"), submission("Hello", "0.9.0"))
		wantError(t, err, registry.Conflict, "deleted")
		to.checkRecorded(t, "Hello")
		if got := to.recorded(t, "package/hello"); !strings.Contains(got, "admin: import 4 releases: 2.0.0-rc.1+b 1.1.0 0.9.0 dev.0.1; ") {
			t.Errorf("the audit says %s", got)
		}
	})
}

// Who goes on with what was imported keeps that when it is imported again.
func TestAnImportTakesNothingBack(t *testing.T) {
	from, to := filled(t), newPlace(t)
	dir := from.export(t, registry.Selection{})
	to.mustBringIn(t, dir)
	later(t, to)
	want := to.content(t)
	to.mustBringIn(t, dir)
	wantContent(t, to.content(t), want)

	// And back again: there, it is a later state.
	from.mustBringIn(t, to.export(t, registry.Selection{}))
	wantContent(t, from.content(t), want)
}

// Somebody publishes here while the package is brought in.
func TestAConcurrentPublishIsNotLost(t *testing.T) {
	from, to := filled(t), newPlace(t)
	to.mustBringIn(t, from.export(t, registry.Selection{}))
	from.publish(t, "Hello", "3.0.0")
	dir := from.export(t, registry.Selection{Packages: []string{"hello"}})
	i := to.importing()
	i.ZIPs = zipsThen{i.ZIPs, func() { to.publish(t, "Hello", "2.5.0") }}
	r := openArchive(t, dir)
	if err := i.Import(t.Context(), as("admin"), r, new(registry.Progress)); err != nil {
		t.Fatal(err)
	}
	if got := to.visible(t, "Hello"); got != "3.0.0 2.5.0 2.0.0-rc.1+b 1.1.0 1.0.0 dev.0.1" || to.latest(t, "Hello") != "3.0.0" {
		t.Errorf("visible %q, latest %q", got, to.latest(t, "Hello"))
	}
	to.checkRecorded(t, "Hello")
}

func TestAnImportEndsWithItsContext(t *testing.T) {
	to := newPlace(t)
	r := openArchive(t, filled(t).export(t, registry.Selection{}))
	ctx, cancel := context.WithCancel(t.Context())
	i := to.importing()
	i.ZIPs = zipsThen{i.ZIPs, cancel}
	err := i.Import(ctx, as("admin"), r, new(registry.Progress))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	to.checkHalves(t)
	if n := len(registrytest.Events(t, to.audit, "package/hello")); n != 0 {
		t.Errorf("%d events of a package that is not there", n)
	}
}
