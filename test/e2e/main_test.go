// Package e2e drives the registry as its users do: with the Serverless Devs
// CLI, over plain HTTP, and by the commands of scripts.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// cliProgram is the CLI's entry, relative to this folder.
const cliProgram = "node_modules/@serverless-devs/s/bin/s"

// root is the repository.
const root = "../.."

func TestMain(m *testing.M) {
	if err := installCLI(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e: install the CLI of test/e2e/package-lock.json:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// installCLI makes a fresh clone ready. Two test processes may do it at once:
// the second waits, and finds it done.
func installCLI() error {
	lock, err := os.Open("package-lock.json")
	if err != nil {
		return err
	}
	defer lock.Close() // ends the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	_, err = os.Stat(cliProgram)
	if _, missing := os.Stat(oldProgram); err == nil && missing == nil {
		return nil
	}
	npm := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci (it needs Node.js and the network): %w\n%s", err, output)
	}
	return nil
}
