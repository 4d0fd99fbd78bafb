package native

import (
	vm "github.com/yuin/gopher-lua"
)

// ArgError raises that the n-th argument is wrong, in the words of
// luaL_argerror: the name is that by which the caller called the native, and
// the object before a method's colon does not count. It does not return.
func ArgError(l *vm.LState, n int, message string) {
	name, what := CallName(l, 0)
	if what == "method" {
		if n--; n == 0 {
			Raise(l, "calling '%s' on bad self (%s)", name, message)
		}
	}
	if name == "" {
		name = "?"
		if f := At(l, 0); f != nil {
			if known := LibraryName(l, f.Fn); known != "" {
				name = known
			}
		}
	}
	Raise(l, "bad argument #%d to '%s' (%s)", n, name, message)
}

// TypeError raises that the n-th argument has another type than expected, as
// luaL_typeerror. It does not return.
func TypeError(l *vm.LState, n int, expected string) {
	ArgError(l, n, expected+" expected, got "+ArgTypeName(l, n))
}

// ArgTypeName is the type of an argument as messages name it.
func ArgTypeName(l *vm.LState, n int) string {
	if n > l.GetTop() {
		return "no value"
	}
	return TypeName(l, l.Get(n))
}

// TypeName is the name of a value's type as messages have it: what the
// metatable says in __name, or the type's own.
func TypeName(l *vm.LState, v vm.LValue) string {
	if name, ok := l.GetMetaField(v, "__name").(vm.LString); ok {
		return string(name)
	}
	return v.Type().String()
}

// CheckAny gives an argument that must be there, be it nil.
func CheckAny(l *vm.LState, n int) vm.LValue {
	if n > l.GetTop() {
		ArgError(l, n, "value expected")
	}
	return l.Get(n)
}

// CheckString gives a string argument; a number becomes one.
func CheckString(l *vm.LState, n int) string {
	switch v := l.Get(n).(type) {
	case vm.LString:
		return string(v)
	case vm.LNumber:
		return FormatNumber(v)
	}
	TypeError(l, n, "string")
	return ""
}

// OptString is CheckString with a default for nil and for no argument.
func OptString(l *vm.LState, n int, otherwise string) string {
	if l.Get(n) == vm.LNil {
		return otherwise
	}
	return CheckString(l, n)
}

// CheckNumber gives a number argument; a numeric string becomes one.
func CheckNumber(l *vm.LState, n int) vm.LNumber {
	switch v := l.Get(n).(type) {
	case vm.LNumber:
		return v
	case vm.LString:
		Step(l, len(v)/64)
		if f, ok := ToNumber(string(v)); ok {
			return f
		}
	}
	TypeError(l, n, "number")
	return 0
}

// OptNumber is CheckNumber with a default for nil and for no argument.
func OptNumber(l *vm.LState, n int, otherwise vm.LNumber) vm.LNumber {
	if l.Get(n) == vm.LNil {
		return otherwise
	}
	return CheckNumber(l, n)
}

// CheckInteger gives an argument that is a whole number.
func CheckInteger(l *vm.LState, n int) int64 {
	if v, ok := l.Get(n).(vm.LNumber); ok {
		if i := int64(v); vm.LNumber(i) == v && v < 1<<63 {
			return i
		}
	}
	i, ok := ToInteger(CheckNumber(l, n))
	if !ok {
		ArgError(l, n, "number has no integer representation")
	}
	return i
}

// OptInteger is CheckInteger with a default for nil and for no argument.
func OptInteger(l *vm.LState, n int, otherwise int64) int64 {
	if l.Get(n) == vm.LNil {
		return otherwise
	}
	return CheckInteger(l, n)
}

// CheckTable gives a table argument.
func CheckTable(l *vm.LState, n int) *vm.LTable {
	t, ok := l.Get(n).(*vm.LTable)
	if !ok {
		TypeError(l, n, "table")
	}
	return t
}

// CheckFunction gives a function argument.
func CheckFunction(l *vm.LState, n int) *vm.LFunction {
	f, ok := l.Get(n).(*vm.LFunction)
	if !ok {
		TypeError(l, n, "function")
	}
	return f
}

// CheckOption gives the index of a string argument in a list of allowed ones;
// otherwise stands for nil and for no argument, and "" demands one.
func CheckOption(l *vm.LState, n int, otherwise string, options ...string) int {
	name := otherwise
	if name == "" {
		name = CheckString(l, n)
	} else {
		name = OptString(l, n, otherwise)
	}
	for i, option := range options {
		if option == name {
			return i
		}
	}
	ArgError(l, n, "invalid option '"+name+"'")
	return 0
}
