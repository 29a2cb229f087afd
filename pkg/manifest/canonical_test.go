package manifest_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
	"github.com/fc-registry/fc-registry/test/unzip/forge"
)

// ofUpstream inspects what an upstream has.
func ofUpstream(packed []byte) (registry.Inspected, error) { return inspect(packed, "") }

func TestPublishYAMLMayBeALink(t *testing.T) {
	text := registrytest.PublishYAML(registry.Component, "hello", "1.0.0")
	packed := forge.ZIP(
		forge.File("meta/publish.yaml", text), forge.Link("publish.yaml", "meta/publish.yaml"),
		forge.File("meta/package.json", `{"license": "MIT"}`), forge.Link("package.json", "./meta/package.json"),
	)
	found, err := inspect(packed, registry.Component)
	if err != nil || found != (registry.Inspected{Name: "hello", Version: "1.0.0", License: "MIT"}) {
		t.Errorf("%+v, %v", found, err)
	}
	packed = forge.ZIP(forge.File("publish.yaml", text), forge.File("code/s.yaml", ""), forge.Link("src", "code"))
	if _, err := inspect(packed, registry.Project); err != nil {
		t.Errorf("src as a link: %v", err)
	}
}

func TestAProjectMayHaveAPublishYML(t *testing.T) {
	yml := forge.File("publish.yml", "Name: hello\nVersion: 1.0.0\n")
	src := forge.File("src/s.yaml", "")
	for _, typ := range []registry.Type{registry.Project, ""} {
		if found, err := inspect(forge.ZIP(yml, src), typ); err != nil || found.Name != "hello" {
			t.Errorf("%+v, %v", found, err)
		}
		if found, err := inspect(forge.ZIP(yml, src, forge.File("publish.yaml", "Name: other\nVersion: 1.0.0\n")), typ); err != nil || found.Name != "other" {
			t.Errorf("publish.yaml wins: %+v, %v", found, err)
		}
	}
	_, err := inspect(forge.ZIP(yml, forge.File("package.json", "{}")), registry.Component)
	wantInvalid(t, err, "no publish.yaml", "Pack the contents")
}

func TestOfAnUpstreamOnlyTheNameDecides(t *testing.T) {
	odd := "Name: hello\nType: Odd\nVersion: [1]\nService: [a]\nTags: &t [x]\nOther: *t\n"
	packed := forge.ZIP(forge.File("publish.yaml", odd), forge.File("package.json", `{"license": "MIT"}`))
	if found, err := ofUpstream(packed); err != nil || found.Name != "hello" || found.License != "MIT" {
		t.Errorf("%+v, %v", found, err)
	}
	_, err := inspect(packed, registry.Component)
	wantInvalid(t, err, "publish.yaml")
	_, err = ofUpstream(forge.ZIP(forge.File("publish.yaml", "Name: [a]\n")))
	wantInvalid(t, err, "Name in publish.yaml")
	_, err = ofUpstream(forge.ZIP(forge.File("publish.yaml", strings.Repeat("# long\n", 1<<18))))
	wantInvalid(t, err, `"publish.yaml" has 1835008 bytes`, "at most 1048576")
	for _, test := range hostileLinks() {
		_, err := ofUpstream(test.packed)
		wantInvalid(t, err, strings.Split(test.words, "|")...)
	}
}

// What s 2.x is given holds the same links, which lead to the same files.
func TestLinksLeadToTheSameFilesWhenWrapped(t *testing.T) {
	packed := forge.ZIP(forge.File("publish.yaml", "Name: hello\nVersion: 1.0.0\n"), forge.File("src/lib/a", "x"), forge.Link("b", "src/lib/a"), forge.Link("src/lib64", "../src/lib"))
	var canonical, wrapped bytes.Buffer
	if _, err := manifest.Canonicalize(t.Context(), &canonical, bytes.NewReader(packed), int64(len(packed)), registry.Plugin); err != nil {
		t.Fatal(err)
	}
	if err := manifest.WrapZIP(&wrapped, bytes.NewReader(canonical.Bytes()), int64(canonical.Len())); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	found, err := manifest.Canonicalize(t.Context(), &again, bytes.NewReader(wrapped.Bytes()), int64(wrapped.Len()), registry.Plugin)
	if err != nil || found.Name != "hello" {
		t.Fatalf("%+v, %v", found, err)
	}
	if !bytes.Equal(again.Bytes(), wrapped.Bytes()) {
		t.Error("what is wrapped is not canonical")
	}
}

func TestWhatWouldBeRefusedTodayIsNotWrapped(t *testing.T) {
	for _, test := range hostileLinks() {
		err := manifest.WrapZIP(io.Discard, bytes.NewReader(test.packed), int64(len(test.packed)))
		if registry.CodeOf(err) != registry.Forbidden {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for words := range strings.SplitSeq(test.words, "|") {
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v, without %q", test.name, err, words)
			}
		}
	}
}
