package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// addresses are where the services of a data folder listen: the same at the next
// start, for functions that were deployed there keep them in their environment.
type addresses struct {
	path   string // "" when all stays in memory
	byName map[string]string
}

func readAddresses(data string) (*addresses, error) {
	a := &addresses{below(data, "addresses.json"), make(map[string]string)}
	if a.path == "" {
		return a, nil
	}
	text, err := os.ReadFile(a.path)
	if errors.Is(err, os.ErrNotExist) {
		return a, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &a.byName)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.path, err)
	}
	return a, nil
}

// listen listens where the service did before, if that is free, and else on a
// free loopback port.
func (a *addresses) listen(name string) (net.Listener, error) {
	if before := a.byName[name]; before != "" {
		if listener, err := net.Listen("tcp", before); err == nil {
			return listener, nil
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a.byName[name] = listener.Addr().String()
	return listener, a.write()
}

func (a *addresses) write() error {
	if a.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(a.path), 0o700); err != nil {
		return err
	}
	text, err := json.MarshalIndent(a.byName, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(a.path, append(text, '\n'), 0o600)
}
