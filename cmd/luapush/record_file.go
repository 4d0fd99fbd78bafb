package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/luapush/luapush/runtime/mail"
	"github.com/luapush/luapush/runtime/source"
)

// fixtureReader gives the transactions of several fixtures, one after the other.
type fixtureReader struct {
	a       *application
	names   []string
	in      io.Reader
	current *mail.Reader
}

// openFixtures opens fixtures for reading; the first at once, so that a wrong name
// is told before anything is written.
func (a *application) openFixtures(names []string) (source.Source, error) {
	r := &fixtureReader{a: a, names: names}
	return r, r.open()
}

func (r *fixtureReader) open() error {
	in, name, err := r.a.open(r.names[0])
	if err != nil {
		return err
	}
	r.names = r.names[1:]
	r.in, r.current = in, mail.NewReader(in, name)
	return nil
}

// Next implements source.Source. After an error about a document it goes on.
func (r *fixtureReader) Next(ctx context.Context) (*source.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		txn, err := r.current.Next()
		switch {
		case err == nil:
			return &source.Delivery{Transaction: txn}, nil
		case !errors.Is(err, io.EOF):
			return nil, err
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
		if len(r.names) == 0 {
			return nil, io.EOF
		}
		if err := r.open(); err != nil {
			return nil, err
		}
	}
}

// Settle implements source.Source: fixtures stay.
func (r *fixtureReader) Settle(*source.Delivery, source.Outcome) error { return nil }

// Close implements source.Source.
func (r *fixtureReader) Close() error {
	c, ok := r.in.(io.Closer)
	r.in = nil
	if !ok {
		return nil
	}
	return c.Close()
}

// fixtureWriter adds whole lines to a fixture.
type fixtureWriter struct {
	name string
	// file is nil for standard output, and plain tells that it is a file with an
	// end, which has been locked.
	file  *os.File
	plain bool
	size  int64
	out   io.Writer
	flush func() error
	line  []byte
}

// openFixture opens a fixture for adding to it; - is standard output. What is
// stripped may be read by everyone, what is not only by the user.
func (a *application) openFixture(name string, stripped bool) (*fixtureWriter, error) {
	if name == "-" {
		w := &fixtureWriter{name: standardOutput, out: a.out, flush: a.out.Flush}
		if f, ok := a.env.Stdout.(*os.File); ok {
			w.flush = func() error { return errors.Join(a.out.Flush(), ignorePipe(f.Sync())) }
		}
		return w, nil
	}
	mode := os.FileMode(0o600)
	if stripped {
		mode = 0o644
	}
	_, err := os.Stat(name)
	isNew := errors.Is(err, os.ErrNotExist)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_APPEND|os.O_CREATE, mode)
	if err != nil {
		return nil, writeError(name, err)
	}
	w := &fixtureWriter{name: name, file: f, out: f, flush: func() error { return ignorePipe(f.Sync()) }}
	if err := w.prepare(a, isNew); err != nil {
		_ = f.Close()
		return nil, err
	}
	return w, nil
}

// prepare locks the file and mends its end.
func (w *fixtureWriter) prepare(a *application, isNew bool) error {
	info, err := w.file.Stat()
	if err != nil {
		return writeError(w.name, err)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	w.plain = true
	if lockedByAnother(w.file) {
		return fmt.Errorf("%s: another luapush records to it; end that one, or give another name", w.name)
	}
	// What the file has now is what the last writer left.
	if info, err = w.file.Stat(); err != nil {
		return writeError(w.name, err)
	}
	w.size = info.Size()
	if isNew {
		return w.syncFolder()
	}
	return w.mend(a)
}

// syncFolder makes sure that a new file is found again after a failure of the
// machine.
func (w *fixtureWriter) syncFolder() error {
	dir, err := os.Open(filepath.Dir(w.name))
	if err != nil {
		return nil //nolint:nilerr // a folder that cannot be read can still be written to
	}
	defer dir.Close()
	return ignorePipe(dir.Sync())
}

// mend ends the last line, if it has no end. One that was cut off when luapush or
// the machine failed is removed: its transaction is in the spool still, as that is
// let go only after the line is whole.
func (w *fixtureWriter) mend(a *application) error {
	start, last, err := w.lastLine()
	if err != nil {
		return writeError(w.name, err)
	}
	if len(last) == 0 {
		return nil
	}
	if _, err := mail.Parse(last, w.name); err == nil {
		n, err := w.file.Write([]byte("\n"))
		w.size += int64(n)
		return writeError(w.name, err)
	}
	if !bytes.HasPrefix([]byte(recordedStart), last) && !bytes.HasPrefix(last, []byte(recordedStart)) {
		return fmt.Errorf("%s: the last line has no end, and is no transaction; complete it or remove it, then record again", w.name)
	}
	if err := w.file.Truncate(start); err != nil {
		return writeError(w.name, err)
	}
	w.size = start
	a.complain("%s: the last line was cut off when a recording ended at once, and has been removed; its transaction comes again from the spool", w.name)
	return nil
}

// recordedStart is how each line that luapush records begins.
const recordedStart = `{"version":1,`

// lastLine gives what follows the last line end, and where it starts.
func (w *fixtureWriter) lastLine() (start int64, last []byte, err error) {
	buf := make([]byte, 64<<10)
	for start = w.size; start > 0; {
		n := min(int64(len(buf)), start)
		chunk := buf[:n]
		if _, err := w.file.ReadAt(chunk, start-n); err != nil {
			return 0, nil, err
		}
		if at := bytes.LastIndexByte(chunk, '\n'); at >= 0 {
			return start - n + int64(at) + 1, append(bytes.Clone(chunk[at+1:]), last...), nil
		}
		last = append(bytes.Clone(chunk), last...)
		start -= n
		if len(last) > mail.DefaultMaxDocumentSize {
			return 0, nil, errors.New("its last line is larger than any transaction; it is no fixture")
		}
	}
	return 0, last, nil
}

// write adds a transaction as one line, or nothing.
func (w *fixtureWriter) write(txn *mail.Transaction) error {
	line, err := txn.AppendJSON(w.line[:0])
	if err != nil {
		return err
	}
	line = append(line, '\n')
	w.line = line
	n, err := w.out.Write(w.line)
	if err == nil {
		w.size += int64(n)
		return nil
	}
	if w.plain && n > 0 {
		err = errors.Join(err, w.file.Truncate(w.size))
	}
	return w.fault(err)
}

// sync returns when all lines are on the disk.
func (w *fixtureWriter) sync() error { return w.fault(w.flush()) }

// is tells whether the fixture is the file of that name.
func (w *fixtureWriter) is(name string) bool {
	if !w.plain {
		return false
	}
	own, err := w.file.Stat()
	if err != nil {
		return false
	}
	other, err := os.Stat(name)
	return err == nil && os.SameFile(own, other)
}

// Close lets go of the file.
func (w *fixtureWriter) Close() error {
	if w.file == nil {
		return w.fault(w.flush())
	}
	return w.fault(w.file.Close())
}

// ignorePipe leaves out what Sync says of what has no disk: pipes, terminals.
func ignorePipe(err error) error {
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

// fault says why lines could not be written, and that they come again.
func (w *fixtureWriter) fault(err error) error {
	if full(err) {
		return fmt.Errorf("%s: the disk is full; nothing was lost: make room and record again", w.name)
	}
	return writeError(w.name, err)
}

// full tells that there is no room on the disk.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// writeError says which file could not be written, and what to do.
func writeError(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s: no such folder; make it, or give another name", name)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%s: permission denied; make it writable, or give another name", name)
	case full(err):
		return fmt.Errorf("%s: the disk is full; make room, then do it again", name)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s: is a directory; give a file", name)
	}
	return fileError(name, err)
}
