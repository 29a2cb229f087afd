// Package faults shows what the registry promises when its parts fail: when
// storage calls fail or their answers are lost, processes die, clocks differ,
// credentials change, and many clients write at once.
package faults

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// root is the repository.
const root = "../.."

// programs is where what the tests start is built.
var programs string

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // failures are expected
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// buildFunctions compiles the functions once, and returns the folder that holds
// them as s.yaml names them.
var buildFunctions = sync.OnceValues(func() (string, error) {
	code := filepath.Join(programs, "code")
	if err := build("./functions/...", filepath.Join(code, "bin")+"/"); err != nil {
		return "", err
	}
	built, err := os.ReadDir(filepath.Join(code, "bin"))
	if err != nil {
		return "", err
	}
	for _, f := range built {
		folder := filepath.Join(code, "target", f.Name())
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
		if err := os.Rename(filepath.Join(code, "bin", f.Name()), filepath.Join(folder, "main")); err != nil {
			return "", err
		}
	}
	return code, nil
})

// buildScripts compiles scripts/local and scripts/admin once.
var buildScripts = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(programs, "scripts")
	return folder, build("./scripts/...", folder+"/")
})

func build(packages, out string) error {
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", out, packages)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", packages, err, output)
	}
	return nil
}
