package library

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

func tableSort(l *vm.LState) int {
	t := checkObject(l, 1, reads|writes|measures)
	n := t.len()
	if n <= 1 {
		return 0
	}
	if n >= 1<<31-1 {
		native.ArgError(l, 1, "array too big")
	}
	s := sorter{l: l, list: t}
	if l.Get(2) != vm.LNil {
		s.comparator = native.CheckFunction(l, 2)
	}
	if s.comparator == nil && t.raw != nil && sortSimple(l, t, int(n)) {
		return 0
	}
	if s.comparator != nil {
		defer native.Enter(l)()
	}
	s.sort(1, int(n))
	return 0
}

// sortSimple sorts a list of nothing but numbers or nothing but strings, and
// reports false for any other. No script can tell how that is done.
func sortSimple(l *vm.LState, t object, n int) bool {
	native.Step(l, n*bits.Len64(uint64(n))/8)
	native.Alloc(l, 40*n)
	values := make([]vm.LValue, n)
	for i := range values {
		values[i] = t.get(int64(i) + 1)
	}
	switch {
	case allOf[vm.LNumber](values):
		sortNumbers(values)
		for i, v := range values {
			t.set(int64(i)+1, v)
		}
	case allOf[vm.LString](values):
		for i, at := range sortStrings(values) {
			t.set(int64(i)+1, values[at])
		}
	default:
		return false
	}
	return true
}

// allOf tells that all values have the type, and none is NaN.
func allOf[T vm.LNumber | vm.LString](values []vm.LValue) bool {
	for _, v := range values {
		if _, ok := any(v).(T); !ok {
			return false
		}
		if n, ok := v.(vm.LNumber); ok && math.IsNaN(float64(n)) {
			return false
		}
	}
	return true
}

// sortNumbers sorts in place. Numbers that compare equal cannot be told apart,
// so it does not matter which comes first.
func sortNumbers(values []vm.LValue) {
	keys := make([]float64, len(values))
	for i, v := range values {
		keys[i] = float64(v.(vm.LNumber))
	}
	slices.Sort(keys)
	for i, key := range keys {
		values[i] = vm.LNumber(key)
	}
}

// sortStrings gives the order of the values. It moves numbers about and not the
// strings themselves: moving a pointer costs while the collector runs.
func sortStrings(values []vm.LValue) []int32 {
	type prefixed struct {
		// head is the first eight bytes, which decide most comparisons.
		head uint64
		at   int32
	}
	list := make([]prefixed, len(values))
	for i, v := range values {
		var head [8]byte
		copy(head[:], v.(vm.LString))
		list[i] = prefixed{binary.BigEndian.Uint64(head[:]), int32(i)}
	}
	slices.SortFunc(list, func(a, b prefixed) int {
		switch {
		case a.head < b.head:
			return -1
		case a.head > b.head:
			return 1
		}
		return strings.Compare(string(values[a.at].(vm.LString)), string(values[b.at].(vm.LString)))
	})
	order := make([]int32, len(list))
	for i, p := range list {
		order[i] = p.at
	}
	return order
}

// sorter is the quicksort of PUC Lua, on the table itself: with the same
// comparisons, values that compare equal come out in the same order as there, an
// order function that contradicts itself is noticed in the same cases, and
// metamethods and errors find the table as they would there.
type sorter struct {
	l    *vm.LState
	list object
	// comparator is the order function; nil is "<".
	comparator *vm.LFunction
}

func (s *sorter) get(i int) vm.LValue {
	// The order function may give the table a metatable.
	if s.list.raw != nil {
		if _, none := s.list.raw.Metatable.(*vm.LNilType); !none {
			s.list.raw = nil
		}
	}
	return s.list.get(int64(i))
}

// put stores two values, the first one first.
func (s *sorter) put(i int, v vm.LValue, j int, w vm.LValue) {
	s.list.set(int64(i), v)
	s.list.set(int64(j), w)
}

func (s *sorter) less(a, b vm.LValue) bool {
	// Not every order function and not every list counts by itself.
	native.Step(s.l, 1)
	if s.comparator != nil {
		return vm.LVAsBool(native.Invoke(s.l, s.comparator, a, b))
	}
	return less(s.l, a, b)
}

// large is from where on a pivot may be taken elsewhere than in the middle
// (RANLIMIT). PUC Lua asks the clock where; here it is always the same place.
const large = 100

// lopsided is how uneven a split must be for the next pivot to be taken
// elsewhere.
const lopsided = 128

func (s *sorter) sort(low, high int) {
	shift := 0
	for low < high {
		if a, b := s.get(low), s.get(high); s.less(b, a) {
			s.put(low, b, high, a)
		}
		if high-low == 1 {
			return
		}
		middle := (low + high) / 2
		if shift > 0 && high-low > large {
			quarter := (high - low) / 4
			middle = low + quarter + shift%(quarter*2)
		}
		s.median(low, middle, high)
		if high-low == 2 {
			return
		}
		at := s.partition(low, high, middle)
		var done int
		if at-low < high-at {
			s.sort(low, at-1)
			done = at - low
			low = at + 1
		} else {
			s.sort(at+1, high)
			done = high - at
			high = at - 1
		}
		if (high-low)/lopsided > done {
			shift += high - low/2 + 7919
		}
	}
}

// median puts the median of three into the middle. The ends are in order.
func (s *sorter) median(low, middle, high int) {
	m, a := s.get(middle), s.get(low)
	if s.less(m, a) {
		s.put(middle, a, low, m)
		return
	}
	if b := s.get(high); s.less(b, m) {
		s.put(middle, b, high, m)
	}
}

// partition splits low..high around the value in the middle, whose place it
// gives. The ends are in order with it already.
func (s *sorter) partition(low, high, middle int) int {
	pivot := s.get(middle)
	s.put(middle, s.get(high-1), high-1, pivot)
	i, j := low, high-1
	for {
		i++
		a := s.get(i)
		for s.less(a, pivot) {
			if i == high-1 {
				s.contradiction()
			}
			i++
			a = s.get(i)
		}
		j--
		b := s.get(j)
		for s.less(pivot, b) {
			if j < i {
				s.contradiction()
			}
			j--
			b = s.get(j)
		}
		if j < i {
			s.put(high-1, a, i, pivot)
			return i
		}
		s.put(i, b, j, a)
	}
}

func (s *sorter) contradiction() {
	native.Raise(s.l, "invalid order function for sorting")
}
