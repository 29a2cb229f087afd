package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"

	"github.com/fc-registry/fc-registry/test/emulator/fc"
)

// folder is one with a function's unpacked code. It is removed when the last
// version of the function that runs from it has ended.
type folder struct {
	path string
	uses atomic.Int32
}

func (f *folder) release() {
	if f.uses.Add(-1) == 0 {
		os.RemoveAll(f.path) //nolint:errcheck // at the latest by the next Open
	}
}

// deploy puts a stored function into service, from a folder with its code. Its
// caller holds the lock.
func (s *Service) deploy(f *function, at *folder) error {
	run, err := f.run(at.path)
	if err != nil {
		return err
	}
	at.uses.Add(1)
	if err := s.cloud.Deploy(f.Name, run, at.release); err != nil {
		at.release()
		return err
	}
	s.folders[f.Name] = at
	return nil
}

// run is what the cloud runs of a function.
func (f *function) run(codeDir string) (*fc.Function, error) {
	settings, err := f.Config.settings()
	if err != nil {
		return nil, err
	}
	run := settings.function(f.Name, codeDir)
	run.Triggers, err = f.triggers()
	return run, err
}

// restore puts the stored functions into service.
func (s *Service) restore(ctx context.Context) error {
	stored, err := s.functions("")
	if err != nil {
		return err
	}
	for _, f := range stored {
		if err := s.restoreFunction(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) restoreFunction(ctx context.Context, f *function) error {
	p, err := s.load(ctx, f.Name, f.Code)
	if err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.deploy(f, p.folder); err != nil {
		return fmt.Errorf("function %s: %w", f.Name, err)
	}
	if f.Address == "" {
		return nil
	}
	return s.listen(ctx, f)
}

// listen opens the address of a function's HTTP trigger: the one that it has
// had or that the cloud's Listen says, if that is free.
func (s *Service) listen(ctx context.Context, f *function) error {
	var config net.ListenConfig
	address := cmp.Or(f.Address, s.cloud.Listen[f.Name])
	listener, err := config.Listen(ctx, "tcp", address)
	if address == "" || err != nil {
		listener, err = config.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("HTTP trigger of function %s: %w", f.Name, err)
	}
	f.Address = listener.Addr().String()
	if err := s.save(f); err != nil {
		return errors.Join(err, listener.Close())
	}
	return s.cloud.Serve(f.Name, listener)
}
