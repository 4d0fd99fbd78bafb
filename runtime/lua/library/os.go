package library

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var osFunctions = []function{
	{"clock", osClock},
	{"date", osDate},
	{"difftime", osDiffTime},
	{"execute", osExecute},
	{"exit", osExit},
	{"getenv", osGetenv},
	{"remove", osRemove},
	{"rename", osRename},
	{"setlocale", osSetLocale},
	{"time", osTime},
	{"tmpname", osTmpName},
}

func osClock(l *vm.LState) int {
	l.Push(vm.LNumber(stateOf(l).lib.system.Used().Seconds()))
	return 1
}

func osDiffTime(l *vm.LState) int {
	l.Push(vm.LNumber(native.CheckInteger(l, 1) - native.CheckInteger(l, 2)))
	return 1
}

func osGetenv(l *vm.LState) int {
	if v, ok := stateOf(l).lib.system.Getenv(native.CheckString(l, 1)); ok {
		l.Push(vm.LString(v))
	} else {
		l.Push(vm.LNil)
	}
	return 1
}

// fileResult pushes true, or nil with the error's text and number; the name
// comes first in the text unless it is "".
func fileResult(l *vm.LState, name string, err error) int {
	if err == nil {
		l.Push(vm.LTrue)
		return 1
	}
	text := errorText(err)
	if name != "" {
		text = name + ": " + text
	}
	l.Push(vm.LNil)
	l.Push(vm.LString(text))
	l.Push(vm.LNumber(errorNumber(err)))
	return 3
}

func osRemove(l *vm.LState) int {
	name := native.CheckString(l, 1)
	err := stateOf(l).lib.system.Remove(name)
	refuse(l, "os.remove", err)
	return fileResult(l, name, err)
}

func osRename(l *vm.LState) int {
	from, to := native.CheckString(l, 1), native.CheckString(l, 2)
	err := stateOf(l).lib.system.Rename(from, to)
	refuse(l, "os.rename", err)
	return fileResult(l, "", err)
}

func osTmpName(l *vm.LState) int {
	name, err := stateOf(l).lib.system.Temporary()
	refuse(l, "os.tmpname", err)
	if err != nil {
		native.Raise(l, "unable to generate a unique filename")
	}
	l.Push(vm.LString(name))
	return 1
}

func osSetLocale(l *vm.LState) int {
	locale := native.OptString(l, 1, "C")
	native.CheckOption(l, 2, "all", "all", "collate", "ctype", "monetary", "numeric", "time")
	switch locale {
	case "", "C", "POSIX":
		l.Push(vm.LString("C"))
	default:
		l.Push(vm.LNil)
	}
	return 1
}

// processResult pushes what os.execute and the closing of a process give.
func processResult(l *vm.LState, how string, code int, err error) int {
	if err != nil {
		return fileResult(l, "", err)
	}
	if how == "exit" && code == 0 {
		l.Push(vm.LTrue)
	} else {
		l.Push(vm.LNil)
	}
	l.Push(vm.LString(how))
	l.Push(vm.LNumber(code))
	return 3
}

func osExecute(l *vm.LState) int {
	s := stateOf(l)
	if l.Get(1) == vm.LNil {
		l.Push(vm.LBool(!s.lib.system.NoShell))
		return 1
	}
	s.flush()
	command := native.CheckString(l, 1)
	ctx, cancel := native.Of(l).Waiting()
	how, code, err := s.lib.system.Execute(ctx, command)
	cancel()
	native.Look(l)
	refuse(l, "os.execute", err)
	return processResult(l, how, code, err)
}

func osExit(l *vm.LState) int {
	code := 0
	switch v := l.Get(1).(type) {
	case vm.LBool:
		if !v {
			code = 1
		}
	default:
		code = int(int32(native.OptInteger(l, 1, 0)))
	}
	stateOf(l).flush()
	native.Stop(l, &native.Exit{Code: code, Where: native.Where(l, 1)})
	return 0
}

// timeField reads a field of a time table; otherwise is its default, negative
// for none.
func timeField(l *vm.LState, t vm.LValue, key string, otherwise, delta int64) int64 {
	v := index(l, t, vm.LString(key))
	n, ok := number(v)
	i, whole := native.ToInteger(n)
	if !ok || !whole {
		if v != vm.LNil {
			native.Raise(l, "field '%s' is not an integer", key)
		}
		if otherwise < 0 {
			native.Raise(l, "field '%s' missing in date table", key)
		}
		return otherwise
	}
	fits := i >= math.MinInt32+delta
	if i >= 0 {
		fits = i-delta <= math.MaxInt32
	}
	if !fits {
		native.Raise(l, "field '%s' is out-of-bound", key)
	}
	return i - delta
}
