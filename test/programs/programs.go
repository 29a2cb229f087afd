// Package programs builds the repository's commands for this machine.
package programs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Build builds the commands below a folder of the repository, functions or
// scripts, and gives each the path that place answers for its name.
//
// They are built in one place of the checkout, where Go leaves a program alone
// that is up to date: it goes by the content of all that the program is made
// of. So each is linked once, by whoever needs it first, and never is an old
// one used. Processes that build at the same time wait for each other. A program
// that was handed out stays as it is when another one is built later.
func Build(ctx context.Context, root, folder string, place func(name string) string) error {
	built := filepath.Join(root, "target", "this-machine", folder)
	unlock, err := lock(built)
	if err != nil {
		return fmt.Errorf("build the %s: %w", folder, err)
	}
	defer unlock()
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", "target/this-machine/"+folder, "./"+folder+"/...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the %s (start this in the folder of s.yaml): %w\n%s", folder, err, output)
	}
	sources, err := os.ReadDir(filepath.Join(root, folder)) // built may still have programs that are gone
	if err != nil {
		return err
	}
	for _, s := range sources {
		err := give(filepath.Join(built, s.Name()), place(s.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // not every folder is a command
			return err
		}
	}
	return nil
}

// lock makes a folder and waits until nobody else builds there.
func lock(folder string) (unlock func(), err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	file, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() { file.Close() }, nil //nolint:errcheck // ends the lock
}

// give makes path another name of a program, or a copy where that can't be.
func give(program, path string) error {
	if _, err := os.Stat(program); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if os.Link(program, path) == nil {
		return nil
	}
	from, err := os.Open(program)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // was only read
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o700)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
