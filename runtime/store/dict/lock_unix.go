//go:build unix && !solaris && !illumos && !aix

package dict

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// removeStale removes a lock unless it has become another file. Of several that
// see the same stale lock, one removes it, and none removes what came after it:
// they take turns by locking the stale file itself.
func removeStale(lockPath string, stale fs.FileInfo) error {
	f, opened, err := openFile(lockPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the lock %s is stale and cannot be opened to take it over: %w", lockPath, err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil // another one is at it
	}
	if !os.SameFile(opened, stale) {
		return nil
	}
	there, err := os.Lstat(lockPath)
	if err != nil || !os.SameFile(opened, there) {
		return nil // somebody was faster
	}
	return os.Remove(lockPath)
}

// keepOwner gives the new file the mode and owner of the old one, or, if there
// is none, of the folder it is in: Dovecot must be able to go on using it.
func keepOwner(f *os.File, old fs.FileInfo, dir string) error {
	mode := fs.FileMode(0)
	if old != nil {
		mode = old.Mode().Perm()
	} else {
		folder, err := os.Stat(dir)
		if err != nil {
			return err
		}
		old, mode = folder, folder.Mode().Perm()&0o666
	}
	is, err := f.Stat()
	if err != nil {
		return err
	}
	want, wantOK := old.Sys().(*syscall.Stat_t)
	have, haveOK := is.Sys().(*syscall.Stat_t)
	if wantOK && haveOK && (want.Uid != have.Uid || want.Gid != have.Gid) {
		if err := f.Chown(int(want.Uid), int(want.Gid)); err != nil {
			if want.Uid != have.Uid {
				return fmt.Errorf("the file would not belong to the user %d any more, and Dovecot could not use it: run luapush as that user: %w", want.Uid, err)
			}
			// Of another group: what the old group could do, this one must not.
			mode &^= 0o070
		}
	}
	return f.Chmod(mode)
}
