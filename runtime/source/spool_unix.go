//go:build unix

package source

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// openPlain opens a file that others may have put there: a link is not
// followed, and a pipe that nobody writes to does not stop it.
func openPlain(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENXIO) {
		return nil, refused("not a plain file")
	}
	return f, err
}

func ownerOf(info fs.FileInfo) (int, bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}

// lockFolder takes the lock of a folder itself, which needs no right to write
// there and leaves nothing behind. It ends with the process.
func lockFolder(dir string) (io.Closer, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, reason(err)
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		_ = f.Close()
		return nil, ErrSpoolInUse
	case err != nil && !errors.Is(err, syscall.ENOSYS) && !errors.Is(err, syscall.EOPNOTSUPP) && !errors.Is(err, syscall.EBADF):
		// Some network file systems have no locks for folders; then it is up to
		// the user that there is one reader.
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
