package library

import (
	"io"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var ioFunctions = []function{
	{"close", ioClose},
	{"flush", ioFlush},
	{"input", ioInput},
	{"lines", ioLines},
	{"open", ioOpen},
	{"output", ioOutput},
	{"popen", ioPopen},
	{"read", ioRead},
	{"tmpfile", ioTmpFile},
	{"type", ioType},
	{"write", ioWrite},
}

var fileMethods = []function{
	{"close", fileClose},
	{"flush", fileFlush},
	{"lines", fileLines},
	{"read", fileRead},
	{"seek", fileSeek},
	{"setvbuf", fileSetVBuf},
	{"write", fileWrite},
}

var fileMetamethods = []function{
	{"__gc", fileCollect},
	{"__close", fileCollect},
	{"__tostring", fileToString},
}

func (s *state) fillIO(t *vm.LTable) {
	s.openFiles()
	t.RawSetString("stdin", s.userData(s.files.stdin))
	t.RawSetString("stdout", s.userData(s.files.stdout))
	t.RawSetString("stderr", s.userData(s.files.stderr))
}

func ioFiles(l *vm.LState) (*state, *files) {
	s := stateOf(l)
	s.openFiles()
	return s, s.files
}

func ioType(l *vm.LState) int {
	native.CheckAny(l, 1)
	v := vm.LNil
	if ud, ok := l.Get(1).(*vm.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			v = vm.LString("file")
			if f.closed {
				v = vm.LString("closed file")
			}
		}
	}
	l.Push(v)
	return 1
}

func fileToString(l *vm.LState) int {
	f := toFile(l)
	if f.closed {
		l.Push(vm.LString("file (closed)"))
		return 1
	}
	l.Push(vm.LString("file (" + pointer(l.Get(1)) + ")"))
	return 1
}

func closeFile(l *vm.LState, f *file) int {
	s, all := ioFiles(l)
	if f == all.stdin || f == all.stdout || f == all.stderr {
		_ = f.flush()
		l.Push(vm.LNil)
		l.Push(vm.LString("cannot close standard file"))
		return 2
	}
	delete(s.files.open, f)
	if f.process != nil {
		defer f.within(l)()
		_ = f.flush()
		f.closed = true
		how, code, err := f.process.Close()
		return processResult(l, how, code, err)
	}
	return fileResult(l, "", f.shut())
}

func fileClose(l *vm.LState) int { return closeFile(l, checkFile(l)) }

// fileCollect closes a file that goes out of use.
func fileCollect(l *vm.LState) int {
	if f := toFile(l); !f.closed {
		closeFile(l, f)
	}
	return 0
}

func ioClose(l *vm.LState) int {
	if l.GetTop() > 0 {
		return fileClose(l)
	}
	_, all := ioFiles(l)
	return closeFile(l, defaultFile(l, all.output, "output"))
}

func defaultFile(l *vm.LState, f *file, what string) *file {
	if f.closed {
		native.Raise(l, "default %s file is closed", what)
	}
	return f
}

// validMode tells C's modes with an optional b.
func validMode(mode string) bool {
	if mode == "" || strings.IndexByte("rwa", mode[0]) < 0 {
		return false
	}
	rest := strings.TrimPrefix(mode[1:], "+")
	return strings.Trim(rest, "b") == ""
}

func ioOpen(l *vm.LState) int {
	name, mode := native.CheckString(l, 1), native.OptString(l, 2, "r")
	if !validMode(mode) {
		native.ArgError(l, 2, "invalid mode")
	}
	s, _ := ioFiles(l)
	f, err := s.openFile(name, mode)
	refuse(l, "io.open", err)
	if err != nil {
		return fileResult(l, name, err)
	}
	l.Push(s.register(f))
	return 1
}

func ioPopen(l *vm.LState) int {
	command, mode := native.CheckString(l, 1), native.OptString(l, 2, "r")
	if mode != "r" && mode != "w" {
		native.ArgError(l, 2, "invalid mode")
	}
	s, _ := ioFiles(l)
	s.flush()
	if err := s.files.full(); err != nil {
		return fileResult(l, command, err)
	}
	p, err := s.lib.system.Popen(native.Of(l).Host(), command, mode)
	refuse(l, "io.popen", err)
	if err != nil {
		return fileResult(l, command, err)
	}
	f := &file{process: p, interrupt: p.Kill}
	if mode == "r" {
		f.r = p
	} else {
		f.w = p
	}
	l.Push(s.register(f))
	return 1
}

func ioTmpFile(l *vm.LState) int {
	s, _ := ioFiles(l)
	name, err := s.lib.system.Temporary()
	refuse(l, "io.tmpfile", err)
	if err != nil {
		return fileResult(l, "", err)
	}
	f, err := s.openFile(name, "w+")
	if err != nil {
		return fileResult(l, "", err)
	}
	shut := f.close
	f.close = func() error {
		err := shut()
		if failure := s.lib.system.Remove(name); err == nil {
			err = failure
		}
		return err
	}
	l.Push(s.register(f))
	return 1
}

func ioInput(l *vm.LState) int {
	_, all := ioFiles(l)
	return exchange(l, &all.input, "r")
}

func ioOutput(l *vm.LState) int {
	_, all := ioFiles(l)
	return exchange(l, &all.output, "w")
}

// exchange sets a default file, where there is an argument, and gives it.
func exchange(l *vm.LState, f **file, mode string) int {
	s := stateOf(l)
	switch v := l.Get(1).(type) {
	case *vm.LNilType:
	case vm.LString, vm.LNumber:
		name := native.ToString(v)
		opened, err := s.openFile(name, mode)
		refuse(l, "io.output", err)
		if err != nil {
			native.Raise(l, "cannot open file '%s' (%s)", name, errorText(err))
		}
		s.register(opened)
		*f = opened
	default:
		*f = toFile(l)
	}
	l.Push(s.userData(*f))
	return 1
}

func ioFlush(l *vm.LState) int {
	_, all := ioFiles(l)
	f := defaultFile(l, all.output, "output")
	defer f.within(l)()
	return fileResult(l, "", f.flush())
}

func fileFlush(l *vm.LState) int {
	f := checkFile(l)
	defer f.within(l)()
	return fileResult(l, "", f.flush())
}

func fileSetVBuf(l *vm.LState) int {
	f := checkFile(l)
	modes := []buffering{bufferNone, bufferFull, bufferLine}
	f.mode = modes[native.CheckOption(l, 2, "", "no", "full", "line")]
	native.OptInteger(l, 3, bufferSize)
	l.Push(vm.LTrue)
	return 1
}

func fileSeek(l *vm.LState) int {
	f := checkFile(l)
	whence := []int{io.SeekStart, io.SeekCurrent, io.SeekEnd}[native.CheckOption(l, 2, "cur", "set", "cur", "end")]
	offset := native.OptInteger(l, 3, 0)
	err := f.flush()
	if err == nil {
		err = f.rewind()
	}
	if f.seek == nil {
		return fileResult(l, "", illegalSeek)
	}
	var at int64
	if err == nil {
		at, err = f.seek.Seek(offset, whence)
	}
	if err != nil {
		return fileResult(l, "", err)
	}
	if f.in != nil {
		f.in.Reset(f.r)
	}
	l.Push(vm.LNumber(at))
	return 1
}

func ioWrite(l *vm.LState) int {
	s, all := ioFiles(l)
	f := defaultFile(l, all.output, "output")
	return writeArgs(l, s, f, 1)
}

func fileWrite(l *vm.LState) int {
	f := checkFile(l)
	return writeArgs(l, stateOf(l), f, 2)
}

func writeArgs(l *vm.LState, s *state, f *file, first int) int {
	defer f.within(l)()
	for i := first; i <= l.GetTop(); i++ {
		text := native.CheckString(l, i)
		native.Step(l, len(text)/64)
		if err := f.write([]byte(text)); err != nil {
			return fileResult(l, "", err)
		}
	}
	l.Push(s.userData(f))
	return 1
}
