package machine

import (
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// deepest is how many metatables in a row are looked through for a field.
const deepest = 8

// field reads a field by name, through metatables whose __index is a table, as
// classes have it. known is false where a metamethod has to be called, or
// where there is no table.
func field(object vm.LValue, name string) (v vm.LValue, known bool) {
	t, ok := object.(*vm.LTable)
	if !ok {
		return nil, false
	}
	for range deepest {
		if v, ok := (*table)(unsafe.Pointer(t)).strdict[name]; ok {
			return v, true
		}
		mt, ok := t.Metatable.(*vm.LTable)
		if !ok {
			return vm.LNil, isNil(t.Metatable)
		}
		index, ok := (*table)(unsafe.Pointer(mt)).strdict["__index"]
		if !ok {
			return vm.LNil, true
		}
		if t, ok = index.(*vm.LTable); !ok {
			return nil, false
		}
	}
	return nil, false
}

// setField writes a field by name; known is false where a metamethod might have
// to be called or the object is no table.
func setField(object vm.LValue, name string, v vm.LValue) (known bool) {
	t, ok := object.(*vm.LTable)
	if !ok {
		return false
	}
	fields := (*table)(unsafe.Pointer(t)).strdict
	if _, is := fields[name]; is && !isNil(v) {
		// A key that is there is in the machine's list of keys already.
		fields[name] = v
		return true
	}
	if !isNil(t.Metatable) {
		return false
	}
	t.RawSetString(name, v)
	return true
}

// element gives where a table keeps the value of a key that is a place in its
// list; nil where it is none.
func element(object, key vm.LValue) *vm.LValue {
	n, ok := key.(vm.LNumber)
	if !ok {
		return nil
	}
	t, ok := object.(*vm.LTable)
	if !ok {
		return nil
	}
	list := (*table)(unsafe.Pointer(t)).array
	// The machine looks into the list only up to a bound that may be changed.
	if i := int(n) - 1; vm.LNumber(i+1) == n && uint(i) < uint(len(list)) && i+1 < vm.MaxArrayIndex {
		return &list[i]
	}
	return nil
}

// setElement writes to a place in a table's list, or to the one behind it;
// known is false where a metamethod might have to be called, or the key is none
// of a list.
func setElement(object, key, v vm.LValue) (known bool) {
	if at := element(object, key); at != nil {
		if isNil(*at) && !isNil(object.(*vm.LTable).Metatable) {
			return false
		}
		*at = v
		return true
	}
	n, ok := key.(vm.LNumber)
	if !ok {
		return false
	}
	t, ok := object.(*vm.LTable)
	if !ok || !isNil(t.Metatable) {
		return false
	}
	if i := int(n); vm.LNumber(i) == n && i > 0 && i < vm.MaxArrayIndex {
		t.RawSetInt(i, v)
		return true
	}
	return false
}
