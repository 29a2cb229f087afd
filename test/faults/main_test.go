// Package faults shows what the registry promises when its parts fail: when
// storage calls fail or their answers are lost, processes die, clocks differ,
// credentials change, and many clients write at once.
package faults

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fc-registry/fc-registry/test/programs"
)

// root is the repository.
const root = "../.."

// built is where the programs are that the tests start.
var built string

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are expected
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	built = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// buildFunctions returns the folder that holds the functions as s.yaml names
// them.
var buildFunctions = sync.OnceValues(func() (string, error) {
	code := filepath.Join(built, "code")
	return code, programs.Build(context.Background(), root, "functions", func(name string) string {
		return filepath.Join(code, "target", name, "main")
	})
})

// buildScripts returns the folder of scripts/local and scripts/admin.
var buildScripts = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(built, "scripts")
	return folder, programs.Build(context.Background(), root, "scripts", func(name string) string {
		return filepath.Join(folder, name)
	})
})
