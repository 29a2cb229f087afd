package registry_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestDeleteRemovesTheRelease(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "2.0.0")
	s.delete(t, "HELLO", "2.0.0")
	if got := s.visible(t, "hello"); got != "1.0.0" {
		t.Errorf("visible are %q", got)
	}
	s.checkSettled(t, "hello")
	for _, tag := range []string{"2.0.0", "^2", ">1"} {
		_, _, err := s.queries().Tag(t.Context(), registry.Anonymous, "hello", tag, registry.Summary)
		wantError(t, err, registry.NotFound, "hello", tag)
	}
	_, r, err := s.catalog.Release(t.Context(), "hello", registrytest.Version(t, "2.0.0"), registry.Full)
	if err != nil || r.Texts != (registry.Texts{}) || r.Publisher != "" {
		t.Errorf("of the release is left %+v, %v", r, err)
	}
	wantError(t, s.deleting().Delete(t.Context(), as("alice"), "hello", "2.0.0"), registry.NotFound, "2.0.0")
}

func TestDeleteRecomputesLatest(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "dev", "dev", "1.0.0-rc.1", "1.0.0-rc.2", "0.1.0", "1.1.0", "1.0.0")
	for _, step := range strings.Fields("1.1.0 1.0.0 0.1.0 1.0.0-rc.2 1.0.0-rc.1 dev.0.2 dev.0.1") {
		if got := s.latest(t, "hello"); got != step {
			t.Fatalf("latest is %q, want %q", got, step)
		}
		s.delete(t, "hello", step)
		s.checkSettled(t, "hello")
	}
	_, _, err := s.queries().Latest(t.Context(), registry.Anonymous, "hello", registry.Summary)
	wantError(t, err, registry.NotFound, "hello")
	s.publish(t, "hello", "0.0.1") // the package is still alice's
	if got := s.latest(t, "hello"); got != "0.0.1" {
		t.Errorf("latest is %q", got)
	}
}

func TestDeleteRefuses(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0+b")
	for _, test := range []struct {
		user, name, version string
		code                registry.Code
		words               string
	}{
		{"bob", "hello", "1.0.0+b", registry.Forbidden, `"hello"|"alice"|You, "bob"|its owner`},
		{"", "hello", "1.0.0+b", registry.Forbidden, `"alice"`},
		{"Alice", "hello", "1.0.0+b", registry.Forbidden, `"alice"|"Alice"`},
		{"alice", "hello", "9.0.0", registry.NotFound, `"hello"|"9.0.0"|s registry detail`},
		{"alice", "hello", "1.0.0", registry.NotFound, `"1.0.0"`},
		{"alice", "hello", "1.0.0+c", registry.NotFound, `"1.0.0+c"`},
		{"alice", "other", "1.0.0", registry.NotFound, `"other"`},
		{"alice", "hello", "^1", registry.Invalid, `"^1"|not a semantic version`},
		{"alice", "hello", "dev", registry.Invalid, `"dev"`},
		{"alice", "hello", "", registry.Invalid, `not a semantic version`},
	} {
		err := s.deleting().Delete(t.Context(), as(test.user), test.name, test.version)
		wantError(t, err, test.code, strings.Split(test.words, "|")...)
	}
	if got := s.latest(t, "hello"); got != "1.0.0+b" {
		t.Errorf("latest is %q", got)
	}
	s.checkSettled(t, "hello")
}

func TestDeletedNumbersAreNeverUsedAgain(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "dev")
	late := s.upload(t, "alice", "hello", "2.0.0")
	s.publish(t, "hello", "2.0.0")
	s.delete(t, "hello", "1.0.0", "2.0.0", "dev.0.1")
	for _, v := range []string{"1.0.0", "2.0.0", "1.0.0+other"} {
		_, err := s.publishing().Announce(t.Context(), as("alice"), submission("hello", v))
		wantError(t, err, registry.Conflict, "deleted", "can't be used again")
	}
	s.reject(t, late, "2.0.0", "can't be used again")
	s.publish(t, "hello", "dev")
	if got := s.visible(t, "hello"); got != "dev.0.2" {
		t.Errorf("visible are %q", got)
	}
}
