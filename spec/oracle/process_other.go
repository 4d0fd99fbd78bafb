//go:build !unix

package oracle

import (
	"errors"
	"os"
	"os/exec"
)

// There is no Dovecot where there is no Unix: find says so before any of this is
// called.

type signal int

const (
	terminate signal = iota
	kill
)

func signalGroup(int, signal) {}

func groupAlive(int) bool { return false }

func lockFile(path string) (*os.File, error) {
	return nil, &os.PathError{Op: "lock", Path: path, Err: errors.ErrUnsupported}
}

func ownedByUs(os.FileInfo) bool { return false }

func joinGroup(*exec.Cmd, int) {}
