package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Roles in which this program starts itself, as its only argument.
const (
	roleLoad = "role-load"
	roleBare = "role-bare"
)

// role runs the child's part of this program; ok is false in the parent.
func role(args []string) (ok bool, err error) {
	if len(args) != 2 {
		return false, nil
	}
	switch args[1] {
	case roleLoad:
		return true, load(os.Stdin, os.Stdout)
	case roleBare:
		return true, bare(os.Stdin, os.Stdout)
	}
	return false, nil
}

// command is this program in another role.
func command(ctx context.Context, role string) (*exec.Cmd, *bytes.Buffer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, self, role)
	said := new(bytes.Buffer)
	cmd.Stderr = said
	return cmd, said, nil
}

// child runs this program in another role to its end.
func child(ctx context.Context, role string, input []byte) ([]byte, error) {
	cmd, said, err := command(ctx, role)
	if err != nil {
		return nil, err
	}
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", role, err, said)
	}
	return output, nil
}

// peer is a child that runs beside this process until closed.
type peer struct {
	cmd   *exec.Cmd
	said  *bytes.Buffer
	stdin io.WriteCloser
}

// startPeer starts this program in another role, which ends when its standard
// input does, and hands it the input. The reader is its standard output.
func startPeer(ctx context.Context, role string, input []byte) (*peer, io.Reader, error) {
	cmd, said, err := command(ctx, role)
	if err != nil {
		return nil, nil, err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &peer{cmd, said, stdin}
	if _, err := stdin.Write(input); err != nil {
		return nil, nil, fmt.Errorf("%s: %w: %w", role, err, p.close())
	}
	return p, stdout, nil
}

func (p *peer) close() error {
	p.stdin.Close()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, p.said)
	}
	return nil
}
