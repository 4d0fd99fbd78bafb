package list

import (
	"reflect"
	"testing"

	vm "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"
)

// arrays sets how far arrays reach for the time of a test.
func arrays(t testing.TB, limit int) {
	old := vm.MaxArrayIndex
	vm.MaxArrayIndex = limit + 1
	t.Cleanup(func() { vm.MaxArrayIndex = old })
}

// TestFits fails when gopher-lua has changed: then arrays are not limited, and
// the mirror of its tables needs another look.
func TestFits(t *testing.T) {
	if !Fits() {
		t.Error("the machine's tables are not as expected")
	}
	for _, other := range []any{
		struct{ A int }{},
		struct {
			Metatable vm.LValue
			array     []vm.LValue
			dict      map[vm.LValue]vm.LValue
			keys      []vm.LValue
			strdict   map[string]vm.LValue
			k2i       map[vm.LValue]int
		}{},
	} {
		if sameFields(reflect.TypeFor[table](), reflect.TypeOf(other)) {
			t.Errorf("%T passes for a table", other)
		}
	}
}

// TestAsASlice does random things to a list, and to a slice that it must stay
// the same as, with arrays that end early, at once, or not at all.
func TestAsASlice(t *testing.T) {
	for _, limit := range []int{1, 2, 7, 130, 1 << 17} {
		arrays(t, limit)
		rapid.Check(t, func(t *rapid.T) { asASlice(t) })
	}
}

func asASlice(t *rapid.T) {
	l := &vm.LTable{Metatable: vm.LNil}
	var want []vm.LValue
	value := vm.LNumber(0)
	fill := rapid.IntRange(0, 300).Draw(t, "items at first")
	for i := range fill {
		value++
		l.RawSetInt(i+1, value)
		want = append(want, value)
	}
	for range rapid.IntRange(1, 30).Draw(t, "steps") {
		value++
		n := len(want)
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			Append(l, value)
			want = append(want, value)
		case 1:
			at := rapid.IntRange(1, n+1).Draw(t, "insert at")
			Insert(l, at, n, value)
			want = append(want[:at-1], append([]vm.LValue{value}, want[at-1:]...)...)
		case 2:
			if n > 0 {
				at := rapid.IntRange(1, n).Draw(t, "remove at")
				if got := Remove(l, at, n); got != want[at-1] {
					t.Fatalf("removed %v, not %v", got, want[at-1])
				}
				want = append(want[:at-1], want[at:]...)
			}
		case 3: // cut off, one item after the other
			keep := rapid.IntRange(0, n).Draw(t, "keep")
			for i := n; i > keep; i-- {
				l.RawSetInt(i, vm.LNil)
			}
			want = want[:keep]
		case 4:
			Append(l, vm.LNil)
		case 5:
			l.RawSetInt(0, value)
			l.RawSetString("name", value)
			l.RawSet(vm.LNumber(n)+0.5, vm.LNil)
			l.RawSet(vm.LTrue, value)
		case 6:
			if n > 0 {
				at := rapid.IntRange(1, n).Draw(t, "set")
				l.RawSetInt(at, value)
				want[at-1] = value
			}
		}
		wantList(t, l, want)
	}
}

func wantList(t *rapid.T, l *vm.LTable, want []vm.LValue) {
	if n := Length(l); n != len(want) {
		t.Fatalf("%d items, not %d", n, len(want))
	}
	for i, v := range want {
		if got := Get(l, i+1); got != v {
			t.Fatalf("item %d is %v, not %v", i+1, got, v)
		}
	}
	for _, i := range []int{-1, len(want) + 1, len(want) + 2, 1 << 60} {
		if got := Get(l, i); got != vm.LNil {
			t.Fatalf("item %d is %v", i, got)
		}
	}
	// next meets each item once, and every key it gives was there.
	met := 0
	for k, v := Next(l, vm.LNil); k != vm.LNil; k, v = Next(l, k) {
		if v == vm.LNil || !Had(l, k) {
			t.Fatalf("next gives %v, %v", k, v)
		}
		if n, ok := k.(vm.LNumber); ok && n >= 1 {
			met++
			if v != want[int(n)-1] {
				t.Fatalf("next gives %v, %v", k, v)
			}
		}
	}
	if met != len(want) {
		t.Fatalf("next met %d items of %d", met, len(want))
	}
}

// TestBorder checks lists with holes: any border will do.
func TestBorder(t *testing.T) {
	for _, limit := range []int{3, 7, 1 << 17} {
		arrays(t, limit)
		rapid.Check(t, func(t *rapid.T) {
			l := &vm.LTable{Metatable: vm.LNil}
			for range rapid.IntRange(0, 60).Draw(t, "items") {
				at := rapid.IntRange(1, 400).Draw(t, "at")
				for i := range rapid.IntRange(1, 100).Draw(t, "run") {
					l.RawSetInt(at+i, vm.LTrue)
				}
				from := rapid.IntRange(1, 400).Draw(t, "from")
				for i := range rapid.IntRange(0, 100).Draw(t, "hole") {
					l.RawSetInt(from+i, vm.LNil)
				}
			}
			n := Length(l)
			if n > 0 && Get(l, n) == vm.LNil || Get(l, n+1) != vm.LNil {
				t.Fatalf("%d is no border", n)
			}
		})
	}
}

// TestFarBorder has items at all powers of two, where the search goes furthest.
func TestFarBorder(t *testing.T) {
	arrays(t, 7)
	for last := 4; last <= 62; last++ {
		l := &vm.LTable{Metatable: vm.LNil}
		for i := 1; i <= 8; i++ {
			l.RawSetInt(i, vm.LTrue)
		}
		for i := 4; i <= last; i++ {
			l.RawSetInt(1<<i, vm.LTrue)
		}
		l.RawSetInt(9, vm.LTrue)
		l.RawSetInt(18, vm.LTrue)
		for i := 36; i > 0; i *= 2 {
			l.RawSetInt(i, vm.LTrue)
		}
		n := Length(l)
		if Get(l, n) == vm.LNil || Get(l, n+1) != vm.LNil && n != furthest {
			t.Errorf("up to 2^%d: %d is no border", last, n)
		}
	}
}

// TestNextBehindRemoved goes on behind keys that were removed meanwhile.
func TestNextBehindRemoved(t *testing.T) {
	for _, limit := range []int{1, 2, 3, 7} {
		arrays(t, limit)
		l := &vm.LTable{Metatable: vm.LNil}
		for i := 1; i <= 4; i++ {
			l.RawSetInt(i, vm.LTrue)
		}
		l.RawSetString("name", vm.LTrue)
		for i := 4; i >= 1; i-- {
			Remove(l, i, i)
			if !Had(l, vm.LNumber(i)) {
				t.Errorf("with arrays of %d: %d is forgotten", limit, i)
			}
		}
		if k, _ := Next(l, vm.LNumber(4)); k != vm.LString("name") {
			t.Errorf("with arrays of %d: behind 4 comes %v", limit, k)
		}
		for _, never := range []vm.LValue{vm.LNumber(99), vm.LNumber(0.5), vm.LString("none"), vm.LTrue, vm.LNumber(-1)} {
			if Had(l, never) {
				t.Errorf("with arrays of %d: %v was never there", limit, never)
			}
			if k, _ := Next(l, never); k != vm.LNil && !(never == vm.LNumber(99) && limit > 99) {
				t.Errorf("with arrays of %d: behind %v comes %v", limit, never, k)
			}
		}
	}
}

// BenchmarkAppend appends to lists of some lengths; the time for an item must
// not grow with the list. Beyond 131,071 items it is that of the hash.
func BenchmarkAppend(b *testing.B) {
	arrays(b, 1<<17-1)
	for _, c := range []struct {
		name string
		n    int
	}{{"1e3", 1e3}, {"1e5", 1e5}, {"2e5", 2e5}, {"5e5", 5e5}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				l := &vm.LTable{Metatable: vm.LNil}
				for i := range c.n {
					Append(l, vm.LNumber(i))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*c.n), "ns/item")
		})
	}
}

// BenchmarkPop empties a list from its end without cutting the array.
func BenchmarkPop(b *testing.B) {
	arrays(b, 1<<17-1)
	const n = 100_000
	l := &vm.LTable{Metatable: vm.LNil}
	for b.Loop() {
		b.StopTimer()
		for i := 1; i <= n; i++ {
			l.RawSetInt(i, vm.LTrue)
		}
		b.StartTimer()
		for i := Length(l); i > 0; i = Length(l) {
			l.RawSetInt(i, vm.LNil)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/item")
}
