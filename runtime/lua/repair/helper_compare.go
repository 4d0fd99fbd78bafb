package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// equal is a == b by Lua 5.4's rule: the __eq of either operand counts, where
// the machine wants both to have the same.
func equal(l *vm.LState) int {
	a, b := l.Get(1), l.Get(2)
	if a.Type() != b.Type() {
		return result(l, vm.LFalse)
	}
	switch a.Type() {
	case vm.LTTable, vm.LTUserData:
	default:
		return result(l, vm.LBool(l.RawEqual(a, b)))
	}
	if a == b {
		return result(l, vm.LTrue)
	}
	if m := metamethod(l, a, b, "__eq"); m != nil {
		return result(l, vm.LBool(vm.LVAsBool(callMetamethod(l, m, "__eq", a, b))))
	}
	return result(l, vm.LFalse)
}

// order compares two numbers or two strings.
func order(a, b vm.LValue) (c int, unordered, ok bool) {
	switch x := a.(type) {
	case vm.LNumber:
		if y, ok := b.(vm.LNumber); ok {
			switch {
			case x < y:
				return -1, false, true
			case x > y:
				return 1, false, true
			}
			return 0, x != y, true
		}
	case vm.LString:
		if y, ok := b.(vm.LString); ok {
			switch {
			case x < y:
				return -1, false, true
			case x > y:
				return 1, false, true
			}
			return 0, false, true
		}
	}
	return 0, false, false
}

func less(l *vm.LState) int {
	a, b := l.Get(1), l.Get(2)
	if c, unordered, ok := order(a, b); ok {
		return result(l, vm.LBool(c < 0 && !unordered))
	}
	m := metamethod(l, a, b, "__lt")
	if m == nil {
		native.Raise(l, "%s", native.CompareText(l, a, b))
	}
	return result(l, vm.LBool(vm.LVAsBool(callMetamethod(l, m, "__lt", a, b))))
}

func lessOrEqual(l *vm.LState) int {
	a, b := l.Get(1), l.Get(2)
	if c, unordered, ok := order(a, b); ok {
		return result(l, vm.LBool(c <= 0 && !unordered))
	}
	if m := metamethod(l, a, b, "__le"); m != nil {
		return result(l, vm.LBool(vm.LVAsBool(callMetamethod(l, m, "__le", a, b))))
	}
	// Debian's lua5.4 is built to take "not b < a" for it, as 5.3 did.
	m := metamethod(l, b, a, "__lt")
	if m == nil {
		native.Raise(l, "%s", native.CompareText(l, a, b))
	}
	return result(l, vm.LBool(!vm.LVAsBool(callMetamethod(l, m, "__lt", b, a))))
}
