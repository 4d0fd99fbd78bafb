//go:build unix

package oracle

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

const (
	terminate = syscall.SIGTERM
	kill      = syscall.SIGKILL
)

// joinGroup lets a command join a process group, or lead one of its own when
// group is 0. Signals from the terminal do not reach it then.
func joinGroup(cmd *exec.Cmd, group int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group}
}

// signalGroup sends a signal to a process group; a group that is gone already is
// what was wanted.
func signalGroup(group int, s syscall.Signal) { _ = syscall.Kill(-group, s) }

func groupAlive(group int) bool { return syscall.Kill(-group, 0) == nil }

// lockFile makes a file and takes its lock, without waiting. The lock lasts
// until the file is closed or this process ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: another process uses this directory: %w", path, err)
	}
	return f, nil
}

func ownedByUs(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
