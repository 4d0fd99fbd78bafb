package dict

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

var (
	errLockTimeout = errors.New("timed out")
	errLockLost    = errors.New("the lock was taken away")
)

// lock is a held PATH.lock, which is also the file that replaces PATH.
type lock struct {
	path, lockPath string
	file           *os.File
	done           bool
}

// acquire makes PATH.lock, as soon as there is none.
func acquire(ctx context.Context, path string, staleAfter time.Duration) (*lock, error) {
	lockPath := path + ".lock"
	w := watch{lockPath: lockPath, staleAfter: staleAfter}
	pause := time.Millisecond
	for {
		file, err := os.OpenFile(lockPath, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			return &lock{path: path, lockPath: lockPath, file: file}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err := w.look(); err != nil {
			return nil, err
		}
		// Not all at the same moments: the writers of a busy file take turns.
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, w.gaveUp(context.Cause(ctx))
		}
		pause = min(2*pause, 50*time.Millisecond)
	}
}

// watch is another's lock, and for how long it has been the same.
type watch struct {
	lockPath   string
	staleAfter time.Duration
	last       fs.FileInfo
	since      time.Time
}

// look removes the lock if it is stale. It is stale when it has been looked at for staleAfter and
// never changed, which is Dovecot's rule, or when its time is that far behind
// the clock of the file system: a holder writes at once and is done.
func (w *watch) look() error {
	info, err := os.Lstat(w.lockPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.last == nil || !os.SameFile(info, w.last) || !info.ModTime().Equal(w.last.ModTime()) || info.Size() != w.last.Size() {
		w.last, w.since = info, time.Now()
	}
	stale := time.Since(w.since) >= w.staleAfter
	if !stale && time.Since(info.ModTime()) >= w.staleAfter {
		// Only the clock that made the lock's time can tell its age.
		now, err := fileSystemTime(filepath.Dir(w.lockPath))
		if err != nil {
			return err
		}
		stale = now.Sub(info.ModTime()) >= w.staleAfter
	}
	if !stale {
		return nil
	}
	return removeStale(w.lockPath, info)
}

func (w *watch) gaveUp(cause error) error {
	age := ""
	if w.last != nil {
		age = fmt.Sprintf(", which is there since %s", w.last.ModTime().Format(time.RFC3339))
	}
	return fmt.Errorf("waiting for the lock %s%s: %w; if no Dovecot and no luapush is running, remove it", w.lockPath, age, cause)
}

// fileSystemTime is the time of the machine that holds the folder.
func fileSystemTime(dir string) (time.Time, error) {
	f, err := os.CreateTemp(dir, ".luapush-clock-")
	if err != nil {
		return time.Time{}, err
	}
	info, err := f.Stat()
	f.Close()
	if err := errors.Join(err, os.Remove(f.Name())); err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// ours tells whether PATH.lock is still the file that was made.
func (l *lock) ours() bool {
	mine, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.lockPath)
	return err == nil && os.SameFile(mine, there)
}

// commit makes the lock file the dict file. Afterwards the lock is free.
func (l *lock) commit() error {
	if err := l.file.Sync(); err != nil {
		return err
	}
	if !l.ours() {
		return errLockLost
	}
	if err := os.Rename(l.lockPath, l.path); err != nil {
		return err
	}
	l.done = true
	syncFolder(filepath.Dir(l.path))
	return nil
}

// release frees the lock, if it was not committed and nobody took it away.
func (l *lock) release() {
	if !l.done && l.ours() {
		_ = os.Remove(l.lockPath) // a lock that stays becomes stale
	}
	l.file.Close()
}

// syncFolder makes the new name last. The content is on the disk already, under
// the old or the new name; a file system that cannot sync folders loses nothing.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		d.Close()
	}
}
