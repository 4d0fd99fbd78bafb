//go:build unix

package main

import (
	"errors"
	"os"
	"syscall"
)

// lockedByAnother locks a file until it is closed, or tells that another process
// has. File systems without locks leave it to the user.
func lockedByAnother(f *os.File) bool {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	return errors.Is(err, syscall.EWOULDBLOCK)
}
