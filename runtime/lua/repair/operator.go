package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

func (f *function) unary(e *syntax.Unary, target int) {
	switch e.Op {
	case syntax.OpNot:
		f.not(e, target)
		return
	case syntax.OpBNot:
		f.line = int(e.Line)
		f.helper(helperBNot, target, func() { f.next(e.Operand); f.line = int(e.Line) })
		return
	}
	free := f.open(target)
	r := f.any(e.Operand)
	f.free = free
	f.line = int(e.Line)
	op := vm.OP_LEN
	if e.Op == syntax.OpNeg {
		op = vm.OP_UNM
	}
	f.emit(abc(op, target, r, 0))
}

func (f *function) not(e *syntax.Unary, target int) {
	switch inner := syntax.Bare(e.Operand).(type) {
	case *syntax.Binary:
		if inner.Op >= syntax.OpEq {
			f.truth(e, target)
			return
		}
	case *syntax.Unary:
		if inner.Op == syntax.OpNot {
			f.truth(e, target)
			return
		}
	}
	free := f.open(target)
	r := f.any(e.Operand)
	f.free = free
	f.emit(abc(vm.OP_NOT, target, r, 0))
}

// truth evaluates a condition to true or false.
func (f *function) truth(e syntax.Expr, target int) {
	free := f.open(target)
	no := f.when(e, false)
	f.free = free
	f.emit(abc(vm.OP_LOADBOOL, target, 1, 1))
	f.land(no, f.here())
	f.emit(abc(vm.OP_LOADBOOL, target, 0, 0))
}

// helper calls a helper function; arguments puts them into fresh registers.
func (f *function) helper(fn *vm.LFunction, target int, arguments func()) {
	free := f.open(target)
	base := f.reserve(1)
	f.load(base, fn)
	arguments()
	f.emit(abc(vm.OP_CALL, base, f.free-base, 2))
	f.free = base + 1
	f.move(target, base)
	f.free = free
}

// binary evaluates an operation. Operators that bind to the left make chains
// as long as the script likes (a + b + c …), so their left operands are walked
// in a loop and not by recursion.
func (f *function) binary(e *syntax.Binary, target int) {
	switch e.Op {
	case syntax.OpAnd, syntax.OpOr:
		f.logical(e, target)
		return
	case syntax.OpConcat:
		f.concat(e, target)
		return
	}
	first := e
	var chain []*syntax.Binary
	for {
		left, ok := first.Left.(*syntax.Binary)
		if !ok || left.Op == syntax.OpConcat || left.Op >= syntax.OpAnd {
			break
		}
		chain = append(chain, first)
		first = left
	}
	if len(chain) == 0 {
		f.operation(e, -1, target)
		return
	}
	free := f.open(target)
	r := f.reserve(1)
	f.operation(first, -1, r)
	for i := len(chain) - 1; i > 0; i-- {
		f.operation(chain[i], r, r)
	}
	f.operation(chain[0], r, target)
	f.free = free
}

// operation emits one operation; its left operand is in a register already if
// left is not negative.
func (f *function) operation(e *syntax.Binary, left, target int) {
	switch {
	case e.Op >= syntax.OpEq:
		free := f.free
		if left < 0 {
			f.open(target)
		}
		no := f.comparison(e, left, false)
		f.free = free
		f.emit(abc(vm.OP_LOADBOOL, target, 1, 1))
		f.land(no, f.here())
		f.emit(abc(vm.OP_LOADBOOL, target, 0, 0))
	case e.Op >= syntax.OpIDiv:
		f.lowered(e, left, target)
	default:
		free := f.free
		if left < 0 {
			f.open(target)
			left = f.leftOperand(e)
		}
		right := f.operand(e.Right)
		f.free = free
		f.line = int(e.Line)
		f.emit(abc(arithmetic[e.Op], target, left, right))
	}
}

// leftOperand evaluates the left operand. Where that is a variable or a field,
// reading it belongs to the line of the operator, as in PUC Lua.
func (f *function) leftOperand(e *syntax.Binary) int {
	if v, ok := literal(e.Left); ok {
		return f.rk(v)
	}
	if r, ok := f.local(e.Left); ok {
		return r
	}
	return f.leftNext(e)
}

func (f *function) leftNext(e *syntax.Binary) int {
	r := f.reserve(1)
	switch syntax.Bare(e.Left).(type) {
	case *syntax.Index, *syntax.Name:
		f.line = int(e.Line)
		f.intoAt(e.Left, r)
	default:
		f.into(e.Left, r)
	}
	return r
}

// lowered is an operation that a helper does.
func (f *function) lowered(e *syntax.Binary, left, target int) {
	fn := helperOf[e.Op]
	if left >= 0 {
		// The left operand is where the call would begin, or elsewhere.
		free := f.free
		base := f.reserve(1)
		f.load(base, fn)
		f.move(f.reserve(1), left)
		f.next(e.Right)
		f.line = int(e.Line)
		f.emit(abc(vm.OP_CALL, base, 3, 2))
		f.move(target, base)
		f.free = free
		return
	}
	f.line = int(e.Line)
	f.helper(fn, target, func() {
		f.both(e)
		f.line = int(e.Line)
	})
}

// both evaluates both operands into fresh registers. A local variable on the
// left is read only after the right operand, which may have changed it: the
// machine's own instructions, and PUC Lua's, read it that late too.
func (f *function) both(e *syntax.Binary) {
	if r, ok := f.local(e.Left); ok {
		left := f.reserve(1)
		f.next(e.Right)
		f.move(left, r)
		return
	}
	f.leftNext(e)
	f.next(e.Right)
}

// concat joins a chain a .. b .. c in one call.
func (f *function) concat(e *syntax.Binary, target int) {
	f.line = int(e.Line)
	f.helper(helperConcat, target, func() {
		for {
			f.leftNext(e)
			right, ok := e.Right.(*syntax.Binary)
			if !ok || right.Op != syntax.OpConcat {
				break
			}
			e = right
		}
		f.next(e.Right)
		f.line = int(e.Line)
	})
}
