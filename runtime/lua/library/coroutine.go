package library

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var coroutineFunctions = []function{
	{"close", coroutineClose},
	{"create", coroutineCreate},
	{"isyieldable", coroutineIsYieldable},
	{"resume", coroutineResume},
	{"running", coroutineRunning},
	{"status", coroutineStatus},
	{"wrap", coroutineWrap},
	{"yield", coroutineYield},
}

func checkCoroutine(l *vm.LState, n int) *vm.LState {
	co, ok := l.Get(n).(*vm.LState)
	if !ok {
		native.TypeError(l, n, "thread")
	}
	return co
}

func coroutineClose(l *vm.LState) int {
	co := checkCoroutine(l, 1)
	switch status := native.Status(l, co); status {
	case "dead", "suspended":
	default:
		native.Raise(l, "cannot close a %s coroutine", status)
	}
	if raised := native.Close(l, co); raised != nil {
		l.Push(vm.LFalse)
		l.Push(raised)
		return 2
	}
	l.Push(vm.LTrue)
	return 1
}

func coroutineCreate(l *vm.LState) int {
	l.Push(native.NewCoroutine(l, native.CheckFunction(l, 1)))
	return 1
}

func coroutineIsYieldable(l *vm.LState) int {
	th := l
	if co, ok := l.Get(1).(*vm.LState); ok {
		if current, _ := native.Running(l); co != current {
			th = co
		}
	}
	l.Push(vm.LBool(native.Yieldable(th) == ""))
	return 1
}

func coroutineResume(l *vm.LState) int {
	co := checkCoroutine(l, 1)
	ok, n := native.Resume(l, co, 2)
	l.Insert(vm.LBool(ok), l.GetTop()-n+1)
	return n + 1
}

func coroutineRunning(l *vm.LState) int {
	co, main := native.Running(l)
	l.Push(co)
	l.Push(vm.LBool(main))
	return 2
}

func coroutineStatus(l *vm.LState) int {
	l.Push(vm.LString(native.Status(l, checkCoroutine(l, 1))))
	return 1
}

func coroutineWrap(l *vm.LState) int {
	co := native.NewCoroutine(l, native.CheckFunction(l, 1))
	l.Push(l.NewClosure(wrapped, co))
	return 1
}

// wrapped is the function that coroutine.wrap returns.
func wrapped(l *vm.LState) int {
	co := l.Get(vm.UpvalueIndex(1)).(*vm.LState)
	ok, n := native.Resume(l, co, 1)
	if ok {
		return n
	}
	v := l.Get(-1)
	if native.Status(l, co) == "dead" {
		if raised := native.Close(l, co); raised != nil {
			v = raised
		}
	}
	if s, ok := v.(vm.LString); ok {
		v = vm.LString(native.Position(l, 1)) + s
	}
	native.RaiseValue(l, v)
	return 0
}

func coroutineYield(l *vm.LState) int {
	if problem := native.Yieldable(l); problem != "" {
		native.RaiseValue(l, vm.LString(problem))
	}
	return native.Yield(l)
}
