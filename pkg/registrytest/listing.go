package registrytest

import (
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

// Listed is a catalog that lists itself.
type Listed interface {
	registry.Catalog
	registry.Listing
}

// Listing tests a registry.Listing. Each one that open returns is empty.
func Listing(t *testing.T, open func(*testing.T) Listed) {
	t.Run("every release of every package is listed once, deleted ones are not", func(t *testing.T) { testAll(t, open(t)) })
	t.Run("listing may be ended early", func(t *testing.T) { testAllBreak(t, open(t)) })
	t.Run("where there is nothing, nothing is listed", func(t *testing.T) {
		for r, err := range open(t).All(t.Context()) {
			t.Errorf("listed %+v, %v", r, err)
		}
	})
}

func testAll(t *testing.T, c Listed) {
	want := map[string]registry.Release{}
	for _, name := range []string{"hello", "Hello-World", "other"} {
		for _, version := range []string{"1.0.0", "2.0.0-rc.1+b", "3.0.0", "dev.0.1"} {
			r := publish(t, c, Release(t, name, version))
			if version == "3.0.0" {
				wantNoError(t, c.MarkDeleted(t.Context(), name, r.Version))
				continue
			}
			want[r.ZIP.Key] = summary(r)
		}
	}
	wantNoError(t, c.PutHead(t.Context(), registry.Head{Package: registry.Package{Name: "empty", Owner: "alice"}}))
	for r, err := range c.All(t.Context()) {
		wantNoError(t, err)
		equalRelease(t, r, want[r.ZIP.Key])
		delete(want, r.ZIP.Key)
	}
	if len(want) > 0 {
		t.Errorf("not listed: %s", show(want))
	}
}

func testAllBreak(t *testing.T, c Listed) {
	publish(t, c, Release(t, "hello", "1.0.0"))
	publish(t, c, Release(t, "hello", "2.0.0"))
	listed := 0
	for _, err := range c.All(t.Context()) {
		wantNoError(t, err)
		listed++
		break
	}
	equal(t, listed, 1)
}
