package kv

import (
	"os"

	"golang.org/x/sys/unix"
)

// memoryFile returns a file that lives in memory and goes with its last
// descriptor.
func memoryFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("kv", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "kv"), nil
}
