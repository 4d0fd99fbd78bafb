// Package list reads and changes tables as lists, t[1] to t[#t], wherever the
// machine keeps the items.
//
// The machine has an array for the keys below its variable MaxArrayIndex, and a
// hash for all others. Its own methods Len, RawGetInt, Append, Insert, Remove
// and Next know lists in the array only, so a list that is longer seems to end
// there. What is here goes on in the hash. Get, Set and RawGet with a number,
// and LTable.ForEach, need no care.
//
// The package must not know anything but the machine: no state, no metatables,
// no limits. There is no order of calls. Like the machine's tables, nothing is
// safe for concurrent use with a change of the same table.
package list

import (
	"reflect"
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// table is the machine's structure.
type table struct {
	metatable vm.LValue

	array   []vm.LValue
	dict    map[vm.LValue]vm.LValue
	strdict map[string]vm.LValue
	keys    []vm.LValue
	k2i     map[vm.LValue]int
}

// fits tells that the machine's structure is that.
var fits = sameFields(reflect.TypeFor[table](), reflect.TypeFor[vm.LTable]())

func sameFields(mine, theirs reflect.Type) bool {
	if mine.NumField() != theirs.NumField() {
		return false
	}
	for i := range mine.NumField() {
		a, b := mine.Field(i), theirs.Field(i)
		if a.Type != b.Type || a.Offset != b.Offset || i > 0 && a.Name != b.Name {
			return false
		}
	}
	return true
}

// Fits tells that the machine's tables are as expected. Where they are not,
// everything here does no more than the machine's own methods, and
// MaxArrayIndex must be left as it is.
func Fits() bool { return fits }

func of(t *vm.LTable) *table { return (*table)(unsafe.Pointer(t)) }

func isNil(v vm.LValue) bool {
	_, is := v.(*vm.LNilType)
	return is
}

// InArray tells a key that the machine keeps in a table's array.
func InArray(i int) bool { return i > 0 && i < vm.MaxArrayIndex }

// Get gives the value of a whole number as key, without metamethods.
func Get(t *vm.LTable, i int) vm.LValue {
	if InArray(i) {
		return t.RawGetInt(i)
	}
	return t.RawGet(vm.LNumber(i))
}

// Append adds a value behind the list; nil changes nothing.
func Append(t *vm.LTable, v vm.LValue) {
	if !isNil(v) {
		t.RawSetInt(Length(t)+1, v)
	}
}

// Insert moves the items at..length up by one and puts the value at that place.
// The length is one that Length gave, and 1 <= at <= length+1.
func Insert(t *vm.LTable, at, length int, v vm.LValue) {
	i := length
	for ; i >= at && !(fits && InArray(i+1)); i-- {
		t.RawSetInt(i+1, Get(t, i))
	}
	if i >= at {
		// The place behind them, if it is new, gets a value below.
		if i == len(of(t).array) {
			t.RawSetInt(i+1, v)
		}
		items := of(t).array
		copy(items[at:i+1], items[at-1:i])
	}
	t.RawSetInt(at, v)
}

// Remove takes out the item at that place, moves the items behind it down by
// one, and gives it. The length is one that Length gave, and
// 1 <= at <= length.
func Remove(t *vm.LTable, at, length int) vm.LValue {
	v := Get(t, at)
	if fits {
		items := of(t).array
		if last := min(length, len(items), vm.MaxArrayIndex-1); at < last {
			copy(items[at-1:last-1], items[at:last])
			at = last
		}
		if length == len(items) && at == length && length < vm.MaxArrayIndex {
			items[length-1] = vm.LNil // for Had
			of(t).array = items[:length-1]
			return v
		}
	}
	for ; at < length; at++ {
		t.RawSetInt(at, Get(t, at+1))
	}
	t.RawSetInt(length, vm.LNil)
	return v
}

// Next gives the key behind a key, and its value, in the order of the function
// next; LNil begins, and ends. It may be a key that was removed since it was
// given. Behind one that never was there it ends.
func Next(t *vm.LTable, key vm.LValue) (next, v vm.LValue) {
	if !fits {
		return t.Next(key)
	}
	d := of(t)
	from, in := position(key)
	if in {
		for ; from < len(d.array); from++ {
			if v := d.array[from]; !isNil(v) {
				return vm.LNumber(from + 1), v
			}
		}
		if len(d.dict) == 0 && len(d.strdict) == 0 {
			return vm.LNil, vm.LNil
		}
		from = 0
	} else {
		last, there := d.k2i[key]
		if !there {
			return vm.LNil, vm.LNil
		}
		from = last + 1
	}
	for ; from < len(d.keys); from++ {
		key := d.keys[from]
		if v := t.RawGetH(key); !isNil(v) {
			return key, v
		}
	}
	return vm.LNil, vm.LNil
}

// position gives the index of the array behind a key; in is false for a key
// that is not of the array.
func position(key vm.LValue) (index int, in bool) {
	switch key := key.(type) {
	case *vm.LNilType:
		return 0, true
	case vm.LNumber:
		i := int(key)
		return i, vm.LNumber(i) == key && InArray(i)
	}
	return 0, false
}

// Had tells that a table has a key, or had it once and next might have given
// it: a loop over a table may meet keys that were removed in it.
func Had(t *vm.LTable, key vm.LValue) bool {
	if !fits || !isNil(t.RawGet(key)) {
		return true
	}
	d := of(t)
	if i, in := position(key); in && i > 0 {
		// Behind the array's end is what was cut off; where nothing ever was,
		// there is not even LNil.
		return i <= cap(d.array) && d.array[:i][i-1] != nil
	}
	_, was := d.k2i[key]
	return was
}
