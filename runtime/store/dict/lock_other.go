//go:build !unix || solaris || illumos || aix

package dict

import (
	"errors"
	"io/fs"
	"os"
)

// removeStale removes a lock unless it has become another file.
func removeStale(lockPath string, stale fs.FileInfo) error {
	there, err := os.Lstat(lockPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !os.SameFile(there, stale) {
		return err
	}
	return os.Remove(lockPath)
}

// keepOwner keeps the mode; there are no owners as Dovecot knows them.
func keepOwner(f *os.File, old fs.FileInfo, _ string) error {
	if old == nil {
		return nil
	}
	return f.Chmod(old.Mode().Perm())
}
