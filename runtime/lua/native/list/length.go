package list

import (
	"sort"

	vm "github.com/yuin/gopher-lua"
)

// Length gives a border of a table: an item that is there in front of one that
// is not (manual §3.4.7), or 0. It uses no metamethod.
func Length(t *vm.LTable) int {
	if fits {
		// The usual list: the array is full up to its end, and not at its limit.
		list := of(t).array
		if n := len(list); n > 0 && n < vm.MaxArrayIndex-1 && !isNil(list[n-1]) {
			return n
		}
	}
	return border(t)
}

// trailing is how many places at the end of an array are looked at one by one:
// few enough that a list emptied from its end costs no more with each item.
const trailing = 64

func border(t *vm.LTable) int {
	if !fits {
		return t.Len()
	}
	list := of(t).array
	list = list[:max(0, min(len(list), vm.MaxArrayIndex-1))]
	n := len(list)
	switch {
	case n == 0:
		return 0
	case !isNil(list[n-1]):
		if n == vm.MaxArrayIndex-1 && len(of(t).dict) > 0 {
			return borderInHash(of(t).dict, n)
		}
		return n
	}
	// Nil at the end: a border is in front of it.
	for n--; n > 0 && n > len(list)-trailing; n-- {
		if !isNil(list[n-1]) {
			return n
		}
	}
	// The places up to low are there, or there are none; that at high is not.
	low, high := 0, n
	for high-low > 0 {
		middle := low + (high-low)/2
		if isNil(list[middle]) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// furthest is the first whole number that the next one cannot be told from.
const furthest = 1 << 53

// borderInHash looks for a border from the item n on, which is there.
func borderInHash(hash map[vm.LValue]vm.LValue, n int) int {
	there := func(i int) bool {
		_, is := hash[vm.LNumber(i)]
		return is
	}
	if !there(n + 1) {
		return n
	}
	// Where the hash has nothing but the list, its size tells.
	if last := n + len(hash); there(last) && !there(last+1) {
		return last
	}
	low, high := n+1, 2*(n+1)
	for there(high) {
		if high == furthest {
			return high
		}
		low, high = high, min(2*high, furthest)
	}
	// low is there and high is not.
	return low + sort.Search(high-low-1, func(i int) bool { return !there(low + 1 + i) })
}
