package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Settle removes the file of a transaction that is done, or moves it into done
// if the options say so; moves one that failed for good into failed; and leaves
// one that failed for now, which comes again: when following after
// Options.Retry, else to the next reader. Any goroutine may call it. After Close
// it does nothing but return an error.
func (s *Spool) Settle(d *Delivery, o Outcome) error {
	s.mu.Lock()
	f, ok := s.given[d]
	delete(s.given, d)
	closed := s.closed
	s.mu.Unlock()
	switch {
	case closed:
		return errors.New("the spool folder is closed already")
	case !ok:
		return errors.New("this transaction is not from the spool folder, or was settled before")
	case s.replaced(f):
		s.comeAgain(f.name, time.Now())
		return nil
	case o == FailedForNow:
		s.later(f.name)
		return nil
	}
	if err := s.putAway(f.name, o); err != nil && !errors.Is(err, fs.ErrNotExist) {
		// It stays known, so that it does not come again and again.
		return fmt.Errorf("%s: %w; it will come again; run: luapush relay check %s", shown(s.path(spoolNew, f.name)), reason(err), s.dir)
	}
	s.forget(f.name)
	return nil
}

func (s *Spool) putAway(name string, o Outcome) error {
	switch {
	case o == FailedForGood:
		_, err := s.move(name, spoolFailed)
		return err
	case s.options.Keep:
		_, err := s.move(name, spoolDone)
		return err
	}
	return os.Remove(s.path(spoolNew, name))
}

// replaced tells whether another file has taken the place of one that was given
// out: it is a transaction of its own, which must not go with the first.
func (s *Spool) replaced(f spoolFile) bool {
	now, err := os.Lstat(s.path(spoolNew, f.name))
	return err == nil && !os.SameFile(now, f.read)
}

// move puts a file of new into another folder of the spool, which it makes when
// needed: only its reader needs to see it. It gives the path there: where there is
// such a file already, a number is added to the name.
func (s *Spool) move(name, folder string) (string, error) {
	s.moving.Lock()
	defer s.moving.Unlock()
	to := s.freePath(folder, name)
	err := os.Rename(s.path(spoolNew, name), to)
	if !errors.Is(err, fs.ErrNotExist) {
		return to, err
	}
	if err := os.Mkdir(s.path(folder), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return to, err
	}
	return to, os.Rename(s.path(spoolNew, name), to)
}

// reasonSuffix is what the name of a file with the reason ends in.
const reasonSuffix = ".reason"

// freePath is where a file can go without taking the place of another, or of
// another's reason.
func (s *Spool) freePath(folder, name string) string {
	path := s.path(folder, name)
	for n := 2; exists(path) || exists(path+reasonSuffix); n++ {
		path = s.path(folder, fmt.Sprintf("%s.%d", name, n))
	}
	return path
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// writeReason says beside a file why it failed. What stands there already is left
// alone, and a link is not followed: names come from whoever may write into new.
// Only people read it; where it cannot be written, Fault has said it.
func writeReason(path string, reason error) {
	f, err := os.OpenFile(path+reasonSuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return
	}
	_, _ = f.WriteString(reason.Error() + "\n")
	_ = f.Close()
}

// later lets a file come again.
func (s *Spool) later(name string) {
	if !s.options.Follow {
		return // it stays known, and so does not come again
	}
	s.comeAgain(name, time.Now().Add(s.options.Retry))
}

// comeAgain lets the reader find a name anew from then on.
func (s *Spool) comeAgain(name string, from time.Time) {
	s.mu.Lock()
	s.again = append(s.again, spoolRetry{name: name, from: from})
	s.mu.Unlock()
}

// Close lets go of the folder. What was given out and not settled stays there,
// and comes to the next reader.
func (s *Spool) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	s.mu.Unlock()
	if closed {
		return nil
	}
	var err error
	if s.watcher != nil {
		err = s.watcher.Close()
	}
	return errors.Join(err, s.lock.Close())
}
