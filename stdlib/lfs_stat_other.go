//go:build !linux && !darwin && !freebsd && !netbsd

package stdlib

import (
	"io/fs"
	"os"
)

// lfsStat gives what Go tells of a file on every system; the rest is 0.
func lfsStat(path string, follow bool) (lfsStatus, error) {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(path)
	if err != nil {
		return lfsStatus{}, err
	}
	s := lfsStatus{
		mode: uint32(info.Mode().Perm()), nlink: 1, size: float64(info.Size()),
		access: float64(info.ModTime().Unix()), modification: float64(info.ModTime().Unix()), change: float64(info.ModTime().Unix()),
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		s.mode |= lfsRegular
	case mode.IsDir():
		s.mode |= lfsDirectory
	case mode&fs.ModeSymlink != 0:
		s.mode |= lfsLink
	case mode&fs.ModeCharDevice != 0:
		s.mode |= lfsCharacter
	}
	return s, nil
}
