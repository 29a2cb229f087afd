package manifest_test

import (
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func TestTheLicenseIsWhatThePackageSays(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":                  {nil, ""},
		"package.json's text":      {map[string]string{"package.json": `{"license": "MIT"}`}, "MIT"},
		"package.json's old form":  {map[string]string{"package.json": `{"license": {"type": "Apache-2.0", "url": "x"}}`}, "Apache-2.0"},
		"package.json comes first": {map[string]string{"package.json": `{"license": "MIT"}`, "LICENSE": "Apache License"}, "MIT"},
		"a file's first line":      {map[string]string{"package.json": `{}`, "LICENSE": "\n\n   Apache License  \r\n Version 2.0"}, "Apache License"},
		"a heading":                {map[string]string{"package.json": `{}`, "LICENSE.md": "# The MIT License\n"}, "The MIT License"},
		"a number":                 {map[string]string{"package.json": `{"license": 7}`}, ""},
		"a list":                   {map[string]string{"package.json": `{"license": ["MIT"]}`}, ""},
		"no JSON":                  {map[string]string{"package.json": `license: MIT`}, ""},
		"control characters":       {map[string]string{"package.json": `{"license": "M\u0000I\u001bT"}`}, "MIT"},
		"a long one is cut":        {map[string]string{"package.json": `{"license": "` + strings.Repeat("包", 40) + `"}`}, strings.Repeat("包", 26)},
		"broken UTF-8":             {map[string]string{"package.json": `{}`, "LICENSE": "MIT\xff License"}, "MIT License"},
		"an empty file":            {map[string]string{"package.json": `{}`, "LICENSE": ""}, ""},
		"a huge file":              {map[string]string{"package.json": `{}`, "LICENSE": noise(1 << 20)}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := registrytest.Files(registry.Component, "hello", "1.0.0")
			maps.Copy(files, test.files)
			found, err := inspect(registrytest.ZIP(files), registry.Component)
			if err != nil || found.License != test.want || found.Name != "hello" || found.Version != "1.0.0" {
				t.Errorf("got %+v, %v; want license %q", found, err, test.want)
			}
		})
	}
}

// noise is text that can't be compressed much.
func noise(bytes int) string {
	random := make([]byte, bytes)
	rand.NewChaCha8([32]byte{}).Read(random)
	return hex.EncodeToString(random)
}
