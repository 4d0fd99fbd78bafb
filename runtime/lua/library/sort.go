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
	t := checkList(l, 1, reads|writes|measures)
	n := t.len()
	if n <= 1 {
		return 0
	}
	if n >= 1<<31-1 {
		native.ArgError(l, 1, "array too big")
	}
	comparator := l.Get(2)
	if comparator != vm.LNil {
		native.CheckFunction(l, 2)
	}
	native.Alloc(l, 40*int(n))
	native.Step(l, int(n)*bits.Len64(uint64(n))/8)
	values := make([]vm.LValue, n)
	for i := range values {
		values[i] = t.get(int64(i) + 1)
	}
	if comparator == vm.LNil && allOf[vm.LNumber](values) {
		sortNumbers(values)
		for i, v := range values {
			t.set(int64(i)+1, v)
		}
		return 0
	}
	order := make([]int32, 0, n)
	switch {
	case comparator != vm.LNil:
		order = sortWith(l, values, comparator, order)
	case allOf[vm.LString](values):
		order = sortStrings(values, order)
	default:
		s := newSorter(l, values, order)
		s.less = func(a, b vm.LValue) bool { return less(l, a, b) }
		s.sort(0, len(values)-1)
		order = s.order
	}
	for i, at := range order {
		t.set(int64(i)+1, values[at])
	}
	return 0
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

// The other sorts move numbers about and not the values themselves: those hold
// pointers, and moving a pointer costs while the collector runs.

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

func sortStrings(values []vm.LValue, order []int32) []int32 {
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
	for _, p := range list {
		order = append(order, p.at)
	}
	return order
}

// sortWith sorts by a Lua function.
func sortWith(l *vm.LState, values []vm.LValue, comparator vm.LValue, order []int32) []int32 {
	leave := native.Enter(l)
	s := newSorter(l, values, order)
	s.less = func(a, b vm.LValue) bool {
		l.Push(comparator)
		l.Push(a)
		l.Push(b)
		l.Call(2, 1)
		r := l.Get(-1)
		l.Pop(1)
		return vm.LVAsBool(r)
	}
	s.sort(0, len(values)-1)
	leave()
	return s.order
}

// sorter is the quicksort of PUC Lua: with the same comparisons, values that
// compare equal come out in the same order as there, and an order function that
// contradicts itself is noticed in the same cases, by running out of the part
// that is worked on.
type sorter struct {
	l      *vm.LState
	values []vm.LValue
	order  []int32
	less   func(a, b vm.LValue) bool
}

func newSorter(l *vm.LState, values []vm.LValue, order []int32) *sorter {
	for i := range values {
		order = append(order, int32(i))
	}
	return &sorter{l: l, values: values, order: order}
}

func (s *sorter) at(i int) vm.LValue { return s.values[s.order[i]] }

func (s *sorter) swap(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] }

// inOrder swaps two values that are not in order.
func (s *sorter) inOrder(i, j int) bool {
	if s.less(s.at(j), s.at(i)) {
		s.swap(i, j)
		return false
	}
	return true
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
		s.inOrder(low, high)
		if high-low == 1 {
			return
		}
		middle := (low + high) / 2
		if shift > 0 && high-low > large {
			quarter := (high - low) / 4
			middle = low + quarter + shift%(quarter*2)
		}
		// The median of three goes to the middle.
		if s.inOrder(low, middle) {
			s.inOrder(middle, high)
		}
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

// partition splits low..high around the value in the middle, whose place it
// gives. The ends are in order with it already.
func (s *sorter) partition(low, high, middle int) int {
	pivot := s.at(middle)
	s.swap(middle, high-1)
	i, j := low, high-1
	for {
		for i++; s.less(s.at(i), pivot); i++ {
			if i == high-1 {
				s.contradiction()
			}
		}
		for j--; s.less(pivot, s.at(j)); j-- {
			if j < i {
				s.contradiction()
			}
		}
		if j < i {
			s.swap(high-1, i)
			return i
		}
		s.swap(i, j)
	}
}

func (s *sorter) contradiction() {
	native.Raise(s.l, "invalid order function for sorting")
}
