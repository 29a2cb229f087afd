package faults

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// commands lets the world's administrator work by scripts/admin, whose process
// can be killed.
func commands(t *testing.T, w *world) {
	t.Helper()
	dir, err := buildScripts()
	must(t, err)
	ready := filepath.Join(t.TempDir(), "ready.json")
	must(t, w.Write(ready))
	var mu sync.Mutex
	var running *exec.Cmd
	w.command = func(args ...string) error {
		cmd := exec.Command(filepath.Join(dir, "admin"), append([]string{"-ready", ready}, args...)...)
		mu.Lock()
		running = cmd
		err := cmd.Start()
		mu.Unlock()
		if err == nil {
			err = cmd.Wait()
		}
		if err != nil {
			return fmt.Errorf("admin: %w", err)
		}
		return nil
	}
	functions := w.kill
	w.kill = func(function string) error {
		if function != "admin" {
			return functions(function)
		}
		mu.Lock()
		defer mu.Unlock()
		if running == nil {
			return errors.New("scripts/admin does not run")
		}
		return running.Process.Kill()
	}
}
