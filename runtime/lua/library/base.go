package library

import (
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// baseFunctions are the globals (Lua manual §6.1), without pcall and xpcall.
var baseFunctions = []function{
	{"assert", baseAssert},
	{"collectgarbage", baseCollectGarbage},
	{"dofile", baseDoFile},
	{"error", baseError},
	{"getmetatable", baseGetMetatable},
	{"ipairs", baseIPairs},
	{"load", baseLoad},
	{"loadfile", baseLoadFile},
	{"next", baseNext},
	{"pairs", basePairs},
	{"print", basePrint},
	{"rawequal", baseRawEqual},
	{"rawget", baseRawGet},
	{"rawlen", baseRawLen},
	{"rawset", baseRawSet},
	{"require", baseRequire},
	{"select", baseSelect},
	{"setmetatable", baseSetMetatable},
	{"tonumber", baseToNumber},
	{"tostring", baseToString},
	{"type", baseType},
	{"warn", baseWarn},
}

func baseAssert(l *vm.LState) int {
	if vm.LVAsBool(l.Get(1)) {
		return l.GetTop()
	}
	native.CheckAny(l, 1)
	var v vm.LValue = vm.LString("assertion failed!")
	if l.GetTop() > 1 {
		v = l.Get(2)
	}
	if s, ok := v.(vm.LString); ok {
		v = vm.LString(native.Position(l, 1)) + s
	}
	native.RaiseValue(l, v)
	return 0
}

// baseCollectGarbage answers for the state alone: Go's collector serves the
// whole process and is not a script's to run. "count" is the estimate of the
// state's budget.
func baseCollectGarbage(l *vm.LState) int {
	options := [...]string{"collect", "stop", "restart", "count", "step", "isrunning", "generational", "incremental", "setpause", "setstepmul"}
	var result vm.LValue = vm.LNumber(0)
	b := native.Of(l).Budget
	switch options[native.CheckOption(l, 1, "collect", options[:]...)] {
	case "collect":
		native.Step(l, 200)
		b.Collect(l)
	case "count":
		result = vm.LNumber(b.Estimate()) / 1024
	case "step":
		native.OptInteger(l, 2, 0)
		native.Step(l, 200)
		b.Collect(l)
		result = vm.LTrue
	case "isrunning":
		result = vm.LTrue
	case "generational", "incremental":
		result = vm.LString("incremental")
	case "setpause":
		native.OptInteger(l, 2, 0)
		result = vm.LNumber(200)
	case "setstepmul":
		native.OptInteger(l, 2, 0)
		result = vm.LNumber(100)
	}
	l.Push(result)
	return 1
}

func baseError(l *vm.LState) int {
	level := native.OptInteger(l, 2, 1)
	v := l.Get(1)
	if s, ok := v.(vm.LString); ok && level > 0 {
		v = vm.LString(native.Position(l, int(min(level, 1<<20)))) + s
	}
	native.RaiseValue(l, v)
	return 0
}

func baseGetMetatable(l *vm.LState) int {
	v := touchValue(l, native.CheckAny(l, 1))
	l.Push(l.GetMetatable(v))
	return 1
}

func baseSetMetatable(l *vm.LState) int {
	t := touch(l, native.CheckTable(l, 1))
	mt := l.Get(2)
	switch mt := mt.(type) {
	case *vm.LTable:
		touch(l, mt)
	default:
		if l.GetTop() < 2 || mt != vm.LNil {
			native.TypeError(l, 2, "nil or table")
		}
	}
	if old, ok := t.Metatable.(*vm.LTable); ok && old.RawGetString("__metatable") != vm.LNil {
		native.Raise(l, "cannot change a protected metatable")
	}
	t.Metatable = mt
	l.SetTop(1)
	return 1
}

func baseIPairs(l *vm.LState) int {
	v := touchValue(l, native.CheckAny(l, 1))
	l.Push(stateOf(l).lib.ipairs)
	l.Push(v)
	l.Push(vm.LNumber(0))
	return 3
}

func ipairsNext(l *vm.LState) int {
	i := native.CheckInteger(l, 2) + 1
	var v vm.LValue
	if t, ok := l.Get(1).(*vm.LTable); ok && t.Metatable == vm.LNil {
		v = t.RawGet(vm.LNumber(i))
	} else {
		v = index(l, l.Get(1), vm.LNumber(i))
	}
	if v == vm.LNil {
		l.Push(v)
		return 1
	}
	l.Push(vm.LNumber(i))
	l.Push(v)
	return 2
}

func baseNext(l *vm.LState) int {
	t, ok := l.Get(1).(*vm.LTable)
	if !ok {
		native.TypeError(l, 1, "table")
	}
	if t.Metatable != vm.LNil {
		touch(l, t)
	}
	key := l.Get(2)
	s := stateOf(l)
	// The key that next itself gave at last needs no look.
	if key != vm.LNil && (t != s.nextTable || key != s.nextKey) && !list.Had(t, key) {
		native.RaiseValue(l, vm.LString("invalid key to 'next'"))
	}
	k, v := list.Next(t, key)
	s.nextTable, s.nextKey = t, k
	if k == vm.LNil {
		s.nextTable = nil
		l.Push(vm.LNil)
		return 1
	}
	l.Push(k)
	l.Push(v)
	return 2
}

func basePairs(l *vm.LState) int {
	v := native.CheckAny(l, 1)
	if mm := l.GetMetaField(v, "__pairs"); mm != vm.LNil {
		l.Push(mm)
		l.Push(v)
		native.Call(l, 1, 3)
		return 3
	}
	touchValue(l, v)
	l.Push(stateOf(l).lib.next)
	l.Push(v)
	l.Push(vm.LNil)
	return 3
}

func basePrint(l *vm.LState) int {
	var b []byte
	for i := 1; i <= l.GetTop(); i++ {
		if i > 1 {
			b = append(b, '\t')
		}
		text := toString(l, l.Get(i))
		if len(text) > 256 {
			room(l, 2*(len(b)+len(text))) // the slice grows by doubling
		}
		b = append(b, text...)
	}
	b = append(b, '\n')
	native.Step(l, len(b)/16)
	s := stateOf(l)
	s.openFiles()
	_ = s.files.stdout.write(b)
	_ = s.files.stdout.flush()
	return 0
}

func baseRawEqual(l *vm.LState) int {
	a, b := native.CheckAny(l, 1), native.CheckAny(l, 2)
	l.Push(vm.LBool(a == b))
	return 1
}

func baseRawGet(l *vm.LState) int {
	t := touch(l, native.CheckTable(l, 1))
	l.Push(t.RawGet(native.CheckAny(l, 2)))
	return 1
}

func baseRawLen(l *vm.LState) int {
	switch v := l.Get(1).(type) {
	case *vm.LTable:
		l.Push(vm.LNumber(list.Length(v)))
	case vm.LString:
		l.Push(vm.LNumber(len(v)))
	default:
		native.TypeError(l, 1, "table or string")
	}
	return 1
}

func baseRawSet(l *vm.LState) int {
	t := touch(l, native.CheckTable(l, 1))
	native.CheckAny(l, 2)
	rawSet(l, t, l.Get(2), native.CheckAny(l, 3))
	l.SetTop(1)
	return 1
}

func baseSelect(l *vm.LState) int {
	n := int64(l.GetTop())
	if s, ok := l.Get(1).(vm.LString); ok && s == "#" {
		l.Push(vm.LNumber(n - 1))
		return 1
	}
	i := native.CheckInteger(l, 1)
	switch {
	case i < 0:
		i = n + i
	case i > n:
		i = n
	}
	if i < 1 {
		native.ArgError(l, 1, "index out of range")
	}
	return int(n - i)
}

func baseToNumber(l *vm.LState) int {
	if l.Get(2) == vm.LNil {
		switch v := native.CheckAny(l, 1).(type) {
		case vm.LNumber:
			l.Push(v)
			return 1
		case vm.LString:
			read(l, len(v))
			if n, ok := native.ToNumber(string(v)); ok {
				l.Push(n)
				return 1
			}
		}
		l.Push(vm.LNil)
		return 1
	}
	base := native.CheckInteger(l, 2)
	s, ok := l.Get(1).(vm.LString)
	if !ok {
		native.TypeError(l, 1, "string")
	}
	if base < 2 || base > 36 {
		native.ArgError(l, 2, "base out of range")
	}
	read(l, len(s))
	if n, ok := inBase(string(s), uint64(base)); ok {
		l.Push(vm.LNumber(n))
	} else {
		l.Push(vm.LNil)
	}
	return 1
}

// inBase reads a whole number; it wraps around at 2^64.
func inBase(s string, base uint64) (int64, bool) {
	s = strings.Trim(s, " \f\n\r\t\v")
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	var n uint64
	for i := range len(s) {
		var digit uint64
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit = uint64(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			digit = uint64(c|0x20-'a') + 10
		default:
			return 0, false
		}
		if digit >= base {
			return 0, false
		}
		n = n*base + digit
	}
	if negative {
		n = -n
	}
	return int64(n), true
}

func baseToString(l *vm.LState) int {
	l.Push(vm.LString(toString(l, native.CheckAny(l, 1))))
	return 1
}

func baseType(l *vm.LState) int {
	l.Push(typeNames[native.CheckAny(l, 1).Type()])
	return 1
}

// typeNames are values already, so that type allocates nothing.
var typeNames = func() (names [9]vm.LValue) {
	for t := range names {
		names[t] = vm.LString(vm.LValueType(t).String())
	}
	return
}()

// warning is the state of warn: what its pieces have gathered so far.
type warning struct {
	on   bool
	text strings.Builder
}

func baseWarn(l *vm.LState) int {
	native.CheckString(l, 1)
	for i := 2; i <= l.GetTop(); i++ {
		native.CheckString(l, i)
	}
	s := stateOf(l)
	first := native.CheckString(l, 1)
	if l.GetTop() == 1 && strings.HasPrefix(first, "@") {
		switch first {
		case "@on":
			s.warn.on = true
		case "@off":
			s.warn.on = false
		}
		return 0
	}
	if !s.warn.on {
		return 0
	}
	s.warn.text.Reset()
	for i := 1; i <= l.GetTop(); i++ {
		text := native.CheckString(l, i)
		room(l, 2*(s.warn.text.Len()+len(text)))
		s.warn.text.WriteString(text)
	}
	if s.options.Warn != nil {
		s.options.Warn(s.warn.text.String())
		return 0
	}
	if s.options.Stderr != nil {
		_, _ = s.options.Stderr.Write([]byte("Lua warning: " + s.warn.text.String() + "\n"))
	}
	return 0
}
