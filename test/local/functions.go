package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// build compiles all functions for this machine, at once, and links them into
// the folders that s.yaml names.
func build(ctx context.Context, root, code string) error {
	bin := filepath.Join(code, "bin")
	if err := os.MkdirAll(bin, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, "./functions/...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the functions (start this in the folder of s.yaml): %w\n%s", err, output)
	}
	built, err := os.ReadDir(bin)
	if err != nil {
		return err
	}
	for _, f := range built {
		if err := link(filepath.Join(bin, f.Name()), filepath.Join(code, "target", f.Name(), "main")); err != nil {
			return err
		}
	}
	return nil
}

// link makes path another name of a file.
func link(file, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Link(file, path)
}

func (c *Cloud) startFunctions(ctx context.Context, o Options, account *sts.Account, code string) error {
	spec, err := fc.ReadSpec(cmp.Or(o.Spec, filepath.Join(o.Root, "s.yaml")))
	if err != nil {
		return err
	}
	c.Functions, err = fc.Start(ctx, spec, fc.Options{
		Account: account, Region: region, AccountID: accountID, CodeDir: code, Env: c.env,
		Listen:   map[string]string{gateway: o.Addr},
		NoTimers: o.NoTimers, Clock: o.Clock, Faults: o.Faults.FC, Meter: o.Meter, Log: o.Log, Output: o.Output,
	})
	if err != nil {
		return err
	}
	c.onClose(c.Functions.Close)
	close(c.running)
	return nil
}

// created hands a notification of the storage to the functions' triggers. One
// that an earlier run left comes before they are there.
func (c *Cloud) created(ctx context.Context, e oss.Created) error {
	select {
	case <-c.running:
	case <-ctx.Done():
		return ctx.Err()
	}
	return c.Functions.Deliver(ctx, fc.ObjectEvent{
		Event: e.Event, Bucket: e.Bucket, Key: e.Key, Size: e.Size, ETag: e.ETag, Time: e.Time, RequestID: e.RequestID,
	})
}
