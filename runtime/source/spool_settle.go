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
	case o == FailedForNow:
		s.later(f.name)
		return nil
	}
	if err := s.putAway(f.name, o); err != nil && !errors.Is(err, fs.ErrNotExist) {
		// It stays known, so that it does not come again and again.
		return fmt.Errorf("%s: %w; it will come again; run: luapush relay check %s", s.path(spoolNew, f.name), reason(err), s.dir)
	}
	s.forget(f.name)
	return nil
}

func (s *Spool) putAway(name string, o Outcome) error {
	switch {
	case o == FailedForGood:
		return s.move(name, spoolFailed)
	case s.options.Keep:
		return s.move(name, spoolDone)
	}
	return os.Remove(s.path(spoolNew, name))
}

// move puts a file of new into another folder of the spool, which it makes when
// needed: only its reader needs to see it.
func (s *Spool) move(name, folder string) error {
	err := os.Rename(s.path(spoolNew, name), s.path(folder, name))
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Mkdir(s.path(folder), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(s.path(spoolNew, name), s.path(folder, name))
}

// later lets a file come again.
func (s *Spool) later(name string) {
	if !s.options.Follow {
		return // it stays known, and so does not come again
	}
	s.mu.Lock()
	s.again = append(s.again, spoolRetry{name: name, from: time.Now().Add(s.options.Retry)})
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
