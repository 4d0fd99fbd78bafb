package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/luapush/luapush/runtime/mail"
)

// tmpAge is how old a file in tmp must be for its writer to be dead.
const tmpAge = 36 * time.Hour

// manyWaiting is when looking into the folder without a reason is put off: there
// is enough to do, and the folder is large.
const manyWaiting = 1000

// wait returns when there may be something new, at the latest at until, if that
// is not zero. It looks into the folder where needed.
func (s *Spool) wait(ctx context.Context, until time.Time) error {
	wake := s.scanned.Add(s.options.Poll)
	if !until.IsZero() && until.Before(wake) {
		wake = until
	}
	s.mu.Lock()
	for _, r := range s.again {
		if r.from.Before(wake) {
			wake = r.from
		}
	}
	s.mu.Unlock()
	timer := time.NewTimer(time.Until(wake))
	defer timer.Stop()
	var events chan fsnotify.Event
	var errs chan error
	if s.watcher != nil {
		events, errs = s.watcher.Events, s.watcher.Errors
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		if time.Since(s.scanned) < s.options.Poll {
			s.readmit()
			return nil
		}
		return s.scan()
	case e, ok := <-events:
		return s.told(e, ok)
	case err := <-errs:
		// Events were lost, most likely: the system's queue was full. Whatever it
		// is, looking into the folder finds what there is, or says what is wrong.
		_ = err
		return s.scan()
	}
}

// told takes an event, and those that wait behind it.
func (s *Spool) told(e fsnotify.Event, ok bool) error {
	for {
		if !ok {
			s.watcher = nil
			return s.scan()
		}
		if e.Name == s.path(spoolNew) {
			// The folder itself was removed or replaced; scan says so.
			return s.scan()
		}
		if e.Has(fsnotify.Create) {
			s.add(filepath.Base(e.Name))
		}
		select {
		case e, ok = <-s.watcher.Events:
		default:
			return nil
		}
	}
}

// add takes a single file into the list.
func (s *Spool) add(name string) {
	info, err := os.Lstat(s.path(spoolNew, name))
	if err != nil || !s.learn(name) {
		return // it is gone, or not new
	}
	f := newSpoolFile(name, info)
	at, _ := slices.BinarySearchFunc(s.waiting, f, compareFiles)
	s.waiting = slices.Insert(s.waiting, at, f)
}

// learn tells whether a name in new is one to be taken, and remembers it.
func (s *Spool) learn(name string) bool {
	// Names with a dot in front are what other programs leave while they write.
	if strings.HasPrefix(name, ".") {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.known[name]; known {
		return false
	}
	s.known[name] = struct{}{}
	return true
}

func (s *Spool) forget(name string) {
	s.mu.Lock()
	delete(s.known, name)
	s.mu.Unlock()
}

// readmit lets files whose time has come be found again.
func (s *Spool) readmit() {
	var due []string
	s.mu.Lock()
	now := time.Now()
	s.again = slices.DeleteFunc(s.again, func(r spoolRetry) bool {
		if r.from.After(now) {
			return false
		}
		delete(s.known, r.name)
		due = append(due, r.name)
		return true
	})
	s.mu.Unlock()
	for _, name := range due {
		s.add(name)
	}
}

// scan looks into new for what is not known yet.
func (s *Spool) scan() error {
	s.readmit()
	if len(s.waiting) >= manyWaiting {
		s.scanned = time.Now()
		return nil
	}
	entries, err := os.ReadDir(s.path(spoolNew))
	if err != nil {
		return fmt.Errorf("%s: %w; run: luapush relay check %s", s.path(spoolNew), reason(err), s.dir)
	}
	s.scanned = time.Now()
	before := len(s.waiting)
	for _, e := range entries {
		if !s.learn(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			s.forget(e.Name()) // it is gone
			continue
		}
		s.waiting = append(s.waiting, newSpoolFile(e.Name(), info))
	}
	if len(s.waiting) > before {
		slices.SortFunc(s.waiting, compareFiles)
	}
	return nil
}

func newSpoolFile(name string, info fs.FileInfo) spoolFile {
	f := spoolFile{name: name, time: info.ModTime(), second: info.ModTime().Unix()}
	digits, _, ok := strings.Cut(name, ".")
	if n, err := strconv.ParseInt(digits, 10, 64); ok && err == nil && len(digits) == 10 {
		f.second = n
	}
	return f
}

func compareFiles(a, b spoolFile) int {
	switch {
	case a.second != b.second:
		return int(min(max(a.second-b.second, -1), 1))
	case !a.time.Equal(b.time):
		return a.time.Compare(b.time)
	}
	return strings.Compare(a.name, b.name)
}

// readAhead reads files until there are enough to see sessions go on.
func (s *Spool) readAhead() {
	for len(s.ahead) < Window && s.size < aheadSize && len(s.waiting) > 0 {
		f := s.waiting[0]
		s.waiting = s.waiting[1:]
		i, err := s.read(f)
		switch {
		case err == nil:
			s.ahead = append(s.ahead, i)
			s.size += i.size
			if id := i.txn.User.SessionID.Value; id != "" {
				s.sessions[id]++
			}
		case errors.Is(err, fs.ErrNotExist):
			s.forget(f.name)
		default:
			s.fault(f, err)
		}
	}
}

func (s *Spool) read(f spoolFile) (spoolItem, error) {
	file, err := openPlain(s.path(spoolNew, f.name))
	if err != nil {
		return spoolItem{}, reason(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return spoolItem{}, reason(err)
	}
	switch {
	case !info.Mode().IsRegular():
		return spoolItem{}, refused("not a plain file")
	case info.Size() == 0:
		return spoolItem{}, refused("empty; the machine may have failed before it was on the disk")
	case info.Size() > int64(s.options.MaxDocument):
		return spoolItem{}, refused(fmt.Sprintf("%d bytes are too much; %d are allowed", info.Size(), s.options.MaxDocument))
	}
	// One byte more than there may be: the file may grow meanwhile.
	data, err := io.ReadAll(io.LimitReader(file, int64(s.options.MaxDocument)+1))
	if err != nil {
		return spoolItem{}, reason(err)
	}
	txn, err := mail.Parse(data, f.name)
	if err != nil {
		return spoolItem{}, &refusal{err}
	}
	if err := s.checkOwner(info, txn); err != nil {
		return spoolItem{}, err
	}
	f.read = info
	return spoolItem{file: f, txn: txn, size: len(data), arrived: time.Now()}, nil
}

// checkOwner refuses a file whose writer is another system user than the one
// that the document is about; root and this process's own user may write any.
func (s *Spool) checkOwner(info fs.FileInfo, txn *mail.Transaction) error {
	owner, ok := ownerOf(info)
	uid, has := txn.User.UID.Get()
	if s.options.AnyOwner || !ok || !has || owner == 0 || owner == os.Geteuid() || owner == int(uid) {
		return nil
	}
	return refused(fmt.Sprintf("the file belongs to user id %d, but speaks for %s, whose user id is %d", owner, txn.User.Username, uid))
}

// refusal is a fault of the file itself, which no further try can mend.
type refusal struct{ err error }

func refused(text string) error { return &refusal{errors.New(text)} }

func (r *refusal) Error() string { return r.err.Error() }

func (r *refusal) Unwrap() error { return r.err }

// fault puts a file away that cannot be taken.
func (s *Spool) fault(f spoolFile, err error) {
	told := SpoolFault{Path: s.path(spoolNew, f.name), Err: err}
	var refusal *refusal
	if errors.As(err, &refusal) {
		if to, moved := s.move(f.name, spoolFailed); moved == nil {
			told.Path, told.Failed = to, true
			writeReason(to, err)
			s.forget(f.name)
		} else {
			told.Err = errors.Join(err, moved)
		}
	}
	if !told.Failed {
		s.later(f.name)
	}
	s.faults++
	if s.firstFault == nil {
		s.firstFault = told
	}
	if s.options.Fault != nil {
		s.options.Fault(told)
	}
}

// sweepTmp removes what dead writers left. What cannot be removed stays; it
// hinders nobody.
func (s *Spool) sweepTmp() {
	entries, err := os.ReadDir(s.path(spoolTmp))
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > tmpAge {
			_ = os.Remove(s.path(spoolTmp, e.Name()))
		}
	}
}
