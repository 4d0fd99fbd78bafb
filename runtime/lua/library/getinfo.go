package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

func debugGetInfo(l *vm.LState) int {
	th, shift := threadArg(l)
	what := native.OptString(l, shift+2, "flnSrtu")
	if strings.HasPrefix(what, ">") {
		native.ArgError(l, shift+2, "invalid option '>'")
	}
	var frame *native.Frame
	fn, ok := l.Get(shift + 1).(*vm.LFunction)
	if !ok {
		level := native.CheckInteger(l, shift+1)
		if frame = native.At(th, int(min(max(level, -1), 1<<20))); frame == nil {
			l.Push(vm.LNil)
			return 1
		}
		fn = frame.Fn
	}
	if strings.Trim(what, "SlnrutLf") != "" {
		native.ArgError(l, shift+2, "invalid option")
	}
	t := l.CreateTable(0, 16)
	for _, option := range what {
		describe(l, t, option, fn, frame)
	}
	l.Push(t)
	return 1
}

func isNative(fn *vm.LFunction) bool {
	return fn.IsG || fn.Proto.SourceName == native.DriverSource
}

// describe sets the fields that one option of getinfo stands for.
func describe(l *vm.LState, t *vm.LTable, option rune, fn *vm.LFunction, frame *native.Frame) {
	text := func(key, value string) { t.RawSetString(key, vm.LString(value)) }
	number := func(key string, value int) { t.RawSetString(key, vm.LNumber(value)) }
	switch option {
	case 'S':
		describeSource(fn, text, number)
	case 'l':
		line := -1
		if frame != nil && !frame.IsNative() {
			line = frame.Line()
		}
		number("currentline", line)
	case 'u':
		number("nups", upvalueCount(fn))
		if isNative(fn) {
			number("nparams", 0)
			t.RawSetString("isvararg", vm.LTrue)
			return
		}
		number("nparams", int(fn.Proto.NumParameters))
		t.RawSetString("isvararg", vm.LBool(fn.Proto.IsVarArg != 0))
	case 'n':
		name, what := "", ""
		if frame != nil {
			name, what = frame.CallName()
		}
		text("namewhat", what)
		if what != "" {
			text("name", name)
		}
	case 'r':
		number("ftransfer", 0)
		number("ntransfer", 0)
	case 't':
		t.RawSetString("istailcall", vm.LBool(frame != nil && frame.TailCall > 0 && !frame.IsNative()))
	case 'L':
		if !isNative(fn) {
			lines := l.CreateTable(0, 0)
			for _, line := range fn.Proto.DbgSourcePositions {
				lines.RawSet(vm.LNumber(line), vm.LTrue)
			}
			t.RawSetString("activelines", lines)
		}
	case 'f':
		t.RawSetString("func", fn)
	}
}

func upvalueCount(fn *vm.LFunction) int {
	if isNative(fn) {
		return 0
	}
	return len(fn.Upvalues)
}

func describeSource(fn *vm.LFunction, text func(key, value string), number func(key string, value int)) {
	if isNative(fn) {
		text("source", "=[C]")
		text("short_src", "[C]")
		text("what", "C")
		number("linedefined", -1)
		number("lastlinedefined", -1)
		return
	}
	p := fn.Proto
	source := "@" + p.SourceName
	if inner, ok := strings.CutPrefix(p.SourceName, `[string "`); ok {
		source = strings.TrimSuffix(inner, `"]`)
	}
	what := "Lua"
	if native.IsMain(p) {
		what = "main"
	}
	text("source", source)
	text("short_src", p.SourceName)
	text("what", what)
	number("linedefined", p.LineDefined)
	number("lastlinedefined", p.LastLineDefined)
}

func debugGetLocal(l *vm.LState) int {
	th, shift := threadArg(l)
	n := native.CheckInteger(l, shift+2)
	if fn, ok := l.Get(shift + 1).(*vm.LFunction); ok {
		name := native.Parameter(fn, int(n))
		if name == "" {
			l.Push(vm.LNil)
		} else {
			l.Push(vm.LString(name))
		}
		return 1
	}
	frame := levelArg(l, th, shift+1)
	name, v := frame.Local(int(n))
	if name == "" {
		l.Push(vm.LNil)
		return 1
	}
	l.Push(vm.LString(name))
	l.Push(v)
	return 2
}

func debugSetLocal(l *vm.LState) int {
	th, shift := threadArg(l)
	frame := levelArg(l, th, shift+1)
	n := native.CheckInteger(l, shift+2)
	name := frame.SetLocal(int(n), native.CheckAny(l, shift+3))
	if name == "" {
		l.Push(vm.LNil)
	} else {
		l.Push(vm.LString(name))
	}
	return 1
}

// levelArg gives the frame of a level argument.
func levelArg(l, th *vm.LState, n int) *native.Frame {
	level := native.CheckInteger(l, n)
	frame := native.At(th, int(min(max(level, -1), 1<<20)))
	if frame == nil {
		native.ArgError(l, n, "level out of range")
	}
	return frame
}
