package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// openClosing notes that the value in a register must be closed when its scope
// ends. The value is put on the thread's list even if it is nil, so that the
// code knows how many of the list are its own; only where maybe is a register,
// a nil value there is left out.
func (f *function) openClosing(active, register int, name string, maybe int) {
	skip := -1
	if maybe >= 0 {
		skip = f.skipNil(maybe)
	}
	base := f.reserve(3)
	f.load(base, helperOpen)
	f.move(base+1, register)
	f.load(base+2, vm.LString(name))
	f.emit(abc(vm.OP_CALL, base, 3, 1))
	f.free = base
	if skip >= 0 {
		f.landOne(skip, f.here())
	}
	f.closings = append(f.closings, closing{active: active, register: maybe})
}

// skipNil emits a jump that is taken where a register holds nil.
func (f *function) skipNil(register int) int {
	free := f.free
	f.emit(abc(vm.OP_EQ, 1, register, f.rk(vm.LNil)))
	f.free = free
	return f.jump()
}

// closeValues emits the closing of all values above n, the last one first.
func (f *function) closeValues(n int) {
	for i := len(f.closings); i > n; {
		count := 0
		for i > n && f.closings[i-1].register < 0 {
			count++
			i--
		}
		if count > 0 {
			f.closeCount(count)
		}
		if i > n {
			i--
			skip := f.skipNil(f.closings[i].register)
			f.closeCount(1)
			f.landOne(skip, f.here())
		}
	}
}

func (f *function) closeCount(n int) {
	base := f.reserve(2)
	f.load(base, helperClose)
	f.load(base+1, vm.LNumber(n))
	f.emit(abc(vm.OP_CALL, base, 2, 1))
	f.free = base
}

// returnClosing is a return out of scopes with values to close: the results are
// evaluated first, then upvalues and values closed.
func (f *function) returnClosing(s *syntax.Return) {
	n := len(s.Values)
	if n == 0 || !isMulti(s.Values[n-1]) {
		base := f.free
		f.arguments(s.Values)
		f.line = int(s.EndLine)
		f.closeDownTo(0, 0)
		f.emitReturn(base, false)
		return
	}
	// How many results there are is known at run time only, so they go
	// through the helper, behind what tells it how many values to close.
	base := f.reserve(1)
	f.load(base, helperReturn)
	sure, maybe := 0, 0
	for _, c := range f.closings {
		if c.register < 0 {
			sure++
		} else {
			maybe++
		}
	}
	f.load(f.reserve(1), vm.LNumber(sure))
	f.load(f.reserve(1), vm.LNumber(maybe))
	for _, c := range f.closings {
		if c.register >= 0 {
			f.move(f.reserve(1), c.register)
		}
	}
	f.arguments(s.Values)
	f.line = int(s.EndLine)
	if r, any := f.captured(0); any {
		f.emit(abc(vm.OP_CLOSE, r, 0, 0))
	}
	f.emit(abc(vm.OP_CALL, base, 0, 0))
	f.emit(abc(vm.OP_RETURN, base, 0, 0))
}
