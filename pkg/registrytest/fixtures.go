// Package registrytest holds the contracts of the domain's ports, as test
// suites that every implementation passes, and the packages that tests publish.
package registrytest

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/zipfile"
)

// Version parses a version that is known to be good.
func Version(t testing.TB, text string) registry.Version {
	t.Helper()
	v, err := registry.ParseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Release returns a release with every field set, from an upload of its own.
func Release(t testing.TB, name, version string) registry.Release {
	t.Helper()
	return registry.Release{
		Name:        name,
		Version:     Version(t, version),
		Type:        registry.Component,
		PublishTime: time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC),
		Publisher:   "alice",
		Upload:      rand.Text(),
		ZIP: registry.ZIP{
			Key:      "packages/" + registry.Key(name) + "/" + version + "/0f.zip",
			Digest:   registry.Digest{Size: 1<<31 + 7, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
			Original: registry.Digest{Size: 1<<31 + 9, SHA256: "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"},
			License:  "Apache-2.0",
		},
		Manifest: registry.Manifest{
			Description:  "示例：部署函数 🚀",
			English:      "Example: deploys functions",
			HomePage:     "https://example.com/?a=1&b=<2>",
			Category:     "Web 应用",
			Organization: "示例组织（FC）",
			Visibility:   registry.Public,
			Providers:    []string{"阿里云", "Other"},
			Tags:         []string{"部署函数", "a,b", ""},
			Service: map[string]registry.Service{
				"函数计算": {Authorities: []string{"FullAccess", "ReadOnly"}, Runtime: "nodejs20"},
				"none": {},
			},
			Commands: map[string]string{"deploy": "部署", "remove": ""},
			CommandGroups: []registry.CommandGroup{
				{Name: "构建 & Deploy", Commands: map[string]string{"build": "构建", "logs": ""}},
				{Name: "Others", Commands: map[string]string{"info": "<i>"}},
			},
		},
		Texts: registry.Texts{
			Publish: PublishYAML(registry.Component, name, version), VersionBody: "- 修复\r\n- \"quotes\" \\ \t\x01",
			Readme: "# 示例", Syaml: "edition: 3.0.0\n", Flow: `{"steps":[]}`,
		},
		English: registry.Texts{
			Publish: "Name: x", VersionBody: "- fixes", Readme: "# Example", Syaml: "edition: 3.0.0 # en\n", Flow: "{}",
		},
	}
}

// Package returns the package of a release, owned by its publisher.
func Package(r registry.Release) registry.Package {
	return registry.Package{
		Name: r.Name, Owner: r.Publisher,
		Organization: r.Manifest.Organization, Visibility: r.Manifest.Visibility,
	}
}

// Journal returns a journal with every field set, but for its revision.
func Journal(subject string) registry.Journal {
	event := Event(subject, 7)
	return registry.Journal{Event: &event, Recent: []string{"publish 1", "delete 0/11"}}
}

// Event returns an event with every field set.
func Event(subject string, seq int64) registry.Event {
	return registry.Event{
		Subject: subject, Seq: seq, Time: time.Date(2025, 2, 28, 23, 59, 58, 0, time.UTC),
		Action: "publish", Detail: "1.0.0 \"示例\"\nsha256", User: "alice", Token: "ci", From: "192.0.2.1", RequestID: "1-2-3",
	}
}

// PublishYAML returns a publish.yaml that lacks nothing.
func PublishYAML(typ registry.Type, name, version string) string {
	return fmt.Sprintf(`Edition: 3.0.0
Type: %s
Name: %s
Version: %s
Provider:
  - 阿里云
Description: 测试用的包
HomePage: https://example.com/%[2]s
Tags: # what it is about
  - 测试
  - test
Category: 其它
Service:
  函数计算:
    Authorities:
      - AliyunFCFullAccess
Commands:
  deploy: 部署
Effective: Public
`, typ, name, version)
}

// Files returns what a publisher's folder holds, by path.
func Files(typ registry.Type, name, version string) map[string]string {
	files := map[string]string{
		"publish.yaml": PublishYAML(typ, name, version),
		"version.md":   "- 版本 " + version + "\n",
		"readme.md":    "# " + name + "\n",
	}
	switch typ {
	case registry.Component:
		files["package.json"] = fmt.Sprintf(`{"name": %q, "version": %q, "main": "dist/index.js"}`, name, version)
		files["dist/index.js"] = "exports.default = class { async deploy() { return { deployed: true }; } };\n"
	case registry.Project:
		files["src/s.yaml"] = "edition: 3.0.0\nname: " + name + "\naccess: default\nresources: {}\n"
	case registry.Plugin:
		files["package.json"] = fmt.Sprintf(`{"name": %q, "main": "index.js"}`, name)
		files["index.js"] = "module.exports = async (inputs) => inputs;\n"
	}
	return files
}

// ZIP packs files, given by their paths, into the form in which they are served;
// a path that ends in "/" is a folder.
func ZIP(files map[string]string) []byte { return Canonical(Packed(files)) }

// Canonical returns the form in which an uploaded ZIP is served. One that is
// refused stays as it is.
func Canonical(packed []byte) []byte {
	var served bytes.Buffer
	if _, err := zipfile.Canonical(context.Background(), &served, bytes.NewReader(packed), int64(len(packed))); err != nil {
		return packed
	}
	return served.Bytes()
}

// Packed packs files as a program does that writes to a stream.
func Packed(files map[string]string) []byte {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(path)
		if err == nil && files[path] != "" {
			_, err = w.Write([]byte(files[path]))
		}
		if err != nil {
			panic(fmt.Sprintf("registrytest.ZIP: %s: %v", path, err))
		}
	}
	if err := z.Close(); err != nil {
		panic(fmt.Sprintf("registrytest.ZIP: %v", err))
	}
	return packed.Bytes()
}
