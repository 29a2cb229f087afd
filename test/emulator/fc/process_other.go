//go:build !linux

package fc

import "syscall"

// ownGroup starts a process in a group of its own, out of reach of a
// terminal's Ctrl-C. There is no parent-death signal here: after kill -9 of
// the emulator its functions must be ended by hand.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
