package local

import (
	"context"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
	"github.com/fc-registry/fc-registry/test/emulator/fc/control"
	"github.com/fc-registry/fc-registry/test/emulator/sts"
)

// codeBucket keeps what is deployed.
const codeBucket = "local-code"

// startControl starts Function Compute with nothing deployed. The gateway of
// s.yaml will answer at the registry's address.
func (c *Cloud) startControl(ctx context.Context, o Options, account *sts.Account) error {
	var err error
	c.Functions, err = fc.New(fc.Options{
		Account: account, Region: region, AccountID: accountID,
		Listen:   map[string]string{functionPrefix + gateway: o.Addr},
		NoTimers: o.NoTimers, Patience: o.Patience, Clock: o.Clock, Faults: o.Faults.FC, Meter: o.Meter, Log: o.Log, Output: o.Output,
	})
	if err != nil {
		return err
	}
	c.onClose(c.Functions.Close)
	close(c.running)
	plane, err := control.Open(ctx, control.Options{Cloud: c.Functions, OSS: c.Ready.OSS, Bucket: codeBucket, Dir: below(o.Data, "functions")})
	if err != nil {
		return err
	}
	c.onClose(func(context.Context) error { return plane.Close() })
	c.Ready.Control, err = c.serve("control", plane)
	return err
}

// functionPrefix comes before a resource's name in s.yaml's functionName.
const functionPrefix = "fc-registry-"
