package bindings

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/mail"
)

// mask is the bitmask that a list of flags stands for.
func mask(flags []string) int64 {
	bits, _ := mail.ParseFlags(flags)
	return int64(bits)
}

// flags makes a list of flags. The documentation says that it is a bitmask, so
// the list can be used as one, out of sight: its metatable has the operators on
// bits, and dovecot.has_flag and its kin take it.
func (b *notification) flags(values []string) *vm.LTable {
	t := b.list(values)
	if b.session.Strict() {
		return t
	}
	if b.state.flagsMeta == nil {
		meta := b.session.L().CreateTable(0, len(flagOperators)+1)
		for name, f := range flagOperators {
			meta.RawSetString(name, f)
		}
		meta.RawSetString("__metatable", vm.LFalse)
		b.state.flagsMeta = meta
	}
	t.Metatable = b.state.flagsMeta
	return t
}

// flagsMask is the bitmask of a list that is an event's flags.
func (c *call) flagsMask(t *vm.LTable) (int64, bool) {
	st := stateOf(c.Session)
	if st.flagsMeta == nil || t.Metatable != st.flagsMeta {
		return 0, false
	}
	var values []string
	for i := 1; i <= t.Len(); i++ {
		values = append(values, t.RawGetInt(i).String())
	}
	return mask(values), true
}

// flagOperators are the metamethods of a list of flags.
var flagOperators = map[string]*vm.LFunction{
	"__band": flagOperator(func(a, b int64) int64 { return a & b }),
	"__bor":  flagOperator(func(a, b int64) int64 { return a | b }),
	"__bxor": flagOperator(func(a, b int64) int64 { return a ^ b }),
	"__shl":  flagOperator(shiftLeft),
	"__shr":  flagOperator(func(a, b int64) int64 { return shiftLeft(a, -b) }),
	"__bnot": flagOperator(func(a, _ int64) int64 { return ^a }),
}

// shiftLeft shifts as Lua does: logically, and to the right for a negative
// number of places.
func shiftLeft(a, places int64) int64 {
	switch {
	case places <= -64 || places >= 64:
		return 0
	case places >= 0:
		return int64(uint64(a) << places)
	}
	return int64(uint64(a) >> -places)
}

func flagOperator(operate func(a, b int64) int64) *vm.LFunction {
	return &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		c := call{Session: runtime.From(l), l: l}
		l.Push(vm.LNumber(operate(c.operand(1), c.operand(2))))
		return 1
	}}
}

// operand is one side of an operator on bits.
func (c *call) operand(n int) int64 {
	switch v := c.l.Get(n).(type) {
	case *vm.LTable:
		if mask, ok := c.flagsMask(v); ok {
			return mask
		}
	case vm.LNumber:
		if f := float64(v); f == math.Trunc(f) && math.Abs(f) < 1<<63 {
			return int64(f)
		}
		native.Raise(c.l, "number has no integer representation")
	}
	native.Raise(c.l, "attempt to perform bitwise operation on a %s value", typeName(c.l, n))
	return 0
}
