package repair

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// StringMetamethods are what the string library of Lua 5.4 gives the metatable
// of strings, so that "10" + 1 is 11: the machine would do without, but takes
// numerals that Lua does not and has other texts for errors. Name is the event.
func StringMetamethods() []Helper {
	list := []struct {
		event string
		op    func(a, b vm.LNumber) vm.LNumber
	}{
		{"__add", func(a, b vm.LNumber) vm.LNumber { return a + b }},
		{"__sub", func(a, b vm.LNumber) vm.LNumber { return a - b }},
		{"__mul", func(a, b vm.LNumber) vm.LNumber { return a * b }},
		{"__div", func(a, b vm.LNumber) vm.LNumber { return a / b }},
		{"__mod", func(a, b vm.LNumber) vm.LNumber { return vm.LNumber(syntax.Mod(float64(a), float64(b))) }},
		{"__pow", func(a, b vm.LNumber) vm.LNumber { return vm.LNumber(math.Pow(float64(a), float64(b))) }},
		{"__idiv", FloorDivide},
		{"__unm", func(a, _ vm.LNumber) vm.LNumber { return -a }},
	}
	helpers := make([]Helper, len(list))
	for i, m := range list {
		helpers[i] = Helper{
			Name:     m.event,
			Doc:      "arithmetic on numerals in strings",
			Function: native1(stringArithmetic(m.event, m.op)),
		}
	}
	return helpers
}

func stringArithmetic(event string, op func(a, b vm.LNumber) vm.LNumber) vm.LGFunction {
	return func(l *vm.LState) int {
		a, b := l.Get(1), l.Get(2)
		if l.GetTop() == 1 { // the machine gives a unary operator one operand
			b = a
		}
		if x, ok := numeral(l, a); ok {
			if y, ok := numeral(l, b); ok {
				return result(l, op(x, y))
			}
		}
		if !isString(b) {
			if m := metafield(l, b, event); m != nil {
				return result(l, callMetamethod(l, m, event, a, b))
			}
		}
		if what, v := loopCheck(native.At(l, 1), a, b); what != "" {
			native.Raise(l, "%s", loopText(l, v, what))
		}
		native.Raise(l, "attempt to %s a '%s' with a '%s'", event[2:], a.Type(), b.Type())
		return 0
	}
}
