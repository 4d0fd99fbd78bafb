package library

import (
	"bufio"
	"bytes"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

func baseLoad(l *vm.LState) int {
	mode := native.OptString(l, 3, "bt")
	var source []byte
	var name string
	switch l.Get(1).(type) {
	case vm.LString, vm.LNumber:
		text := native.CheckString(l, 1)
		source, name = []byte(text), native.OptString(l, 2, text)
	default:
		name = native.OptString(l, 2, "=(load)")
		fn := native.CheckFunction(l, 1)
		var problem vm.LValue
		if source, problem = readPieces(l, fn); problem != nil {
			l.Push(vm.LNil)
			l.Push(problem)
			return 2
		}
	}
	return load(l, source, name, mode, 4)
}

// readPieces gathers what a load function gives. Errors in it are load's
// result and not raised.
func readPieces(l *vm.LState, fn *vm.LFunction) ([]byte, vm.LValue) {
	var source []byte
	for {
		results, raised := native.PCall(l, nil, fn)
		if raised != nil {
			if native.Fatal(raised) != nil {
				native.RaiseValue(l, raised)
			}
			return nil, raised
		}
		if len(results) == 0 || results[0] == vm.LNil {
			return source, nil
		}
		piece, ok := results[0].(vm.LString)
		if n, number := results[0].(vm.LNumber); number {
			piece, ok = vm.LString(native.FormatNumber(n)), true
		}
		if !ok {
			return nil, vm.LString(native.Position(l, 1) + "reader function must return a string")
		}
		if piece == "" {
			return source, nil
		}
		room(l, len(source)+len(piece))
		source = append(source, piece...)
	}
}

// compileCost is about how much memory compiling takes for a byte of the source,
// in bytes.
const compileCost = 32

// load compiles a chunk and pushes its function, or nil and a message. The
// argument at index env, if there is one, is what the chunk's globals live in.
func load(l *vm.LState, source []byte, name, mode string, env int) int {
	s := stateOf(l)
	fail := func(message string) int {
		l.Push(vm.LNil)
		l.Push(vm.LString(message))
		return 2
	}
	if len(source) > 0 && source[0] == 0x1b {
		if !strings.Contains(mode, "b") {
			return fail("attempt to load a binary chunk (mode is '" + mode + "')")
		}
		return fail("bad binary format (truncated chunk)")
	}
	if !strings.Contains(mode, "t") {
		return fail("attempt to load a text chunk (mode is '" + mode + "')")
	}
	native.Step(l, len(source))
	native.Alloc(l, compileCost*len(source))
	if s.lib.options.Compile == nil {
		return fail("no compiler")
	}
	proto, err := s.lib.options.Compile(name, source)
	if err != nil {
		return fail(err.Error())
	}
	fn := l.NewFunctionFromProto(proto)
	fn.Env = l.G.Global
	if env > 0 && l.GetTop() >= env {
		fn.Env = environment(l, l.Get(env))
	}
	l.Push(fn)
	return 1
}

// environment gives the table that a chunk's globals live in. The machine only
// knows tables there; another value gets one that acts for it.
func environment(l *vm.LState, v vm.LValue) *vm.LTable {
	if t, ok := v.(*vm.LTable); ok {
		return touch(l, t)
	}
	mt := &vm.LTable{Metatable: vm.LNil}
	// As an up-value v is seen to take memory.
	mt.RawSetString("__index", l.NewClosure(func(l *vm.LState) int {
		if l.GetMetaField(v, "__index") == vm.LNil {
			native.Raise(l, "attempt to index a %s value (upvalue '_ENV')", native.TypeName(l, v))
		}
		l.Push(index(l, v, l.Get(2)))
		return 1
	}, v))
	mt.RawSetString("__newindex", native1(func(l *vm.LState) int {
		if l.GetMetaField(v, "__newindex") == vm.LNil {
			native.Raise(l, "attempt to index a %s value (upvalue '_ENV')", native.TypeName(l, v))
		}
		setIndex(l, v, l.Get(2), l.Get(3))
		return 0
	}))
	return &vm.LTable{Metatable: mt}
}

// readSource reads a Lua file, "" for the standard input; problem is PUC's
// message.
func readSource(l *vm.LState, file string) (source []byte, name, problem string) {
	s := stateOf(l)
	if file == "" {
		if s.options.Stdin == nil {
			return nil, "=stdin", ""
		}
		text, err := readAll(l, bufio.NewReader(s.options.Stdin))
		if err != nil {
			return nil, "=stdin", "cannot read stdin"
		}
		return skipComment([]byte(vm.LVAsString(text))), "=stdin", ""
	}
	f, err := s.lib.system.Open(file, "r")
	if err != nil {
		return nil, "", "cannot open " + file + ": " + errorText(err)
	}
	defer f.Close()
	defer within(l, interruption(f))()
	text, err := readAll(l, bufio.NewReader(f))
	if err != nil {
		return nil, "", "cannot read " + file + ": " + errorText(err)
	}
	source = skipComment([]byte(vm.LVAsString(text)))
	s.sources.keep(l, file, source)
	return source, "@" + file, ""
}

// skipComment drops a byte order mark, and a first line that begins with '#'.
func skipComment(source []byte) []byte {
	source = bytes.TrimPrefix(source, []byte("\xef\xbb\xbf"))
	if len(source) > 0 && source[0] == '#' {
		end := bytes.IndexByte(source, '\n')
		if end < 0 {
			end = len(source)
		}
		return source[end:]
	}
	return source
}

func baseLoadFile(l *vm.LState) int {
	file, mode := native.OptString(l, 1, ""), native.OptString(l, 2, "bt")
	source, name, problem := readSource(l, file)
	if problem != "" {
		l.Push(vm.LNil)
		l.Push(vm.LString(problem))
		return 2
	}
	return load(l, source, name, mode, 3)
}

func baseDoFile(l *vm.LState) int {
	file := native.OptString(l, 1, "")
	l.SetTop(1)
	source, name, problem := readSource(l, file)
	if problem != "" {
		native.RaiseValue(l, vm.LString(problem))
	}
	if load(l, source, name, "bt", 0) == 2 {
		native.RaiseValue(l, l.Get(-1))
	}
	native.Call(l, 0, vm.MultRet)
	return l.GetTop() - 1
}
