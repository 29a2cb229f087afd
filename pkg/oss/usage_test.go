package oss_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fc-registry/fc-registry/pkg/registry"
	"github.com/fc-registry/fc-registry/pkg/trace"
)

// Signing is no call: it is done here.
func TestCallsAreCounted(t *testing.T) {
	of := new(trace.Request)
	ctx := trace.With(t.Context(), of)
	b := bucket(t)
	if _, _, err := b.Open(ctx, "uploads/none.zip"); registry.CodeOf(err) != registry.NotFound {
		t.Error(err)
	}
	if err := b.PutZIP(ctx, "packages/one.zip", strings.NewReader("PK")); err != nil {
		t.Error(err)
	}
	if err := b.Delete(ctx, "uploads/none.zip"); err != nil {
		t.Error(err)
	}
	if _, err := b.PresignDownload(ctx, "packages/none.zip", "none.zip", time.Minute); err != nil {
		t.Error(err)
	}
	if got := of.Usage(); got != (trace.Usage{OSS: 3}) {
		t.Errorf("counted %+v, want 3 calls", got)
	}
}
