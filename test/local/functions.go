package local

import (
	"cmp"
	"context"
	"path/filepath"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/oss"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
	"github.com/fc-registry/fc-registry/test/programs"
)

// build puts all functions, made for this machine, into the folders that s.yaml
// names.
func build(ctx context.Context, root, code string) error {
	return programs.Build(ctx, root, "functions", func(name string) string {
		return filepath.Join(code, "target", name, "main")
	})
}

func (c *Cloud) startFunctions(ctx context.Context, o Options, account *sts.Account, code string) error {
	spec, err := fc.ReadSpec(cmp.Or(o.Spec, filepath.Join(o.Root, "s.yaml")))
	if err != nil {
		return err
	}
	c.Functions, err = fc.Start(ctx, spec, fc.Options{
		Account: account, Region: region, AccountID: accountID, CodeDir: code, Env: c.env,
		Listen:   map[string]string{gateway: o.Addr},
		NoTimers: o.NoTimers, Patience: o.Patience, Clock: o.Clock, Faults: o.Faults.FC, Meter: o.Meter, Log: o.Log, Output: o.Output,
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
