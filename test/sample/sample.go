// Package sample makes packages to list and search, as many as wanted, like
// those that people publish: of all types, in Chinese and English. Package i is
// always the same.
package sample

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Owner is the user who owns the packages.
const Owner = "dev"

// Catalog is where packages are put.
type Catalog interface {
	PutRelease(ctx context.Context, r registry.Release) (registry.Release, error)
	PutHead(ctx context.Context, h registry.Head) error
}

// fillers is how many write at once.
const fillers = 32

// Fill puts the packages from up to to, with one release each: the rows that
// publishing them would have left. Their ZIPs are nowhere.
func Fill(ctx context.Context, c Catalog, from, to int) error {
	var all sync.WaitGroup
	errs := make([]error, fillers)
	for first := range fillers {
		all.Go(func() {
			for i := from + first; i < to && errs[first] == nil; i += fillers {
				errs[first] = put(ctx, c, Head(i))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func put(ctx context.Context, c Catalog, h registry.Head) error {
	if _, err := c.PutRelease(ctx, *h.Latest); err != nil {
		return fmt.Errorf("fill %s: %w", h.Name, err)
	}
	err := c.PutHead(ctx, h)
	if registry.CodeOf(err) == registry.Conflict {
		return nil // the SDK wrote again what had been written, and was late to be told
	}
	return err
}

// What the packages are about.
func frameworks() []string {
	return []string{"express", "django", "flask", "fastapi", "gin", "spring", "laravel", "next", "nuxt", "koa", "egg", "rails", "vue", "react", "angular", "puppeteer", "ffmpeg", "langchain", "qwen", "stable-diffusion"}
}

func verbs() []string { return []string{"start", "deploy", "use", "build", "run"} }

// Categories are those of the packages; package i is of category i modulo their
// number, and Tags and Types are given in the same way.
func Categories() []string {
	return []string{"Web框架", "人工智能", "音视频处理", "数据库", "基础云服务", "图文处理", "Others"}
}

// Tags are one tag of each package.
func Tags() []string {
	return []string{"部署函数", "http", "GPU", "定时任务", "日志", "gateway"}
}

// Types are the types of the packages.
func Types() []registry.Type {
	return []registry.Type{registry.Component, registry.Project, registry.Plugin}
}

// Name is the name of package i.
func Name(i int) string {
	return fmt.Sprintf("%s-%s-%06d", of(verbs(), i), of(frameworks(), i/len(verbs())), i)
}

func of[T any](values []T, i int) T { return values[i%len(values)] }

// began is when package 0 was published; each one came a minute after the one
// before it.
func began() time.Time { return time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC) }

// Head is package i.
func Head(i int) registry.Head {
	name, framework := Name(i), of(frameworks(), i/len(verbs()))
	version, _ := registry.ParseVersion(fmt.Sprintf("1.%d.%d", i%7, i%11)) // is one, always
	return registry.Head{
		Package: registry.Package{Name: name, Owner: Owner, Visibility: registry.Public},
		Latest: &registry.Release{
			Name: name, Version: version, Type: of(Types(), i), Publisher: Owner, Upload: name,
			PublishTime: began().Add(time.Duration(i) * time.Minute),
			ZIP: registry.ZIP{
				Key: registry.PackagePrefix + name + "/filled.zip", License: "Apache-2.0",
				Digest: registry.Digest{Size: 10 << 10, SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
			},
			Manifest: registry.Manifest{
				Description: "快速部署 " + framework + " 应用到函数计算，开箱即用",
				English:     "Deploys " + framework + " to Function Compute",
				HomePage:    "https://example.com/" + name, Category: of(Categories(), i), Visibility: registry.Public,
				Providers: []string{"阿里云"}, Tags: []string{of(Tags(), i), framework},
				Service:  map[string]registry.Service{"函数计算": {Authorities: []string{"AliyunFCFullAccess"}, Runtime: "custom"}},
				Commands: map[string]string{"deploy": "部署"},
			},
			Texts: registry.Texts{Readme: readme(i, framework), VersionBody: "- 首个版本\n"},
		},
	}
}

// readme is about a kilobyte, with words of its own.
func readme(i int, framework string) string {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	words := []string{"函数", "计算", "应用", "模板", "日志服务", "对象存储", "域名", "触发器", "冷启动", "instance", "memory", "timeout", "bucket", "trigger", "region", "domain", "handler", "runtime", "layer", "vpc"}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n在函数计算上运行 %s。\n\n", framework, framework)
	for range 8 {
		b.WriteString("- ")
		for range 12 {
			b.WriteString(words[random.IntN(len(words))] + " ")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
