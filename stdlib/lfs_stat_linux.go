package stdlib

import "syscall"

// lfsStat asks the system for a file's status, of what a link points to if it is
// to be followed.
func lfsStat(path string, follow bool) (lfsStatus, error) {
	stat := syscall.Lstat
	if follow {
		stat = syscall.Stat
	}
	var s syscall.Stat_t
	if err := stat(path, &s); err != nil {
		return lfsStatus{}, err
	}
	return lfsStatus{
		mode: s.Mode, dev: float64(s.Dev), ino: float64(s.Ino), nlink: float64(s.Nlink),
		uid: float64(s.Uid), gid: float64(s.Gid), rdev: float64(s.Rdev),
		access: float64(s.Atim.Sec), modification: float64(s.Mtim.Sec), change: float64(s.Ctim.Sec),
		size: float64(s.Size), blocks: float64(s.Blocks), blksize: float64(s.Blksize),
	}, nil
}
