package registry

import (
	"errors"
	"os"
)

// TempFile returns a new temporary file, and what ends it. Where the system
// lets an open file lose its name (all but Windows), nothing is left of it even
// when the process is killed.
func TempFile(pattern string) (file *os.File, remove func() error, err error) {
	file, err = os.CreateTemp("", pattern)
	if err != nil {
		return nil, nil, err
	}
	if os.Remove(file.Name()) == nil {
		return file, file.Close, nil
	}
	return file, func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }, nil
}
