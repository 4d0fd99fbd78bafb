package library

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

var mathFunctions = []function{
	{"abs", real1(math.Abs)},
	{"acos", real1(math.Acos)},
	{"asin", real1(math.Asin)},
	{"atan", mathAtan},
	{"atan2", mathAtan2},
	{"ceil", real1(math.Ceil)},
	{"cos", real1(math.Cos)},
	{"cosh", real1(math.Cosh)},
	{"deg", real1(func(x float64) float64 { return x * (180 / math.Pi) })},
	{"exp", real1(math.Exp)},
	{"floor", real1(math.Floor)},
	{"fmod", mathFMod},
	{"frexp", mathFrExp},
	{"ldexp", mathLdExp},
	{"log", mathLog},
	{"log10", real1(math.Log10)},
	{"max", mathMax},
	{"min", mathMin},
	{"modf", mathModF},
	{"pow", mathPow},
	{"rad", real1(func(x float64) float64 { return x * (math.Pi / 180) })},
	{"random", mathRandom},
	{"randomseed", mathRandomSeed},
	{"sin", real1(math.Sin)},
	{"sinh", real1(math.Sinh)},
	{"sqrt", real1(math.Sqrt)},
	{"tan", real1(math.Tan)},
	{"tanh", real1(math.Tanh)},
	{"tointeger", mathToInteger},
	{"type", mathType},
	{"ult", mathULT},
}

func fillMath(t *vm.LTable) {
	t.RawSetString("pi", vm.LNumber(math.Pi))
	t.RawSetString("huge", vm.LNumber(math.Inf(1)))
	t.RawSetString("maxinteger", vm.LNumber(math.MaxInt64))
	t.RawSetString("mininteger", vm.LNumber(math.MinInt64))
}

// real1 makes a function of one number.
func real1(f func(float64) float64) vm.LGFunction {
	return func(l *vm.LState) int {
		l.Push(vm.LNumber(f(float64(native.CheckNumber(l, 1)))))
		return 1
	}
}

func mathAtan(l *vm.LState) int {
	y, x := native.CheckNumber(l, 1), native.OptNumber(l, 2, 1)
	l.Push(vm.LNumber(math.Atan2(float64(y), float64(x))))
	return 1
}

func mathFMod(l *vm.LState) int {
	b := native.CheckNumber(l, 2) // PUC Lua looks at it first
	a := native.CheckNumber(l, 1)
	_, whole := native.ToInteger(a)
	if b == 0 && whole {
		native.ArgError(l, 2, "zero")
	}
	l.Push(vm.LNumber(math.Mod(float64(a), float64(b))))
	return 1
}

func mathLog(l *vm.LState) int {
	x := float64(native.CheckNumber(l, 1))
	switch base := float64(native.OptNumber(l, 2, math.E)); base {
	case math.E:
		x = math.Log(x)
	case 2:
		x = math.Log2(x)
	case 10:
		x = math.Log10(x)
	default:
		x = math.Log(x) / math.Log(base)
	}
	l.Push(vm.LNumber(x))
	return 1
}

func mathMax(l *vm.LState) int {
	return extreme(l, func(best, v vm.LValue) bool { return less(l, best, v) })
}

func mathMin(l *vm.LState) int {
	return extreme(l, func(best, v vm.LValue) bool { return less(l, v, best) })
}

// extreme gives the argument that no other is better than. They need not be
// numbers, only comparable.
func extreme(l *vm.LState, better func(best, v vm.LValue) bool) int {
	if l.GetTop() == 0 {
		native.ArgError(l, 1, "value expected")
	}
	best := l.Get(1)
	for i := 2; i <= l.GetTop(); i++ {
		if v := l.Get(i); better(best, v) {
			best = v
		}
	}
	l.Push(best)
	return 1
}

// The functions of Lua 5.2 that Debian's build of PUC Lua 5.4 still has
// (LUA_COMPAT_MATHLIB).

func mathAtan2(l *vm.LState) int { return mathAtan(l) }

func mathFrExp(l *vm.LState) int {
	part, exponent := math.Frexp(float64(native.CheckNumber(l, 1)))
	l.Push(vm.LNumber(part))
	l.Push(vm.LNumber(exponent))
	return 2
}

func mathLdExp(l *vm.LState) int {
	x, e := native.CheckNumber(l, 1), native.CheckInteger(l, 2)
	l.Push(vm.LNumber(math.Ldexp(float64(x), int(int32(e)))))
	return 1
}

func mathPow(l *vm.LState) int {
	x, y := native.CheckNumber(l, 1), native.CheckNumber(l, 2)
	l.Push(vm.LNumber(math.Pow(float64(x), float64(y))))
	return 1
}

func mathModF(l *vm.LState) int {
	x := float64(native.CheckNumber(l, 1))
	whole, part := math.Trunc(x), 0.0
	if !math.IsInf(x, 0) {
		part = x - whole
	}
	l.Push(vm.LNumber(whole))
	l.Push(vm.LNumber(part))
	return 2
}

func mathToInteger(l *vm.LState) int {
	switch v := l.Get(1).(type) {
	case vm.LNumber:
		if i, ok := native.ToInteger(v); ok {
			l.Push(vm.LNumber(i))
			return 1
		}
	case vm.LString:
		if n, ok := native.ToNumber(string(v)); ok {
			if i, ok := native.ToInteger(n); ok {
				l.Push(vm.LNumber(i))
				return 1
			}
		}
	default:
		native.CheckAny(l, 1)
	}
	l.Push(vm.LNil)
	return 1
}

// mathType judges by the value: the machine has one type of numbers only.
func mathType(l *vm.LState) int {
	n, ok := native.CheckAny(l, 1).(vm.LNumber)
	if !ok {
		l.Push(vm.LNil)
		return 1
	}
	kind := "float"
	if _, whole := native.ToInteger(n); whole {
		kind = "integer"
	}
	l.Push(vm.LString(kind))
	return 1
}

func mathULT(l *vm.LState) int {
	a, b := native.CheckInteger(l, 1), native.CheckInteger(l, 2)
	l.Push(vm.LBool(uint64(a) < uint64(b)))
	return 1
}
