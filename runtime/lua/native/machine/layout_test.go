package machine

import (
	"reflect"
	"testing"
	"unsafe"
)

// TestLayoutSeesDifferences gives it structures that are not as expected.
func TestLayoutSeesDifferences(t *testing.T) {
	type mine struct {
		A int
		B *mine
		C iface
		D []unsafe.Pointer
		F func(*mine)
	}
	type other struct {
		A int
		B *other
		C error
		D []*int
		F func(*other)
	}
	compare := func(a, b any) error {
		c := layout{seen: map[[2]reflect.Type]bool{}}
		c.compare(reflect.TypeOf(a), reflect.TypeOf(b))
		return c.err
	}
	if err := compare(mine{}, other{}); err != nil {
		t.Error(err)
	}
	for _, different := range []any{
		struct{ A int }{},
		struct {
			A int
			C *mine
		}{},
		struct {
			A int
			B *mine
			C error
			D []*int
			F func(*other) int
		}{},
		struct {
			A int32
			B *mine
			C error
			D []*int
			F func(*other)
		}{},
		struct {
			A int
			B *struct{ A string }
			C error
			D []*int
			F func(*other)
		}{},
		struct {
			A int
			B *mine
			C any
			D []*int
			F func(*other)
		}{},
		struct {
			A int
			B *mine
			C error
			D []int
			F func(*other)
		}{},
	} {
		if compare(mine{}, different) == nil {
			t.Errorf("%T passes for %T", different, mine{})
		}
	}
}
