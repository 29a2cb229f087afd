package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// template is made by a test, in the likeness of one of the vendor's.
type template struct {
	name   string
	code   map[string]string // below src; "-> PATH" is a link
	folder string            // of the function's code, below src
	before string            // what is run before a deployment; "" for nothing
	props  string            // more of the function's, as YAML
	more   string            // resources
	plain  bool              // readme.md is a file
}

// templates are as many as the vendor has, and shaped as theirs.
func templates() []template {
	index := func(name, file, text string) template {
		return template{name: name, folder: "code", code: map[string]string{"code/" + file: text}}
	}
	with := func(made template, before string, files map[string]string) template {
		made.before = before
		for path, text := range files {
			made.code[path] = text
		}
		return made
	}
	container := func(name, file string, files map[string]string) template {
		made := with(index(name, file, "server\n"), "", map[string]string{"code/Dockerfile": "FROM scratch\n"})
		made.props = "      customContainerConfig:\n        image: \"{{ acrImage }}\"\n"
		return with(made, "", files)
	}
	custom := func(name, command string, files map[string]string) template {
		return template{name: name, folder: "code", code: files, props: "      customRuntimeConfig:\n        command:\n          - " + command + "\n"}
	}
	const spring = "code/src/main/java/com/example/demo/"
	java := map[string]string{
		"code/pom.xml": "<project/>\n", spring + "DemoApplication.java": "class DemoApplication {}\n", spring + "controller/HelloController.java": "class HelloController {}\n",
		"code/src/main/resources/application.properties": "server.port=9000\n", "code/src/test/java/com/example/demo/DemoApplicationTests.java": "class DemoApplicationTests {}\n",
	}
	maven := func(name string, more map[string]string) template {
		made := template{name: name, folder: "", code: map[string]string{"pom.xml": "<project/>\n", "src/main/java/example/App.java": "class App {}\n"}}
		return with(made, "node --version", more)
	}
	dotnet := func(name string) template {
		return template{name: name, folder: "HelloWorldApp", before: "node --version", code: map[string]string{
			"HelloWorldApp/HelloWorldApp.csproj": "<Project/>\n", "HelloWorldApp/Program.cs": "// a program\n",
		}}
	}
	golang := func(name string) template {
		return with(index(name, "main.go", "package main\n"), "node --version", map[string]string{"code/go.mod": "module example\n"})
	}
	plain := func(made template) template {
		made.plain = true
		return made
	}
	domain := index("start-example-custom-domain", "index.js", "exports.handler = 1\n")
	domain.more = "\n  test-domain:\n    component: fc3-domain\n    props:\n      region: ${vars.region}\n      domainName: auto\n      routeConfig:\n        routes:\n          - functionName: ${resources.hello_world.props.functionName}\n            path: /a\n"
	const node = "exports.handler = async (event) => 'hello'\n"
	const python = "def handler(event, context):\n    return 'hello'\n"
	return []template{
		container("start-example-container-golang", "main.go", map[string]string{"code/go.mod": "module example\n", "code/go.sum": ""}),
		container("start-example-container-java", "settings.xml", java),
		container("start-example-container-nodejs", "server.js", map[string]string{"code/package.json": "{}\n"}),
		container("start-example-container-python", "app.py", nil),
		plain(with(custom("start-example-custom-golang", "./target/main", map[string]string{"code/main.go": "package main\n"}), "node --version", map[string]string{"code/go.mod": "module example\n"})),
		with(custom("start-example-custom-java", "java", map[string]string{"code/.fcignore": "src\n"}), "node --version", java),
		installed(),
		custom("start-example-custom-python", "python3", map[string]string{"code/server.py": "# serves\n", "code/requirements.txt": "flask\n"}),
		domain,
		dotnet("start-example-dotnetcore"), dotnet("start-example-dotnetcore-http"),
		golang("start-example-golang"), golang("start-example-golang-http"),
		maven("start-example-java", nil), maven("start-example-java-http", map[string]string{"src/main/java/example/Event.java": "class Event {}\n"}),
		index("start-example-nodejs-exec", "index.js", node), index("start-example-nodejs-es", "index.mjs", "export const handler = 1\n"),
		index("start-example-nodejs", "index.js", node), index("start-example-nodejs-json", "index.js", node),
		with(index("start-example-nodejs-oss", "index.js", node), "", nil), index("start-example-nodejs-http", "index.js", node),
		plain(with(index("start-example-mcp-server-of-a-name-that-says-what-the-template-is-for-and-how-it-is-run", "src/index.ts", "export {}\n"), "", map[string]string{
			".signore": "target\n", "build.yaml": "hello_world: {}\n", "code/.fcignore": "src\n", "code/.gitattributes": "* text\n", "code/README.md": "# it\n", "code/tsconfig.json": "{}\n",
		})),
		index("start-example-php", "index.php", "<?php\n"), index("start-example-php-http", "index.php", "<?php\n"),
		index("start-example-python", "index.py", python), index("start-example-python-http", "index.py", python),
	}
}

// installed is a template with its modules, as npm installs them.
func installed() template {
	return template{
		name: "start-example-custom-nodejs", folder: "code",
		props: "      customRuntimeConfig:\n        command:\n          - node\n          - server.js\n",
		code: map[string]string{
			"code/server.js": "require('@example/tool').serve()\n", "code/package.json": `{"dependencies": {"@example/tool": "1.0.0"}}`,
			"code/node_modules/.package-lock.json":              "{}\n",
			"code/node_modules/.bin/tool":                       "-> ../@example/tool/bin/cli.js",
			"code/node_modules/.bin/tool-too":                   "-> ../@example/tool/bin/cli.js",
			"code/node_modules/@example/tool/bin/cli.js":        "#!/usr/bin/env node\nrequire('..').serve()\n",
			"code/node_modules/@example/tool/index.js":          "exports.serve = () => require('inner')\n",
			"code/node_modules/@example/tool/package.json":      `{"name": "@example/tool", "bin": {"tool": "bin/cli.js", "tool-too": "bin/cli.js"}}`,
			"code/node_modules/inner/index.js":                  "\n",
			"code/node_modules/inner/docs":                      "-> ./lib/docs",
			"code/node_modules/inner/lib/docs/read me & más.md": "# 说明\n",
		},
	}
}

// write writes the template's folder.
func (made template) write(t *testing.T, dir string) {
	t.Helper()
	files := map[string]string{
		"publish.yaml": made.publishYAML(), "version.md": "- the first\n",
		"hook/index.js": "module.exports = { preInit: async () => {}, postInit: async () => {} };\n",
		"src/s.yaml":    made.spec(), "src/readme.md": "# " + made.name + " 帮助文档\n",
		"readme.md": "-> src/readme.md",
	}
	if made.plain {
		files["readme.md"] = "# " + made.name + "\n"
	}
	for path, text := range made.code {
		files["src/"+path] = text
	}
	for path, text := range files {
		to, link := strings.CutPrefix(text, "-> ")
		if !link {
			continue
		}
		delete(files, path)
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
	}
	writeFiles(t, dir, files)
	for path, text := range files {
		if strings.HasPrefix(text, "#!") {
			if err := os.Chmod(filepath.Join(dir, path), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (made template) publishYAML() string {
	return fmt.Sprintf(`
Edition: 3.0.0
Type: Project
Name: %s
Version: 0.0.11
Provider:
  - 阿里云
Description: 快速部署一个函数到阿里云函数计算。
HomePage: https://example.com/templates
Tags: # 标签
  - 函数计算
  - 新手入门
Category: 新手入门
Service:
  函数计算:
    Authorities:
      - AliyunFCFullAccess
Organization: 示例团队（FC） # 所属组织
Effective: Public # 是否公开，取值：Public，Private，Organization
Parameters:
  type: object
  additionalProperties: false # 不允许增加其他属性
  required: # 必填项
    - region
    - functionName
    - runtime
  properties:
    region:
      title: 地域
      type: string
      default: cn-huhehaote
      enum:
        - cn-beijing
        - cn-hangzhou
    functionName:
      title: 函数名称
      type: string
      default: start-${default-suffix}
      pattern: "^[a-zA-Z_][a-zA-Z0-9-_]{0,127}$"
    runtime:
      title: 运行时
      type: string
      default: custom.debian10
    acrImage:
      title: 镜像
      type: string
      default: ""
`, made.name)
}

func (made template) spec() string {
	before, handler := "", "      handler: index.handler\n"
	if strings.Contains(made.props, "custom") {
		handler = "" // it has a command
	}
	if made.before != "" {
		before = fmt.Sprintf("    actions:\n      pre-${regex('deploy|local')}:\n        - run: %s\n          path: ./%s\n", made.before, made.folder)
	}
	return fmt.Sprintf(`# ------------------------------------
#   如有问题：https://example.com
# ------------------------------------
edition: 3.0.0
name: hello-world-app
access: "{{ access }}"

vars: # 全局变量
  region: "{{ region }}"

resources:
  hello_world:
    component: fc3
%s    props:
      region: ${vars.region}
      functionName: "{{ functionName }}"
      runtime: "{{ runtime }}"
      description: 'hello world by serverless devs'
      timeout: 30
      memorySize: 512
      cpu: 0.5
      diskSize: 512
%s      code: ./%s
%s%s`, before, handler, made.folder, made.props, made.more)
}
