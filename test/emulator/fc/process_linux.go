package fc

import "syscall"

// ownGroup starts a process in a group of its own, out of reach of a
// terminal's Ctrl-C, and has the kernel kill it when the launcher's thread is
// gone: after kill -9 of the emulator nothing stays behind.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
