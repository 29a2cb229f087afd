package registry_test

import (
	"strings"
	"testing"

	"github.com/fc-registry/fc-registry/pkg/registry"
)

func TestNamesThatAreAllowed(t *testing.T) {
	for _, name := range []string{"a", "0", "fc3", "start-fastify-v3", "A.b_c-d", "v33", "dev", "latest", strings.Repeat("x", registry.MaxUser)} {
		if err := registry.CheckName(name); err != nil {
			t.Errorf("CheckName(%q): %v", name, err)
		}
		if err := registry.CheckUser(name); err != nil {
			t.Errorf("CheckUser(%q): %v", name, err)
		}
	}
	if err := registry.CheckName(strings.Repeat("x", registry.MaxName)); err != nil {
		t.Error(err)
	}
}

func TestNamesThatAreRefused(t *testing.T) {
	for _, name := range []string{
		"", ".", "..", "-a", "_a", ".a", "a/b", "a b", "a\n", "a\x00", "包", "a@1", "a%2f", "a\\b", "ａ", strings.Repeat("x", registry.MaxName+1),
	} {
		wantError(t, registry.CheckName(name), registry.Invalid, "Name", "is not allowed", "128")
		wantError(t, registry.CheckUser(name), registry.Invalid, "user name", "is not allowed", "64")
	}
	wantError(t, registry.CheckUser(strings.Repeat("x", registry.MaxUser+1)), registry.Invalid, "user name", "64")
	long := registry.CheckName(strings.Repeat("包", 10_000))
	if len(long.Error()) > 500 {
		t.Errorf("the message about a long name has %d bytes", len(long.Error()))
	}
}

func TestNamesOfTheRootAreReserved(t *testing.T) {
	for _, name := range []string{"v3", "V3", "simple", "healthz", "search", "packages", "assets", "favicon.ico", "Ingest"} {
		wantError(t, registry.CheckName(name), registry.Invalid, name, "reserved", "another name")
		if err := registry.CheckUser(name); err != nil {
			t.Errorf("CheckUser(%q): %v", name, err)
		}
	}
}

func TestNamesAreOneWithoutRegardToCase(t *testing.T) {
	if !registry.SameName("Fc3", "fC3") || registry.SameName("fc3", "fc-3") || registry.Key("Fc3") != "fc3" {
		t.Error("Key and SameName do not fold case")
	}
}
