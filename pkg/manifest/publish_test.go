package manifest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/manifest"
	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/registrytest"
)

func wantInvalid(t *testing.T, err error, words ...string) {
	t.Helper()
	if registry.CodeOf(err) != registry.Invalid {
		t.Fatalf("got error %v, want Invalid", err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Fatalf("message %q does not say %q", err, w)
		}
	}
	if strings.ContainsAny(err.Error(), "\n\r") {
		t.Fatalf("message %q has several lines", err)
	}
}

func TestParseReadsEveryField(t *testing.T) {
	got, err := manifest.Parse(`
Edition: 3.0.0
Type: Component
Name: 示例
Version: 0.1.22
Provider:
  - 阿里云
  - Other
Description: 阿里云函数计算 🚀
HomePage: https://example.com/x
Organization: 示例组织（FC）
Effective: Organization
Tags: #标签
  - 部署函数
Category: 基础云服务
Service:
  函数计算:
    Authorities:
      - AliyunFCFullAccess
    Runtime: nodejs20
  对象存储:
Commands:
  deploy: 部署函数
  remove:
Parameters:
  type: object
  anything: [1, {a: b}]
`)
	if err != nil {
		t.Fatal(err)
	}
	want := manifest.Publish{
		Name: "示例", Version: "0.1.22", Type: registry.Component,
		Manifest: registry.Manifest{
			Description: "阿里云函数计算 🚀", HomePage: "https://example.com/x", Category: "基础云服务",
			Organization: "示例组织（FC）", Visibility: registry.Organization,
			Providers: []string{"阿里云", "Other"}, Tags: []string{"部署函数"},
			Service:  map[string]registry.Service{"函数计算": {Authorities: []string{"AliyunFCFullAccess"}, Runtime: "nodejs20"}, "对象存储": {}},
			Commands: map[string]string{"deploy": "部署函数", "remove": ""},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestParseTakesWhatPeopleWrite(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want manifest.Publish
	}{
		"nothing":                 {"", manifest.Publish{}},
		"a comment":               {"# to do\n", manifest.Publish{}},
		"Windows lines":           {"Name: a\r\nVersion: 1.0.0\r\n", manifest.Publish{Name: "a", Version: "1.0.0"}},
		"a byte order mark":       {"\ufeffName: a\n", manifest.Publish{Name: "a"}},
		"a document mark":         {"---\nName: a\n", manifest.Publish{Name: "a"}},
		"quotes":                  {`{"Name": "a", 'Version': "1.0.0"}`, manifest.Publish{Name: "a", Version: "1.0.0"}},
		"a version like a number": {"Version: 1.10\n", manifest.Publish{Version: "1.10"}},
		"a name like a number":    {"Name: 007\n", manifest.Publish{Name: "007"}},
		"a name like a truth":     {"Name: true\n", manifest.Publish{Name: "true"}},
		"empty fields":            {"Name:\nTags:\nService:\nCommands:\nProvider:\n", manifest.Publish{}},
		"single texts":            {"Tags: one\nProvider: 阿里云\n", manifest.Publish{Manifest: registry.Manifest{Tags: []string{"one"}, Providers: []string{"阿里云"}}}},
		"an empty text":           {"Tags: ''\n", manifest.Publish{}},
		"numbers in a list":       {"Tags: [1, 2.50, yes]\n", manifest.Publish{Manifest: registry.Manifest{Tags: []string{"1", "2.50", "yes"}}}},
		"an empty list":           {"Tags: []\n", manifest.Publish{Manifest: registry.Manifest{Tags: []string{}}}},
		"an authority alone":      {"Service:\n  OSS:\n    Authorities: A\n", manifest.Publish{Manifest: registry.Manifest{Service: map[string]registry.Service{"OSS": {Authorities: []string{"A"}}}}}},
		"commands in groups": {"Commands:\n  Z & A:\n    deploy: d\n    remove:\n  A:\n    info: 1\n", manifest.Publish{Manifest: registry.Manifest{CommandGroups: []registry.CommandGroup{
			{Name: "Z & A", Commands: map[string]string{"deploy": "d", "remove": ""}}, {Name: "A", Commands: map[string]string{"info": "1"}},
		}}}},
		"commands beside groups": {"Commands:\n  logs: l\n  A: {info: i}\n  Empty: {}\n  None:\n", manifest.Publish{Manifest: registry.Manifest{
			Commands:      map[string]string{"logs": "l", "None": ""},
			CommandGroups: []registry.CommandGroup{{Name: "A", Commands: map[string]string{"info": "i"}}},
		}}},
		"unknown fields": {"Name: a\nLogo: x\nNested: {a: [b]}\n", manifest.Publish{Name: "a"}},
		"several lines":  {"Description: |\n  一\n  二\n", manifest.Publish{Manifest: registry.Manifest{Description: "一\n二\n"}}},
	} {
		t.Run(name, func(t *testing.T) {
			test.want.Visibility = registry.Public
			got, err := manifest.Parse(test.text)
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct{ text, words string }{
		"what is not YAML":       {"Name: [", "line 2: "},
		"tabs":                   {"Service:\n\tOSS: x\n", "line 2: "},
		"a list":                 {"- a\n- b\n", "line 1: a list stands where a mapping is expected."},
		"a text":                 {"hello\n", "line 1: a text stands where a mapping is expected."},
		"a ZIP":                  {"PK\x03\x04\x00\x00\xff\xfe", "the text is not UTF-8"},
		"text that is not UTF-8": {"Name: \xff\xfe\n", "the text is not UTF-8"},
		"a list as a name":       {"Type: Plugin\nName: [a]\n", "line 2: a list stands where a text is expected."},
		"a map as a version":     {"Version: {a: 1}\n", "line 1: a mapping stands where a text is expected."},
		"a map as tags":          {"Tags: {a: 1}\n", "line 1: a mapping stands where a list is expected."},
		"a map among tags":       {"Tags:\n- {a: 1}\n", "line 2: a mapping stands where a text is expected."},
		"a list as services":     {"Service: [OSS]\n", "line 1: a list stands where a mapping is expected."},
		"a text as a service":    {"Service: {OSS: full into string}\n", "line 1: a text stands where a mapping is expected."},
		"a number as a service":  {"Service:\n  OSS: 5\n", "line 2: a text stands where a mapping is expected."},
		"a list as commands":     {"Commands: [deploy]\n", "line 1: a list stands where a mapping is expected."},
		"a list as a command":    {"Commands:\n  deploy: [x]\n", "line 2: a list stands where a text is expected."},
		"a list in a group":      {"Commands:\n  Build:\n    deploy: [x]\n", "line 3: a list stands where a text is expected."},
		"a group in a group":     {"Commands:\n  Build:\n    deploy:\n      help: x\n", "line 4: a mapping stands where a text is expected."},
		"a key twice in a group": {"Commands:\n  Build:\n    deploy: x\n    deploy: y\n", "line 4: "},
		"a key twice":            {"Name: a\nName: b\n", "line 2: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := manifest.Parse(test.text)
			wantInvalid(t, err, "publish.yaml can't be read: "+test.words)
			for _, internal := range []string{"yaml load", "construct", "!!", "manifest.", "[]string"} {
				if strings.Contains(err.Error(), internal) {
					t.Errorf("the message %q has %q, which is no word for a publisher", err, internal)
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, typ := range []registry.Type{registry.Component, registry.Plugin, registry.Project} {
		p, err := manifest.Parse(registrytest.PublishYAML(typ, "hello", "1.0.0"))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		p.Commands = nil
		if err := p.Check(); (err != nil) != (typ == registry.Component) {
			t.Errorf("%s without Commands: %v", typ, err)
		}
		p.CommandGroups = []registry.CommandGroup{{Name: "Build", Commands: map[string]string{"deploy": ""}}}
		if err := p.Check(); err != nil {
			t.Errorf("%s with Commands in groups: %v", typ, err)
		}
		p.CommandGroups = nil
		p.Version = "dev" // and what else the registry judges
		p.Commands = map[string]string{"deploy": ""}
		if err := p.Check(); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ from, to, words string }{
		{"Type: Component\n", "", "Type is missing|Component, Plugin or Project"},
		{"Type: Component\n", "Type: Application\n", `Type "Application"|Component, Plugin or Project`},
		{"Type: Component\n", "Type: component\n", `Type "component"`},
		{"Name: hello\n", "", "Name is missing"},
		{"Version: 1.0.0\n", "", "Version is missing"},
		{"Effective: Public\n", "Effective: public\n", `Effective "public"|Public, Private or Organization`},
		{"Commands:\n  deploy: 部署\n", "", "Commands is missing|deploy"},
		{"Commands:\n  deploy: 部署\n", "Commands: {}\n", "Commands is missing"},
		{"Commands:\n  deploy: 部署\n", "Commands: {Build: {}, Others: {}}\n", "Commands is missing"},
	} {
		text := registrytest.PublishYAML(registry.Component, "hello", "1.0.0")
		if !strings.Contains(text, test.from) {
			t.Fatalf("publish.yaml has no %q", test.from)
		}
		p, err := manifest.Parse(strings.Replace(text, test.from, test.to, 1))
		if err != nil {
			t.Fatal(err)
		}
		wantInvalid(t, p.Check(), strings.Split(test.words, "|")...)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(registrytest.PublishYAML(registry.Component, "hello", "1.0.0"))
	f.Add("Tags: #x\n  - a\nService: {a: {Authorities: b}}")
	f.Add("a: &a [x]\nTags: *a\n<<: {Name: b}")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := manifest.Parse(text)
		if err != nil {
			wantInvalid(t, err, "publish.yaml can't be read")
			return
		}
		if err := p.Check(); err != nil && registry.CodeOf(err) != registry.Invalid {
			t.Fatal(err)
		}
	})
}
