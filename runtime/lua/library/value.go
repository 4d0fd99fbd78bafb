package library

import (
	"math"
	"strconv"
	"strings"
	"unsafe"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

// toString is luaL_tolstring: __tostring, then __name, then the plain form.
func toString(l *vm.LState, v vm.LValue) string {
	switch v := v.(type) {
	case vm.LString:
		return string(v)
	case vm.LNumber:
		return native.FormatNumber(v)
	}
	if mm := l.GetMetaField(v, "__tostring"); mm != vm.LNil {
		switch s := native.Call1(l, mm, v).(type) {
		case vm.LString:
			return string(s)
		case vm.LNumber:
			return native.FormatNumber(s)
		}
		native.Raise(l, "'__tostring' must return a string")
	}
	text := native.ToString(v)
	if name, ok := l.GetMetaField(v, "__name").(vm.LString); ok {
		for i := range len(text) {
			if text[i] == ':' {
				return string(name) + text[i:]
			}
		}
	}
	return text
}

// index is v[key] with metamethods, for natives.
func index(l *vm.LState, v, key vm.LValue) vm.LValue {
	object := v
	for range vm.MaxTableGetLoop {
		t, isTable := v.(*vm.LTable)
		if isTable {
			if found := touch(l, t).RawGet(key); found != vm.LNil {
				return found
			}
		}
		mm := l.GetMetaField(v, "__index")
		switch mm := mm.(type) {
		case *vm.LNilType:
			if !isTable {
				native.RaiseValue(l, vm.LString("attempt to index a "+native.TypeName(l, object)+" value"))
			}
			return vm.LNil
		case *vm.LFunction:
			return native.Call1(l, mm, v, key)
		}
		v = mm
	}
	native.RaiseValue(l, vm.LString("'__index' chain too long; possibly a loop"))
	return vm.LNil
}

// setIndex is v[key] = value with metamethods, for natives.
func setIndex(l *vm.LState, v, key, value vm.LValue) {
	for range vm.MaxTableGetLoop {
		t, isTable := v.(*vm.LTable)
		if isTable && (touch(l, t).Metatable == vm.LNil || t.RawGet(key) != vm.LNil) {
			rawSet(l, t, key, value)
			return
		}
		mm := l.GetMetaField(v, "__newindex")
		switch mm := mm.(type) {
		case *vm.LNilType:
			if !isTable {
				native.RaiseValue(l, vm.LString("attempt to index a "+native.TypeName(l, v)+" value"))
			}
			rawSet(l, t, key, value)
			return
		case *vm.LFunction:
			l.Push(mm)
			l.Push(v)
			l.Push(key)
			l.Push(value)
			native.Call(l, 3, 0)
			return
		}
		v = mm
	}
	native.RaiseValue(l, vm.LString("'__newindex' chain too long; possibly a loop"))
}

// rawSet is t[key] = value without metamethods.
func rawSet(l *vm.LState, t *vm.LTable, key, value vm.LValue) {
	switch k := key.(type) {
	case vm.LNumber:
		if math.IsNaN(float64(k)) {
			native.RaiseValue(l, vm.LString("table index is NaN"))
		}
	case *vm.LNilType:
		native.RaiseValue(l, vm.LString("table index is nil"))
	}
	t.RawSet(key, value)
}

// length is #v with metamethods, as luaL_len.
func length(l *vm.LState, v vm.LValue) int64 {
	if mm := l.GetMetaField(v, "__len"); mm != vm.LNil {
		n, ok := number(native.Call1(l, mm, v))
		i, whole := native.ToInteger(n)
		if !ok || !whole {
			native.Raise(l, "object length is not an integer")
		}
		return i
	}
	switch v := v.(type) {
	case *vm.LTable:
		return int64(list.Length(v))
	case vm.LString:
		return int64(len(v))
	}
	native.RaiseValue(l, vm.LString("attempt to get length of a "+native.TypeName(l, v)+" value"))
	return 0
}

// less is a < b with metamethods.
func less(l *vm.LState, a, b vm.LValue) bool {
	switch x := a.(type) {
	case vm.LNumber:
		if y, ok := b.(vm.LNumber); ok {
			return x < y
		}
	case vm.LString:
		if y, ok := b.(vm.LString); ok {
			return x < y
		}
	}
	mm := l.GetMetaField(a, "__lt")
	if mm == vm.LNil {
		mm = l.GetMetaField(b, "__lt")
	}
	if mm == vm.LNil {
		native.RaiseValue(l, vm.LString(native.CompareText(l, a, b)))
	}
	return vm.LVAsBool(native.Call1(l, mm, a, b))
}

// equal is a == b with metamethods.
func equal(l *vm.LState, a, b vm.LValue) bool {
	if a == b {
		return true
	}
	switch a.(type) {
	case *vm.LTable, *vm.LUserData:
		if a.Type() != b.Type() {
			return false
		}
		mm := l.GetMetaField(a, "__eq")
		if mm == vm.LNil {
			mm = l.GetMetaField(b, "__eq")
		}
		return mm != vm.LNil && vm.LVAsBool(native.Call1(l, mm, a, b))
	}
	return false
}

// maxString is the longest string that natives make where no limit is set.
const maxString = 1 << 30

// room charges for a string of n bytes, or raises that there is no memory.
func room(l *vm.LState, n int) {
	native.Alloc(l, n)
	if n > maxString {
		native.RaiseValue(l, vm.LString("not enough memory"))
	}
}

// read charges for looking at n bytes of a string: a native that looks at many
// takes as long as a great deal of instructions.
func read(l *vm.LState, n int) { native.Step(l, n/64) }

// shared is how long a string may be that its pieces are cut from without
// copying. A piece keeps the whole string in memory, of which nobody knows.
const shared = 128

// cut gives a piece of a string.
func cut(l *vm.LState, s string, from, to int) vm.LString {
	if len(s) <= shared || to-from == len(s) {
		return vm.LString(s[from:to])
	}
	room(l, to-from)
	read(l, to-from)
	return vm.LString(strings.Clone(s[from:to]))
}

// stringPointer is an address that stands for a string's contents: equal
// strings have the same one, as short strings do in PUC Lua.
func stringPointer(s vm.LString) string {
	hash := uint64(14695981039346656037)
	for i := range len(s) {
		hash = (hash ^ uint64(s[i])) * 1099511628211
	}
	return "0x" + strconv.FormatUint(hash>>16|1<<47, 16)
}

// byteString makes a string of bytes that nobody else has.
func byteString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
