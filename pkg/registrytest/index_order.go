package registrytest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// downloaded sets totals, by name.
func downloaded(t *testing.T, c Indexed, totals map[string]int64) {
	t.Helper()
	for name, total := range totals {
		wantNoError(t, c.PutDownloads(t.Context(), name, total))
	}
}

// Neither saying a word often, nor downloads, make a worse place a better one.
func testRelevance(t *testing.T, c Indexed) {
	const again = "redis redis redis redis redis "
	says := func(where func(*registry.Release)) func(*registry.Head) {
		return func(h *registry.Head) { where(h.Latest) }
	}
	everywhere := says(func(r *registry.Release) {
		r.Manifest.Description, r.Manifest.Tags, r.Texts.Readme = again, []string{"Redis", "redis cache"}, again
	})
	write(t, c,
		bare(t, "readme-only", says(func(r *registry.Release) { r.Texts.Readme = strings.Repeat(again, 20) })),
		bare(t, "described", says(func(r *registry.Release) { r.Manifest.English = again })),
		bare(t, "tagged", says(func(r *registry.Release) { r.Manifest.Tags = []string{"redis"} })),
		bare(t, "elsewhere", everywhere),
		bare(t, "my-Redis", says(func(r *registry.Release) { r.Texts.Readme = strings.Repeat("other words ", 100) })),
		bare(t, "redis-cache", everywhere),
		bare(t, "redis"),
		bare(t, "nothing"),
	)
	for i := range 30 { // so that the word is rare, or else it would not tell much
		write(t, c, bare(t, fmt.Sprintf("filler-%02d", i), says(func(r *registry.Release) {
			r.Manifest.Description, r.Texts.Readme = "something else", "something else"
		})))
	}
	downloaded(t, c, map[string]int64{"redis-cache": 1, "my-redis": 2, "elsewhere": 3, "described": 4, "tagged": 5, "readme-only": 6, "nothing": 7})
	wantOrder(t, c, registry.Search{Text: "Redis"}, "redis redis-cache my-redis elsewhere described tagged readme-only")
	wantOrder(t, c, registry.Search{Text: "redis cache"}, "redis-cache elsewhere")
	wantOrder(t, c, registry.Search{Text: "redis", Sort: registry.ByDownloads}, "readme-only tagged described elsewhere my-redis redis-cache redis")
}

func testRelevanceTies(t *testing.T, c Indexed) {
	for i, name := range []string{"tool-e", "tool-d", "Tool-A", "tool-b", "tool-c"} {
		write(t, c, bare(t, name, func(h *registry.Head) {
			h.Latest.Texts.Readme = strings.Repeat("tool ", 1+10*i) + strings.Repeat("padding ", 100-20*i)
		}))
	}
	downloaded(t, c, map[string]int64{"tool-d": 10, "tool-e": 20})
	for _, text := range []string{"", "tool", "to"} {
		for _, sort := range []registry.Sort{registry.ByRelevance, registry.ByTime, registry.ByDownloads} {
			wantOrder(t, c, registry.Search{Text: text, Sort: sort}, "tool-e tool-d tool-a tool-b tool-c")
		}
	}
}

func testOrders(t *testing.T, c Indexed) {
	for i, name := range []string{"c", "b", "a", "E", "d"} {
		write(t, c, bare(t, name, func(h *registry.Head) {
			h.Latest.PublishTime = time.Unix(1_700_000_000+int64(i/2), 0).UTC()
			h.Latest.Manifest.Description = "word"
		}))
	}
	downloaded(t, c, map[string]int64{"a": 9, "b": 100, "c": 99, "d": 9, "e": 1000})
	for _, text := range []string{"", "word"} {
		wantOrder(t, c, registry.Search{Text: text, Sort: registry.ByDownloads}, "e b c a d")
		wantOrder(t, c, registry.Search{Text: text, Sort: registry.ByTime}, "d e a b c")
		wantOrder(t, c, registry.Search{Text: text}, "e b c a d")
	}
	downloaded(t, c, map[string]int64{"d": 5000})
	wantOrder(t, c, registry.Search{Sort: registry.ByDownloads}, "d e b c a")
	h := bare(t, "b", func(h *registry.Head) { h.Latest.PublishTime = time.Unix(1_800_000_000, 0).UTC() })
	write(t, c, h)
	wantOrder(t, c, registry.Search{Sort: registry.ByTime}, "b d e a c")
	wantOrder(t, c, registry.Search{Sort: registry.ByDownloads}, "d e b c a") // a release keeps the downloads
}
