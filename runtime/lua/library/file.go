package library

import (
	"bufio"
	"context"
	"io"
	"io/fs"
	"syscall"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// file is a file handle of a script.
type file struct {
	r    io.Reader
	w    io.Writer
	seek io.Seeker
	// close closes it; nil for the standard files, which stay open.
	close func() error
	// process is set for a handle of io.popen.
	process Process
	// interrupt ends waiting for it, from any goroutine; nil where nothing waits.
	interrupt func()
	in        *bufio.Reader
	out       []byte
	closed    bool
	mode      buffering
	value     *vm.LUserData
}

// within ends what a handle waits for when the deadline of the running call
// comes before done is called.
func (f *file) within(l *vm.LState) (done func()) { return within(l, f.interrupt) }

func within(l *vm.LState, interrupt func()) (done func()) {
	if interrupt == nil {
		return func() {}
	}
	ctx, cancel := native.Of(l).Waiting()
	stop := context.AfterFunc(ctx, interrupt)
	return func() {
		stop()
		cancel()
		native.Look(l)
	}
}

type buffering uint8

const (
	bufferFull buffering = iota
	bufferLine
	bufferNone
)

// bufferSize is how much is kept before it is written.
const bufferSize = 4096

// files are the handles of one state.
type files struct {
	stdin, stdout, stderr *file
	input, output         *file
	open                  map[*file]struct{}
	metatable             *vm.LTable
}

// openFiles makes the standard handles, when first needed.
func (s *state) openFiles() {
	if s.files != nil {
		return
	}
	f := &files{open: map[*file]struct{}{}}
	s.files = f
	f.stdin = &file{r: s.options.Stdin}
	f.stdout = &file{w: s.options.Stdout}
	f.stderr = &file{w: s.options.Stderr, mode: bufferNone}
	f.input, f.output = f.stdin, f.stdout
}

// Flush writes what io.write has kept. A host calls it when a call into the
// state is over.
func Flush(l *vm.LState) {
	if s, ok := native.Of(l).Library().(*state); ok {
		s.flush()
	}
}

// flush writes what print and io.write have kept.
func (s *state) flush() {
	if s.files != nil {
		_ = s.files.stdout.flush()
		_ = s.files.output.flush()
	}
}

// patience is how long a process that a script left behind has to end, once its
// other end is closed, or a FIFO to take what was written.
const patience = time.Second

func (f *files) closeAll() {
	_ = f.stdout.flush()
	for open := range f.open {
		if open.interrupt != nil {
			defer time.AfterFunc(patience, open.interrupt).Stop()
		}
		_ = open.shut()
	}
	clear(f.open)
}

// userData gives the value that stands for a file.
func (s *state) userData(f *file) *vm.LUserData {
	if f.value == nil {
		f.value = &vm.LUserData{Value: f, Metatable: s.fileMetatable()}
	}
	return f.value
}

func (s *state) fileMetatable() *vm.LTable {
	if s.files.metatable == nil {
		methods := s.l.CreateTable(0, 8)
		for _, e := range s.lib.fileFns {
			methods.RawSetString(e.name, e.value)
		}
		mt := s.l.CreateTable(0, 8)
		mt.RawSetString("__name", vm.LString("FILE*"))
		mt.RawSetString("__index", methods)
		for _, e := range s.lib.fileMT {
			mt.RawSetString(e.name, e.value)
		}
		s.files.metatable = mt
	}
	return s.files.metatable
}

// register notes an open file, for closing it with the state.
func (s *state) register(f *file) *vm.LUserData {
	s.files.open[f] = struct{}{}
	return s.userData(f)
}

// reader gives the buffered input, after writing what was kept.
func (f *file) reader() (*bufio.Reader, error) {
	if f.r == nil {
		if f.w != nil || f.seek != nil {
			return nil, syscall.EBADF
		}
		return nil, io.EOF
	}
	if err := f.flush(); err != nil {
		return nil, err
	}
	if f.in == nil {
		f.in = bufio.NewReaderSize(f.r, bufferSize)
	}
	return f.in, nil
}

// write keeps or writes bytes, after leaving what was read ahead.
func (f *file) write(b []byte) error {
	if f.w == nil {
		if f.r != nil {
			return syscall.EBADF
		}
		return nil
	}
	if err := f.rewind(); err != nil {
		return err
	}
	f.out = append(f.out, b...)
	full := len(f.out) >= bufferSize || f.mode == bufferNone
	for i := 0; !full && f.mode == bufferLine && i < len(b); i++ {
		full = b[i] == '\n'
	}
	if full {
		return f.flush()
	}
	return nil
}

func (f *file) flush() error {
	if len(f.out) == 0 {
		return nil
	}
	out := f.out
	f.out = f.out[:0]
	if f.w == nil {
		return nil
	}
	_, err := f.w.Write(out)
	return err
}

// rewind goes back over what was read ahead.
func (f *file) rewind() error {
	if f.in == nil || f.in.Buffered() == 0 || f.seek == nil {
		return nil
	}
	_, err := f.seek.Seek(-int64(f.in.Buffered()), io.SeekCurrent)
	f.in.Reset(f.r)
	return err
}

// shut closes the file, but not a process.
func (f *file) shut() error {
	err := f.flush()
	f.closed = true
	f.in = nil
	if f.process != nil {
		_, _, failure := f.process.Close()
		return failure
	}
	if f.close != nil {
		if failure := f.close(); err == nil {
			err = failure
		}
	}
	return err
}

// maxOpen is how many files a state may have open. Nothing closes those that a
// script forgets, before the state itself is closed.
const maxOpen = 1000

// full is the error of one more.
func (f *files) full() error {
	if len(f.open) < maxOpen {
		return nil
	}
	return syscall.EMFILE
}

// openFile opens a file by the library's system.
func (s *state) openFile(name, mode string) (*file, error) {
	if err := s.files.full(); err != nil {
		return nil, err
	}
	plain := make([]byte, 0, 2)
	for i := range len(mode) {
		if mode[i] != 'b' {
			plain = append(plain, mode[i])
		}
	}
	opened, err := s.lib.system.Open(name, string(plain))
	if err != nil {
		return nil, err
	}
	f := &file{r: opened, w: opened, seek: opened, close: opened.Close, interrupt: interruption(opened)}
	switch string(plain) {
	case "r":
		f.w = nil
	case "w", "a":
		f.r = nil
	}
	return f, nil
}

// interruption gives what ends the waiting for a FIFO or a device; other files do
// not wait.
func interruption(opened File) func() {
	f, ok := opened.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode().IsRegular() {
		return nil
	}
	return func() { _ = opened.Close() }
}

// toFile gives the file of an argument, open or closed.
func toFile(l *vm.LState) *file {
	if ud, ok := l.Get(1).(*vm.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			return f
		}
	}
	native.TypeError(l, 1, "FILE*")
	return nil
}

// checkFile gives the open file that is the first argument.
func checkFile(l *vm.LState) *file {
	f := toFile(l)
	if f.closed {
		native.Raise(l, "attempt to use a closed file")
	}
	return f
}
