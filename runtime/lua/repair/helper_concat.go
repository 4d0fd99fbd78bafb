package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// concat joins its arguments as a .. b .. c does, from the right: all strings
// and numbers beside one another at once, and __concat for any other pair.
func concat(l *vm.LState) int {
	n := l.GetTop()
	last := l.Get(n)
	for n > 1 {
		from := n
		if isText(last) {
			for from > 1 && isText(l.Get(from-1)) {
				from--
			}
		}
		if from < n {
			last = join(l, from, n, last)
			n = from
			continue
		}
		left := l.Get(n - 1)
		m := metafield(l, left, "__concat")
		if m == nil {
			m = metafield(l, last, "__concat")
		}
		if m == nil {
			raiseConcat(l, left, last, n, n == l.GetTop())
		}
		last = callMetamethod(l, m, "__concat", left, last)
		n--
	}
	return result(l, last)
}

func isText(v vm.LValue) bool {
	switch v.(type) {
	case vm.LString, vm.LNumber:
		return true
	}
	return false
}

// join makes one string of the arguments from..to, the last of which is given.
func join(l *vm.LState, from, to int, last vm.LValue) vm.LValue {
	var few [8]string
	parts := few[:0]
	size := 0
	for i := from; i < to; i++ {
		parts = append(parts, text(l.Get(i)))
		size += len(parts[len(parts)-1])
	}
	parts = append(parts, text(last))
	size += len(parts[len(parts)-1])
	native.Alloc(l, size)
	if size > 1024 {
		native.Step(l, size/64)
	}
	if len(parts) == 2 {
		return vm.LString(parts[0] + parts[1])
	}
	buf := make([]byte, 0, size)
	for _, p := range parts {
		buf = append(buf, p...)
	}
	return vm.LString(unsafeString(buf))
}

func text(v vm.LValue) string {
	if s, ok := v.(vm.LString); ok {
		return string(s)
	}
	return native.FormatNumber(v.(vm.LNumber))
}

// raiseConcat raises which of two neighbours cannot be joined; the right one is
// argument n, if it is an argument at all and no result.
func raiseConcat(l *vm.LState, left, right vm.LValue, n int, isArgument bool) {
	wrong, argument := left, n-1
	if isText(left) {
		wrong, argument = right, n
		if !isArgument {
			argument = 0
		}
	}
	native.Raise(l, "attempt to concatenate a %s value%s", native.TypeName(l, wrong), argumentName(l, argument))
}
