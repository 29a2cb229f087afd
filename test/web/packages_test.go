package web

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// smallProjects are more than fit on one page of a search.
func smallProjects() []files {
	var all []files
	for _, framework := range []struct{ name, language string }{
		{"Express", "Node.js"}, {"Koa", "Node.js"}, {"Fastify", "Node.js"}, {"Nuxt", "Node.js"}, {"Remix", "Node.js"}, {"Svelte", "Node.js"},
		{"Django", "Python"}, {"Flask", "Python"}, {"FastAPI", "Python"}, {"Tornado", "Python"}, {"Sanic", "Python"},
		{"Gin", "Go"}, {"Echo", "Go"}, {"Fiber", "Go"}, {"Spring Boot", "Java"}, {"Quarkus", "Java"}, {"Micronaut", "Java"},
		{"Laravel", "PHP"}, {"ThinkPHP", "PHP"}, {"Slim", "PHP"}, {"Rails", "Ruby"}, {"Sinatra", "Ruby"}, {"ASP.NET Core", "C#"}, {"Axum", "Rust"},
	} {
		name := "example-" + strings.ToLower(strings.NewReplacer(" ", "-", ".", "-").Replace(framework.name))
		all = append(all, smallProject(name, framework.name, framework.language))
	}
	return all
}

func smallProject(name, framework, language string) files {
	return files{
		"publish.yaml": fmt.Sprintf(smallPublish, name, framework, language, language),
		"readme.md":    fmt.Sprintf("# %s\n\n用 %s 编写的示例项目，部署到函数计算。\n\n```bash\ns deploy\n```\n", framework, framework),
		"version.md":   "第一个版本。",
		"src/s.yaml":   "edition: 3.0.0\nname: example\nresources: {}\n",
	}
}

const smallPublish = `Edition: 3.0.0
Type: Project
Name: %s
Provider: [阿里云]
Version: 0.1.0
Description: %s（%s）示例项目，开箱即用
Effective: Public
Tags: [示例, '%s']
Category: Web框架
Service:
  函数计算:
    Authorities: [AliyunFCFullAccess]
Parameters: {}
`

// hostilePackages have each a readme of testdata/hostile, which is also their
// version's notes, and a publish.yaml that is hostile in every field.
func hostilePackages() ([]files, error) {
	publish, err := os.ReadFile("testdata/hostile/publish.yaml")
	if err != nil {
		return nil, err
	}
	readmes, err := filepath.Glob("testdata/hostile/*.md")
	if err != nil {
		return nil, err
	}
	var all []files
	for _, path := range readmes {
		readme, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := "hostile-" + strings.TrimSuffix(filepath.Base(path), ".md")
		all = append(all, files{
			"publish.yaml": strings.Replace(string(publish), "NAME", name, 1), "readme.md": string(readme), "version.md": string(readme),
			"package.json": `{"license": "<script>window.marker = 1</script>"}`,
		})
	}
	return all, nil
}

// corpus are packages with the real publish.yaml files of the folder that
// PUBLISH_YAML_CORPUS names, or none.
func corpus() ([]files, error) {
	named := os.Getenv("PUBLISH_YAML_CORPUS")
	if named == "" {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(named, "*.publish.yaml"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("PUBLISH_YAML_CORPUS names %s, which has no publish.yaml: %w", named, err)
	}
	var all []files
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(text, []byte("Type: Component")) && !bytes.Contains(text, []byte("Commands:")) {
			continue // the registry takes no such Component
		}
		all = append(all, files{
			"publish.yaml": string(text), "readme.md": "# " + strings.TrimSuffix(filepath.Base(path), ".publish.yaml") + "\n",
			"package.json": "{}", "src/readme.md": "src",
		})
	}
	return all, nil
}
