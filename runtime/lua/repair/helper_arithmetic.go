package repair

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// metafield gives a field of a value's metatable, nil where there is none.
func metafield(l *vm.LState, v vm.LValue, event string) vm.LValue {
	if mt := rawMetatable(l, v); mt != nil {
		if m := mt.RawGetString(event); m != vm.LNil {
			return m
		}
	}
	return nil
}

// rawMetatable gives a value's metatable without regard to __metatable.
func rawMetatable(l *vm.LState, v vm.LValue) *vm.LTable {
	switch v := v.(type) {
	case *vm.LTable:
		mt, _ := v.Metatable.(*vm.LTable)
		return mt
	case *vm.LUserData:
		mt, _ := v.Metatable.(*vm.LTable)
		return mt
	case vm.LNumber, *vm.LNilType, vm.LBool:
		return nil
	}
	mt, _ := l.GetMetatable(v).(*vm.LTable)
	return mt
}

// metamethod finds the metamethod of an operation: the first operand's, else
// the second's. Strings count as having none: what the string library gives
// them is done here directly.
func metamethod(l *vm.LState, a, b vm.LValue, event string) vm.LValue {
	if _, ok := a.(vm.LString); !ok {
		if m := metafield(l, a, event); m != nil {
			return m
		}
	}
	if _, ok := b.(vm.LString); !ok {
		if m := metafield(l, b, event); m != nil {
			return m
		}
	}
	return nil
}

// callMetamethod calls it, and leaves its first result on the stack.
func callMetamethod(l *vm.LState, m vm.LValue, event string, args ...vm.LValue) vm.LValue {
	if !native.Callable(l, m) {
		native.Raise(l, "attempt to call a %s value (metamethod '%s')", native.TypeName(l, m), event[2:])
	}
	return native.Call1(l, m, args...)
}

func result(l *vm.LState, v vm.LValue) int {
	l.Push(v)
	return 1
}

// numeral gives a number, or what a string says as one.
func numeral(l *vm.LState, v vm.LValue) (vm.LNumber, bool) {
	switch v := v.(type) {
	case vm.LNumber:
		return v, true
	case vm.LString:
		native.Step(l, len(v)/64)
		return native.ToNumber(string(v))
	}
	return 0, false
}

func isString(v vm.LValue) bool { return v.Type() == vm.LTString }

// FloorDivide is a // b: rounded towards minus infinity (manual §3.4.1).
func FloorDivide(a, b vm.LNumber) vm.LNumber {
	const exact = 1 << 53
	if a > -exact && a < exact && b > -exact && b < exact && b != 0 {
		// Division of whole numbers must not be rounded before it is cut.
		if i, j := int64(a), int64(b); vm.LNumber(i) == a && vm.LNumber(j) == b {
			q := i / j
			if i%j != 0 && (i < 0) != (j < 0) {
				q--
			}
			return vm.LNumber(q)
		}
	}
	return vm.LNumber(math.Floor(float64(a / b)))
}

func idiv(l *vm.LState) int {
	a, b := l.Get(1), l.Get(2)
	if x, ok := a.(vm.LNumber); ok {
		if y, ok := b.(vm.LNumber); ok {
			return result(l, FloorDivide(x, y))
		}
	}
	if m := metamethod(l, a, b, "__idiv"); m != nil {
		return result(l, callMetamethod(l, m, "__idiv", a, b))
	}
	if x, ok := numeral(l, a); ok {
		if y, ok := numeral(l, b); ok {
			return result(l, FloorDivide(x, y))
		}
	}
	if isString(a) || isString(b) {
		native.Raise(l, "attempt to idiv a '%s' with a '%s'", a.Type(), b.Type())
	}
	raiseOperand(l, "perform arithmetic on", a, b)
	return 0
}

// raiseOperand raises that one of two operands is no number (luaG_opinterror).
func raiseOperand(l *vm.LState, doing string, a, b vm.LValue) {
	wrong, argument := b, 2
	if a.Type() != vm.LTNumber {
		wrong, argument = a, 1
	}
	native.Raise(l, "attempt to %s a %s value%s", doing, native.TypeName(l, wrong), argumentName(l, argument))
}

// whole gives a number's integer.
func whole(v vm.LValue) (int64, bool) {
	if n, ok := v.(vm.LNumber); ok {
		return native.ToInteger(n)
	}
	return 0, false
}

func bitwise(op syntax.Op, event string) vm.LGFunction {
	return func(l *vm.LState) int {
		a, b := l.Get(1), l.Get(2)
		if i, ok := whole(a); ok {
			if j, ok := whole(b); ok {
				return result(l, vm.LNumber(syntax.Bitwise(op, i, j)))
			}
		}
		if m := metamethod(l, a, b, event); m != nil {
			return result(l, callMetamethod(l, m, event, a, b))
		}
		raiseBitwise(l, a, b)
		return 0
	}
}

func bnot(l *vm.LState) int {
	a := l.Get(1)
	if i, ok := whole(a); ok {
		return result(l, vm.LNumber(^i))
	}
	if m := metamethod(l, a, a, "__bnot"); m != nil {
		return result(l, callMetamethod(l, m, "__bnot", a, a))
	}
	raiseBitwise(l, a, a)
	return 0
}

func raiseBitwise(l *vm.LState, a, b vm.LValue) {
	if a.Type() != vm.LTNumber || b.Type() != vm.LTNumber {
		raiseOperand(l, "perform bitwise operation on", a, b)
	}
	argument := 2
	if _, ok := whole(a); !ok {
		argument = 1
	}
	native.Raise(l, "number%s has no integer representation", argumentName(l, argument))
}
