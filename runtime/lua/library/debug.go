package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var debugFunctions = []function{
	{"debug", debugDebug},
	{"gethook", debugGetHook},
	{"getinfo", debugGetInfo},
	{"getlocal", debugGetLocal},
	{"getmetatable", debugGetMetatable},
	{"getregistry", debugGetRegistry},
	{"getupvalue", debugGetUpvalue},
	{"getuservalue", debugGetUserValue},
	{"setcstacklimit", debugSetCStackLimit},
	{"sethook", debugSetHook},
	{"setlocal", debugSetLocal},
	{"setmetatable", debugSetMetatable},
	{"setupvalue", debugSetUpvalue},
	{"setuservalue", debugSetUserValue},
	{"traceback", debugTraceback},
	{"upvalueid", debugUpvalueID},
	{"upvaluejoin", debugUpvalueJoin},
}

// threadArg gives the thread that an optional first argument names, and the
// number of arguments it takes.
func threadArg(l *vm.LState) (th *vm.LState, shift int) {
	if co, ok := l.Get(1).(*vm.LState); ok {
		if current, _ := native.Running(l); co == current {
			return l, 1
		}
		return co, 1
	}
	return l, 0
}

// debugDebug reads no commands: there is nobody to type them.
func debugDebug(*vm.LState) int { return 0 }

// debugSetHook does nothing: the machine has no hooks.
func debugSetHook(*vm.LState) int { return 0 }

// debugSetCStackLimit only answers, as in PUC Lua 5.4.3 and later.
func debugSetCStackLimit(l *vm.LState) int {
	native.CheckInteger(l, 1)
	l.Push(vm.LNumber(200))
	return 1
}

func debugGetHook(l *vm.LState) int {
	l.Push(vm.LNil)
	return 1
}

func debugTraceback(l *vm.LState) int {
	th, shift := threadArg(l)
	message := l.Get(shift + 1)
	text := ""
	switch v := message.(type) {
	case vm.LString, vm.LNumber:
		text = native.ToString(v)
		if text == "" {
			text = "\x00"
		}
	case *vm.LNilType:
	default:
		l.Push(message)
		return 1
	}
	otherwise := int64(1)
	if th != l {
		otherwise = 0
	}
	level := native.OptInteger(l, shift+2, otherwise)
	text = native.Traceback(th, text, int(min(max(level, 0), 1<<20)))
	l.Push(vm.LString(strings.TrimPrefix(text, "\x00")))
	return 1
}

func debugGetMetatable(l *vm.LState) int {
	v := touchValue(l, native.CheckAny(l, 1))
	switch v := v.(type) {
	case *vm.LTable:
		l.Push(v.Metatable)
	case *vm.LUserData:
		l.Push(v.Metatable)
	case vm.LString:
		l.Push(bareMetatable(l, v))
	default:
		l.Push(bareMetatable(l, v))
	}
	return 1
}

// bareMetatable is the metatable of a type, past a __metatable field.
func bareMetatable(l *vm.LState, v vm.LValue) vm.LValue {
	s := stateOf(l)
	if kept, ok := s.types[v.Type()]; ok {
		return kept
	}
	if v.Type() == vm.LTString {
		return s.strings
	}
	return l.GetMetatable(v)
}

func debugSetMetatable(l *vm.LState) int {
	v, mt := touchValue(l, l.Get(1)), l.Get(2)
	if t, ok := mt.(*vm.LTable); ok {
		touch(l, t)
	} else if mt != vm.LNil || l.GetTop() < 2 {
		native.TypeError(l, 2, "nil or table")
	}
	l.SetMetatable(v, mt)
	switch v.(type) {
	case *vm.LTable, *vm.LUserData:
	default:
		s := stateOf(l)
		if s.types == nil {
			s.types = map[vm.LValueType]vm.LValue{}
		}
		s.types[v.Type()] = mt
	}
	l.SetTop(1)
	return 1
}

func debugGetRegistry(l *vm.LState) int {
	l.Push(l.G.Registry)
	return 1
}

func debugGetUserValue(l *vm.LState) int {
	native.OptInteger(l, 2, 1)
	l.Push(vm.LNil)
	return 1
}

func debugSetUserValue(l *vm.LState) int {
	if _, ok := l.Get(1).(*vm.LUserData); !ok {
		native.TypeError(l, 1, "userdata")
	}
	native.CheckAny(l, 2)
	l.Push(vm.LNil)
	return 1
}

// upvalue finds an up-value of a Lua function; those of the library's own are
// not shown.
func upvalue(fn *vm.LFunction, n int64) (*vm.Upvalue, string) {
	if fn.IsG || fn.Proto.SourceName == native.DriverSource || n < 1 || n > int64(len(fn.Upvalues)) {
		return nil, ""
	}
	name := "(no name)"
	if int(n) <= len(fn.Proto.DbgUpvalues) {
		name = fn.Proto.DbgUpvalues[n-1]
	}
	return fn.Upvalues[n-1], name
}

func debugGetUpvalue(l *vm.LState) int {
	n := native.CheckInteger(l, 2)
	up, name := upvalue(native.CheckFunction(l, 1), n)
	if up == nil {
		return 0
	}
	l.Push(vm.LString(name))
	l.Push(up.Value())
	return 2
}

func debugSetUpvalue(l *vm.LState) int {
	v := native.CheckAny(l, 3)
	n := native.CheckInteger(l, 2)
	up, name := upvalue(native.CheckFunction(l, 1), n)
	if up == nil {
		return 0
	}
	up.SetValue(v)
	l.Push(vm.LString(name))
	return 1
}

func debugUpvalueID(l *vm.LState) int {
	n := native.CheckInteger(l, 2)
	up, _ := upvalue(native.CheckFunction(l, 1), n)
	if up == nil {
		l.Push(vm.LNil)
		return 1
	}
	s := stateOf(l)
	if s.upvalues == nil {
		s.upvalues = map[*vm.Upvalue]*vm.LUserData{}
	}
	id := s.upvalues[up]
	if id == nil {
		native.Alloc(l, 200)
		id = &vm.LUserData{Metatable: vm.LNil}
		s.upvalues[up] = id
	}
	l.Push(id)
	return 1
}

func debugUpvalueJoin(l *vm.LState) int {
	n1, n2 := native.CheckInteger(l, 2), native.CheckInteger(l, 4)
	f1 := native.CheckFunction(l, 1)
	if up, _ := upvalue(f1, n1); up == nil {
		native.ArgError(l, 2, "invalid upvalue index")
	}
	up, _ := upvalue(native.CheckFunction(l, 3), n2)
	if up == nil {
		native.ArgError(l, 4, "invalid upvalue index")
	}
	f1.Upvalues[n1-1] = up
	return 0
}
