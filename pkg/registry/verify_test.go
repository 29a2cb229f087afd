package registry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/memory"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func sha256Of(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// verify lists what is wrong with each release, by version.
func (s store) verify(t *testing.T) map[string]string {
	t.Helper()
	problems := map[string]string{}
	v := &registry.Verifying{Listing: s.catalog.(*memory.Catalog), Blobs: s.blobs, Canonicalize: manifest.Canonicalize}
	for checked, err := range v.Verify(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		problems[checked.Release.Version.String()] = checked.Problem
	}
	return problems
}

func TestVerifyReadsEveryZIP(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "2.0.0", "dev")
	s.delete(t, "hello", "2.0.0")
	for version, problem := range s.verify(t) {
		if problem != "" {
			t.Errorf("%s, as published: %s", version, problem)
		}
	}
	key := func(version string) string {
		_, r, err := s.catalog.Release(t.Context(), "hello", registrytest.Version(t, version), registry.Summary)
		if err != nil {
			t.Fatal(err)
		}
		return r.ZIP.Key
	}
	zip := pluginZIP("hello", "1.1.0")
	altered := append([]byte{}, zip...)
	altered[len(altered)/2] ^= 1
	s.objects.Put(key("1.1.0"), altered)
	s.objects.Put(key("1.2.0"), pluginZIP("hello", "1.2.0")[:100])
	if err := s.blobs.Delete(t.Context(), key("1.3.0")); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"1.0.0": "", "dev.0.1": "", "1.1.0": sha256Of(altered) + "|" + sha256Of(zip), "1.2.0": "has 100 bytes", "1.3.0": "missing|" + key("1.3.0"),
	}
	got := s.verify(t)
	if len(got) != len(want) {
		t.Errorf("verified are %v", got)
	}
	for version, words := range want {
		if words == "" && got[version] != "" {
			t.Errorf("%s: %s", version, got[version])
		}
		wantWords(t, got[version], strings.Split(words, "|")...)
	}
}

func TestVerifyReportsAFailure(t *testing.T) {
	s := newStore(t)
	s.publish(t, "hello", "1.0.0", "2.0.0")
	v := &registry.Verifying{Listing: s.catalog.(*memory.Catalog), Blobs: failingBlobs{s.blobs, &failure{at: 1}}, Canonicalize: manifest.Canonicalize}
	yielded := 0
	for _, err := range v.Verify(t.Context()) {
		yielded++
		if !errors.Is(err, errCrash) {
			t.Errorf("got %v", err)
		}
	}
	if yielded != 1 {
		t.Errorf("went on after the failure: %d", yielded)
	}
}
