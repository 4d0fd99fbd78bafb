package native

import (
	"fmt"
	"strconv"

	vm "github.com/yuin/gopher-lua"
)

// Where gives "file:line:" of the function at a level, with 0 the running one
// and 1 its caller; "" for a native, as luaL_where without the trailing space.
func Where(l *vm.LState, level int) string {
	f := At(l, level)
	if f == nil || f.IsNative() || f.Line() < 0 {
		return ""
	}
	return f.Fn.Proto.SourceName + ":" + strconv.Itoa(f.Line()) + ":"
}

// nearest gives "file:line:" of the innermost Lua function, be it that of the
// code which resumed the coroutine.
func nearest(l *vm.LState) (at string) {
	for l != nil && at == "" {
		frames(l, func(f *Frame) bool {
			if !f.IsNative() && f.Line() >= 0 {
				at = f.Fn.Proto.SourceName + ":" + strconv.Itoa(f.Line()) + ":"
			}
			return at == ""
		})
		c, ok := l.Context().(*Context)
		if !ok {
			break
		}
		l = c.caller
	}
	return at
}

// Position is [Where] with the space that stands between it and a message.
func Position(l *vm.LState, level int) string {
	if at := Where(l, level); at != "" {
		return at + " "
	}
	return ""
}

// Raise raises a message with the position of the native's caller, as
// luaL_error. It does not return.
func Raise(l *vm.LState, format string, args ...any) {
	RaiseValue(l, vm.LString(Position(l, 1)+fmt.Sprintf(format, args...)))
}

// RaiseValue raises a value as it is, as lua_error. It does not return.
func RaiseValue(l *vm.LState, v vm.LValue) {
	if Fatal(v) != nil {
		panic(&vm.ApiError{Type: vm.ApiErrorRun, Object: v})
	}
	l.Error(v, 0)
}

// panicRaise is what every thread raises with. The machine calls it with the
// value on top of the stack, while the frames still stand.
func panicRaise(l *vm.LState) {
	v := l.Get(-1)
	if c, ok := l.Context().(*Context); ok {
		if s, ok := v.(vm.LString); ok && c.hooks.Describe != nil && byMachine(l) {
			v = c.hooks.Describe(l, s)
		}
		c.raised = true
		if c.kind == kindCoroutine || c.handler != nil {
			v = c.onRaise(l, v)
		}
	}
	panic(&vm.ApiError{Type: vm.ApiErrorRun, Object: v, StackTrace: "-"})
}

// byMachine tells that the machine itself raises, and not a native: those come
// with their frame on top.
func byMachine(l *vm.LState) bool {
	d, ok := l.GetStack(0)
	return ok && !lift(d).Fn.IsG
}
