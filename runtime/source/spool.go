package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fsnotify/fsnotify"

	"github.com/luapush/luapush/runtime/mail"
)

// SpoolOptions say how a spool folder is read. The zero value takes what is
// there now, removes what is done, and ends.
type SpoolOptions struct {
	// Follow waits for more where there is no more, until the context ends.
	Follow bool
	// Keep moves what is done into the folder done instead of removing it.
	Keep bool
	// Idle is how long, when following, a session must be silent to count as
	// ended. A transaction that may be its session's last is held back for so
	// long. 0 is DefaultIdle; less than 0 holds nothing back.
	Idle time.Duration
	// Poll is the time between two looks into the folder that nothing gave a
	// reason for; a network file system does not tell what other hosts do. 0 is
	// DefaultPoll.
	Poll time.Duration
	// Retry is how long a transaction that failed for now waits for its next
	// try, when following; without it waits for the next reader. 0 is
	// DefaultRetry.
	Retry time.Duration
	// AnyOwner takes files whose owner is not the system user that they say the
	// mail user has. Without it they are refused: where every mail user may
	// write into the folder, one could speak for another.
	AnyOwner bool
	// MaxDocument is the size of the largest document in bytes; 0 is
	// mail.DefaultMaxDocumentSize.
	MaxDocument int
	// Fault is told of each file that could not be taken, and why. It is called
	// by Next. nil is nobody.
	Fault func(SpoolFault)
}

// Defaults of SpoolOptions.
const (
	DefaultIdle  = 200 * time.Millisecond
	DefaultPoll  = 2 * time.Second
	DefaultRetry = 10 * time.Second
)

// The folders of a spool. Whoever writes makes a file in tmp and renames it into
// new; the others are made by the reader.
const (
	spoolTmp    = "tmp"
	spoolNew    = "new"
	spoolDone   = "done"
	spoolFailed = "failed"
)

// ErrSpoolInUse says that another reader has the spool folder.
var ErrSpoolInUse = errors.New("another luapush reads this folder")

// SpoolFault is a file that could not be taken.
type SpoolFault struct {
	Path string // where it is now
	Err  error
	// Failed says that it was moved into the folder failed, with a file
	// NAME.reason beside it. Else it stays where it was and is tried again later.
	Failed bool
}

// Error says where and why. Whoever may write into new chooses the names, so one
// that is not printable is quoted.
func (f SpoolFault) Error() string { return shown(f.Path) + ": " + f.Err.Error() }

func shown(path string) string {
	for _, r := range path {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			return strconv.Quote(path)
		}
	}
	return path
}

// Unwrap gives the cause.
func (f SpoolFault) Unwrap() error { return f.Err }

// Spool is a folder with one transaction document a file, as the relay writes
// them.
//
// Files are taken from new in the order of the second in their names, then of
// their modification times, then of their names: names made by one session sort
// in their order. One that has been given out stays there until it is settled, so
// that a reader that dies loses nothing; what it had not settled comes again. One
// that is no document, or not a plain file, is moved into failed.
//
// When a mail session ends is not told to a handler that could write it down
// (script_deinit does not say whose it is), so Last is a guess. Without Follow it
// is set on the last transaction of a session among those the reader can look
// ahead to ([Window]). With Follow it is set when nothing of the session has come
// for Options.Idle; a session that goes on after that begins anew. Who keeps
// sessions open for longer may take Last as advice.
type Spool struct {
	dir     string
	options SpoolOptions
	lock    io.Closer
	watcher *fsnotify.Watcher // nil: polling only

	// waiting are files that have not been read, in order; ahead are those that
	// have, and sessions counts them by session id, size their bytes. Only Next
	// uses these.
	waiting  []spoolFile
	ahead    []spoolItem
	sessions map[string]int
	size     int
	scanned  time.Time
	// faults counts what was not taken, for the error at the end.
	faults     int
	firstFault error
	over       bool

	// moving is held from the choice of a free name until it is taken.
	moving sync.Mutex

	mu sync.Mutex
	// known are the names that must not be taken from the folder again: those in
	// waiting and ahead, and those given out.
	known map[string]struct{}
	given map[*Delivery]spoolFile
	// again are those to be tried again, with the time from which on.
	again  []spoolRetry
	closed bool
}

// spoolFile is a file in new.
type spoolFile struct {
	name   string
	second int64       // from the name, else of the modification time
	time   time.Time   // of the last modification
	read   fs.FileInfo // of the file that was read
}

type spoolItem struct {
	file    spoolFile
	txn     *mail.Transaction
	size    int
	arrived time.Time
}

type spoolRetry struct {
	name string
	from time.Time
}

// aheadSize bounds the bytes of documents that are read ahead.
const aheadSize = 64 << 20

// NewSpool opens a spool folder, with its folder new, for reading. Only one
// reader at a time can have it: [ErrSpoolInUse].
func NewSpool(dir string, o SpoolOptions) (*Spool, error) {
	o.Idle = orDefault(o.Idle, DefaultIdle)
	o.Poll = orDefault(o.Poll, DefaultPoll)
	o.Retry = orDefault(o.Retry, DefaultRetry)
	if o.MaxDocument <= 0 {
		o.MaxDocument = mail.DefaultMaxDocumentSize
	}
	info, err := os.Stat(filepath.Join(dir, spoolNew))
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no spool folder: %w; run: luapush relay check %s", dir, reason(err), dir)
	}
	s := &Spool{
		dir: dir, options: o, sessions: map[string]int{},
		known: map[string]struct{}{}, given: map[*Delivery]spoolFile{},
	}
	if s.lock, err = lockFolder(dir); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if o.Follow {
		s.watch()
	}
	s.sweepTmp()
	return s, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// reason is an error without the operation and path that it repeats.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// watch asks the system to tell of new files. Where it cannot, polling does.
func (s *Spool) watch() {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return
	}
	if w.Add(s.path(spoolNew)) != nil {
		_ = w.Close()
		return
	}
	s.watcher = w
}

// Next gives the next transaction. Without Follow, io.EOF says that there are no
// more; if files could not be taken, an error that counts them comes before it.
func (s *Spool) Next(ctx context.Context) (*Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if s.scanned.IsZero() {
			if err := s.scan(); err != nil {
				return nil, err
			}
		}
		s.readAhead()
		if len(s.ahead) == 0 && !s.options.Follow {
			return nil, s.end()
		}
		if len(s.ahead) > 0 {
			last, until := s.isLast(s.ahead[0])
			if until.IsZero() {
				return s.give(last), nil
			}
			if err := s.wait(ctx, until); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.wait(ctx, time.Time{}); err != nil {
			return nil, err
		}
	}
}

// end is what Next gives when there is no more.
func (s *Spool) end() error {
	if s.faults == 0 || s.over {
		return io.EOF
	}
	s.over = true
	files := "1 file"
	if s.faults > 1 {
		files = fmt.Sprintf("%d files", s.faults)
	}
	return fmt.Errorf("%s: %s could not be taken; the first: %w", s.dir, files, s.firstFault)
}

// isLast tells whether the transaction is its session's last, as far as can be
// known, and until when that has to be waited for.
func (s *Spool) isLast(i spoolItem) (last bool, until time.Time) {
	id := i.txn.User.SessionID.Value
	switch {
	case id == "":
		return true, time.Time{}
	case s.sessions[id] > 1:
		return false, time.Time{}
	case !s.options.Follow || s.options.Idle < 0 || len(s.waiting) > 0:
		return true, time.Time{}
	}
	if until := i.arrived.Add(s.options.Idle); time.Now().Before(until) {
		return false, until
	}
	return true, time.Time{}
}

func (s *Spool) give(last bool) *Delivery {
	i := s.ahead[0]
	s.ahead[0] = spoolItem{}
	s.ahead = s.ahead[1:]
	s.size -= i.size
	if id := i.txn.User.SessionID.Value; id != "" {
		if s.sessions[id]--; s.sessions[id] == 0 {
			delete(s.sessions, id)
		}
	}
	d := &Delivery{Transaction: i.txn, Last: last}
	s.mu.Lock()
	s.given[d] = i.file
	s.mu.Unlock()
	return d
}

func (s *Spool) path(elements ...string) string {
	return filepath.Join(append([]string{s.dir}, elements...)...)
}
