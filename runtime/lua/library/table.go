package library

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
)

var tableFunctions = []function{
	{"concat", tableConcat},
	{"insert", tableInsert},
	{"move", tableMove},
	{"pack", tablePack},
	{"remove", tableRemove},
	{"sort", tableSort},
	{"unpack", tableUnpack},
}

// maxResults is how many values a native may push at once: what PUC's limit of
// the stack, a million, leaves.
const maxResults = 999_000

// What a function wants of the object it works on.
const (
	reads = 1 << iota
	writes
	measures
)

// object is what a table function works on. Raw is set where it is a table
// without metatable, which needs no care.
type object struct {
	l   *vm.LState
	v   vm.LValue
	raw *vm.LTable
}

// checkObject takes an argument that is a table, or has the metamethods that
// stand in for one.
func checkObject(l *vm.LState, n, wants int) object {
	v := touchValue(l, l.Get(n))
	t, ok := v.(*vm.LTable)
	switch {
	case ok && t.Metatable == vm.LNil:
		return object{l, v, t}
	case ok:
		return object{l, v, nil}
	}
	for bit, event := range map[int]string{reads: "__index", writes: "__newindex", measures: "__len"} {
		if wants&bit != 0 && l.GetMetaField(v, event) == vm.LNil {
			native.TypeError(l, n, "table")
		}
	}
	return object{l, v, nil}
}

func (t object) len() int64 {
	if t.raw != nil {
		return int64(list.Length(t.raw))
	}
	return length(t.l, t.v)
}

func (t object) get(i int64) vm.LValue {
	if t.raw != nil {
		return list.Get(t.raw, int(i))
	}
	return index(t.l, t.v, vm.LNumber(i))
}

func (t object) set(i int64, v vm.LValue) {
	if t.raw != nil {
		t.raw.RawSetInt(int(i), v)
		return
	}
	setIndex(t.l, t.v, vm.LNumber(i), v)
}

// grow charges for a new item.
func grow(l *vm.LState, at int64) { native.Alloc(l, native.ItemCost(int(at))) }

// shift charges for moving the items from..to by one place.
func shift(l *vm.LState, from, to int64) {
	inHash := max(0, to-max(from, int64(vm.MaxArrayIndex))+1)
	native.Step(l, int((to-from-inHash)/64+4*inHash))
}

func tableInsert(l *vm.LState) int {
	if t, ok := l.Get(1).(*vm.LTable); ok && t.Metatable == vm.LNil && l.GetTop() == 2 {
		end := list.Length(t) + 1
		grow(l, int64(end))
		t.RawSetInt(end, l.Get(2))
		return 0
	}
	t := checkObject(l, 1, reads|writes|measures)
	end := t.len() + 1
	switch l.GetTop() {
	case 2:
		grow(l, end)
		t.set(end, l.Get(2))
	case 3:
		at := native.CheckInteger(l, 2)
		if uint64(at)-1 >= uint64(end) {
			native.ArgError(l, 2, "position out of bounds")
		}
		v := l.Get(3)
		grow(l, end)
		if t.raw != nil {
			shift(l, at, end-1)
			list.Insert(t.raw, int(at), int(end-1), v)
			return 0
		}
		for i := end; i > at; i-- {
			native.Step(l, 1)
			t.set(i, t.get(i-1))
		}
		t.set(at, v)
	default:
		native.Raise(l, "wrong number of arguments to 'insert'")
	}
	return 0
}

func tableRemove(l *vm.LState) int {
	if t, ok := l.Get(1).(*vm.LTable); ok && t.Metatable == vm.LNil && l.GetTop() == 1 {
		if n := list.Length(t); n > 0 {
			l.Push(list.Remove(t, n, n))
			return 1
		}
	}
	t := checkObject(l, 1, reads|writes|measures)
	size := t.len()
	at := native.OptInteger(l, 2, size)
	if at != size && uint64(at)-1 > uint64(size) {
		native.ArgError(l, 1, "position out of bounds")
	}
	if t.raw != nil && at >= 1 && at <= size {
		shift(l, at, size)
		l.Push(list.Remove(t.raw, int(at), int(size)))
		return 1
	}
	l.Push(t.get(at))
	for ; at < size; at++ {
		native.Step(l, 1)
		t.set(at, t.get(at+1))
	}
	t.set(at, vm.LNil)
	return 1
}

func tableMove(l *vm.LState) int {
	from, to, at := native.CheckInteger(l, 2), native.CheckInteger(l, 3), native.CheckInteger(l, 4)
	n := 1
	if l.GetTop() >= 5 && l.Get(5) != vm.LNil {
		n = 5
	}
	source := checkObject(l, 1, reads)
	target := checkObject(l, n, writes)
	if to >= from {
		if !(from > 0 || to < math.MaxInt64+from) {
			native.ArgError(l, 3, "too many elements to move")
		}
		count := to - from + 1
		if at > math.MaxInt64-count+1 {
			native.ArgError(l, 4, "destination wrap around")
		}
		if at > to || at <= from || n != 1 && !equal(l, l.Get(1), l.Get(5)) {
			for i := range count {
				native.Step(l, 1)
				grow(l, at+i)
				target.set(at+i, source.get(from+i))
			}
		} else {
			for i := count - 1; i >= 0; i-- {
				native.Step(l, 1)
				grow(l, at+i)
				target.set(at+i, source.get(from+i))
			}
		}
	}
	l.Push(l.Get(n))
	return 1
}

func tablePack(l *vm.LState) int {
	n := l.GetTop()
	inArray := min(n, vm.MaxArrayIndex-1)
	native.Alloc(l, 16*inArray+native.ItemCost(n)*(n-inArray))
	t := l.CreateTable(inArray, 1)
	for i := 1; i <= n; i++ {
		t.RawSetInt(i, l.Get(i))
	}
	t.RawSetString("n", vm.LNumber(n))
	l.Push(t)
	return 1
}

func tableUnpack(l *vm.LState) int {
	from := native.OptInteger(l, 2, 1)
	t := object{l: l, v: touchValue(l, l.Get(1))}
	if table, ok := t.v.(*vm.LTable); ok && table.Metatable == vm.LNil {
		t.raw = table
	}
	var to int64
	if l.Get(3) == vm.LNil {
		to = t.len()
	} else {
		to = native.CheckInteger(l, 3)
	}
	if from > to {
		return 0
	}
	if uint64(to)-uint64(from) >= maxResults {
		native.Raise(l, "too many results to unpack")
	}
	n := int(to - from + 1)
	if n < 64 {
		for i := from; i < to; i++ {
			l.Push(t.get(i))
		}
		l.Push(t.get(to))
		return n
	}
	native.Alloc(l, 16*n)
	native.Step(l, n/4)
	// Room for all at once: the machine's stack grows in small steps.
	top := l.GetTop()
	l.SetTop(top + n)
	for i := range n {
		l.Replace(top+1+i, t.get(from+int64(i)))
	}
	return n
}

func tableConcat(l *vm.LState) int {
	t := checkObject(l, 1, reads|measures)
	last := t.len()
	separator := native.OptString(l, 2, "")
	from := native.OptInteger(l, 3, 1)
	last = native.OptInteger(l, 4, last)
	if from > last {
		l.Push(vm.LString(""))
		return 1
	}
	if t.raw != nil && last-from < 1<<24 {
		if text, ok := concatRaw(l, t.raw, separator, int(from), int(last)); ok {
			l.Push(vm.LString(text))
			return 1
		}
	}
	var b []byte
	for i := from; ; i++ {
		native.Step(l, 1)
		if len(separator) > 256 {
			room(l, 2*(len(b)+len(separator)))
		}
		switch v := t.get(i).(type) {
		case vm.LString:
			room(l, len(b)+len(v))
			b = append(b, v...)
		case vm.LNumber:
			b = native.AppendNumber(b, v)
		default:
			native.Raise(l, "invalid value (%s) at index %d in table for 'concat'", native.TypeName(l, v), i)
		}
		if i == last {
			break
		}
		b = append(b, separator...)
	}
	room(l, len(b))
	l.Push(vm.LString(b))
	return 1
}

// concatRaw joins a list whose values are known to be strings and numbers; ok
// is false where one is not.
func concatRaw(l *vm.LState, t *vm.LTable, separator string, from, last int) (string, bool) {
	total := (last - from) * len(separator)
	for i := from; i <= last; i++ {
		switch v := list.Get(t, i).(type) {
		case vm.LString:
			total += len(v)
		case vm.LNumber:
			total += 24
		default:
			return "", false
		}
	}
	room(l, total)
	native.Step(l, (last-from)/8+total/256)
	b := make([]byte, 0, total)
	for i := from; ; i++ {
		switch v := list.Get(t, i).(type) {
		case vm.LString:
			b = append(b, v...)
		case vm.LNumber:
			b = native.AppendNumber(b, v)
		}
		if i == last {
			break
		}
		b = append(b, separator...)
	}
	return byteString(b), true
}
