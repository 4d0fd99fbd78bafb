package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// environment gives the table that the calling function's globals are in.
func environment(l *vm.LState) int {
	return result(l, native.At(l, 1).Fn.Env)
}

// forStart checks start, limit and step of a loop in PUC Lua's order. Its
// results are whether the loop runs at all, and the three as numbers.
func forStart(l *vm.LState) int {
	start, limit, step := l.Get(1), l.Get(2), l.Get(3)
	_, startWhole := whole(start)
	if by, stepWhole := whole(step); startWhole && stepWhole && by == 0 {
		native.Raise(l, "'for' step is zero")
	}
	b := loopNumber(l, limit, "limit")
	c := loopNumber(l, step, "step")
	a := loopNumber(l, start, "initial value")
	if c == 0 {
		native.Raise(l, "'for' step is zero")
	}
	runs := a <= b
	if c < 0 {
		runs = b <= a
	}
	l.Push(vm.LBool(runs))
	l.Push(a)
	l.Push(b)
	l.Push(c)
	return 4
}

func loopNumber(l *vm.LState, v vm.LValue, what string) vm.LNumber {
	n, ok := numeral(l, v)
	if !ok {
		native.Raise(l, "%s", loopText(l, v, what))
	}
	return n
}

func loopText(l *vm.LState, v vm.LValue, what string) string {
	return "bad 'for' " + what + " (number expected, got " + native.TypeName(l, v) + ")"
}
