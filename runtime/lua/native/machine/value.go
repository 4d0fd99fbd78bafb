package machine

import (
	"unsafe"

	vm "github.com/yuin/gopher-lua"
)

// pageSize is how many numbers are allocated at once; the machine takes as
// many. One that is still in use keeps its whole page.
const pageSize = 32

// small are the whole numbers that need no allocation.
var small = func() (list [128]vm.LValue) {
	for i := range list {
		list[i] = vm.LNumber(i)
	}
	return list
}()

// box makes a value of a number.
func (r *Loop) box(n vm.LNumber) (v vm.LValue) {
	if n >= 0 && n < vm.LNumber(len(small)) {
		if i := int(n); vm.LNumber(i) == n {
			return small[i]
		}
	}
	if len(r.page) == 0 {
		r.page = make([]vm.LNumber, pageSize)
	}
	*(*iface)(unsafe.Pointer(&v)) = iface{r.number, unsafe.Pointer(&r.page[0])}
	r.page[0] = n
	r.page = r.page[1:]
	return v
}

func isNil(v vm.LValue) bool {
	_, is := v.(*vm.LNilType)
	return is
}

func isTrue(v vm.LValue) bool {
	switch v := v.(type) {
	case *vm.LNilType:
		return false
	case vm.LBool:
		return bool(v)
	}
	return true
}

// same compares two values that have no metamethod for it; known is false where
// they might.
func same(a, b vm.LValue) (equal, known bool) {
	switch x := a.(type) {
	case vm.LNumber:
		y, ok := b.(vm.LNumber)
		return ok && x == y, true
	case vm.LString:
		y, ok := b.(vm.LString)
		return ok && x == y, true
	case *vm.LNilType:
		return isNil(b), true
	case vm.LBool:
		y, ok := b.(vm.LBool)
		return ok && x == y, true
	case *vm.LTable:
		y, ok := b.(*vm.LTable)
		return ok && x == y, !ok || x == y
	}
	return false, false
}

// before compares two numbers or two strings; known is false for all else.
func before(a, b vm.LValue) (less, known bool) {
	switch x := a.(type) {
	case vm.LNumber:
		y, ok := b.(vm.LNumber)
		return x < y, ok
	case vm.LString:
		y, ok := b.(vm.LString)
		return x < y, ok
	}
	return false, false
}

// notAfter is before for <=, which is another thing for numbers that are none.
func notAfter(a, b vm.LValue) (less, known bool) {
	switch x := a.(type) {
	case vm.LNumber:
		y, ok := b.(vm.LNumber)
		return x <= y, ok
	case vm.LString:
		y, ok := b.(vm.LString)
		return x <= y, ok
	}
	return false, false
}

// arithmetic does the operations that are exact copies of the machine's; known
// is false for the others.
func arithmetic(op int, x, y vm.LNumber) (n vm.LNumber, known bool) {
	switch op {
	case vm.OP_ADD:
		return x + y, true
	case vm.OP_SUB:
		return x - y, true
	case vm.OP_MUL:
		return x * y, true
	case vm.OP_DIV:
		return x / y, true
	case vm.OP_MOD:
		const exact = 1 << 53
		if x > 0 && y > 0 && x < exact && y < exact {
			if i, j := int64(x), int64(y); vm.LNumber(i) == x && vm.LNumber(j) == y {
				return vm.LNumber(i % j), true
			}
		}
	}
	return 0, false
}
