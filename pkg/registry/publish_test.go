package registry_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestAnnounceRecordsTheUpload(t *testing.T) {
	s := newStore(t)
	id := s.announce(t, "alice", "hello", "1.0.0+b")
	u, err := s.uploads.Upload(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r := u.Release
	if u.ID != id || r.Upload != id || u.InZIP != "1.0.0+b" || u.Dev || u.Outcome.Done() {
		t.Errorf("upload %+v", u)
	}
	if r.Name != "hello" || r.Version.String() != "1.0.0+b" || r.Publisher != "alice" || r.Texts.Readme != "# 示例" || r.Manifest.Description != "测试" {
		t.Errorf("release %+v", r)
	}
	if want := (registry.Package{Name: "hello", Owner: "alice", Visibility: registry.Public}); !reflect.DeepEqual(u.Package, want) {
		t.Errorf("package %+v", u.Package)
	}
	if s.visible(t, "hello") != "" || s.latest(t, "hello") != "" {
		t.Error("the version is visible before its ZIP has arrived")
	}
}

func TestAnnounceTakesTheNextDevelopmentBuild(t *testing.T) {
	s := newStore(t)
	for _, want := range []string{"dev.0.1", "dev.0.2", "dev.0.3"} {
		u, err := s.uploads.Upload(t.Context(), s.announce(t, "alice", "hello", "dev"))
		if err != nil || u.Release.Version.String() != want || !u.Dev {
			t.Fatalf("the next build is %q, %v; want %q", u.Release.Version, err, want)
		}
		s.publish(t, "hello", "dev")
		s.delete(t, "hello", want) // its number stays taken
	}
}

func TestAnnounceRefuses(t *testing.T) {
	s := newStore(t)
	s.publish(t, "Hello", "1.0.0+first", "2.0.0")
	s.delete(t, "Hello", "2.0.0")
	ofNobody := submission("mine", "1.0.0")
	ofNobody.Manifest.Visibility = registry.Organization
	tests := map[string]struct {
		user  string
		s     registry.Submission
		code  registry.Code
		words string
	}{
		"a name out of rule":         {"alice", submission("a/b", "1.0.0"), registry.Invalid, `Name|"a/b"|letters`},
		"a reserved name":            {"alice", submission("v3", "1.0.0"), registry.Invalid, `Name|"v3"|reserved`},
		"an organization's, without": {"alice", ofNobody, registry.Invalid, `Effective is Organization|no Organization is named|Public or Private`},
		"no version":                 {"alice", submission("new", ""), registry.Invalid, `Version|MAJOR.MINOR.PATCH`},
		"a version out of rule":      {"alice", submission("new", "1.0"), registry.Invalid, `Version|"1.0"|1.0.2|dev`},
		"a chosen development build": {"alice", submission("new", "dev.0.7"), registry.Invalid, `"dev.0.7"|can't be chosen|Version: dev`},
		"someone else's package":     {"bob", submission("Hello", "9.0.0"), registry.Forbidden, `"Hello"|"alice"|you, "bob"|another name|ask its owner`},
		"someone else's development": {"bob", submission("Hello", "dev"), registry.Forbidden, `"Hello"|"alice"`},
		"another spelling":           {"alice", submission("hello", "9.0.0"), registry.Invalid, `"hello"|"Hello"|without regard to case`},
		"a used version":             {"alice", submission("Hello", "1.0.0+first"), registry.Conflict, `1.0.0+first|published already|Raise Version`},
		"other build metadata":       {"alice", submission("Hello", "1.0.0+other"), registry.Conflict, `1.0.0+first|published already`},
		"a deleted version":          {"alice", submission("Hello", "2.0.0"), registry.Conflict, `2.0.0|deleted|can't be used again|Raise Version`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := s.publishing().Announce(t.Context(), as(test.user), test.s)
			wantError(t, err, test.code, strings.Split(test.words, "|")...)
			if a.URL != "" {
				t.Errorf("got an address for the upload: %s", a.URL)
			}
		})
	}
}
