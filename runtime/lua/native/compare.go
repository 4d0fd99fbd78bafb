package native

import vm "github.com/yuin/gopher-lua"

// CompareText is the text of an error about two values that have no order.
func CompareText(l *vm.LState, a, b vm.LValue) string {
	x, y := TypeName(l, a), TypeName(l, b)
	if x == y {
		return "attempt to compare two " + x + " values"
	}
	return "attempt to compare " + x + " with " + y
}
