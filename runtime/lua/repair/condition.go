package repair

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// when emits a test of an expression and gives the jumps that are taken when
// it is as wanted; otherwise the code runs on.
func (f *function) when(e syntax.Expr, want bool) (jumps []int) {
	if v, ok := literal(e); ok {
		if vm.LVAsBool(v) == want {
			return []int{f.jump()}
		}
		return nil
	}
	switch x := syntax.Bare(e).(type) {
	case *syntax.Unary:
		if x.Op == syntax.OpNot {
			return f.when(x.Operand, !want)
		}
	case *syntax.Binary:
		switch {
		case x.Op >= syntax.OpAnd:
			return f.whenLogical(x, want)
		case x.Op >= syntax.OpEq:
			free := f.free
			jumps = f.comparison(x, -1, want)
			f.free = free
			return jumps
		}
	}
	free := f.free
	f.line = endLine(e)
	r := f.any(e)
	f.free = free
	f.emit(abc(vm.OP_TEST, r, 0, flag(want)))
	return []int{f.jump()}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// whenLogical is when for "and" and "or"; a chain of one of them is walked in a
// loop.
func (f *function) whenLogical(e *syntax.Binary, want bool) (jumps []int) {
	operands, operators := unlogical(e)
	// "and" is false as soon as one operand is, "or" true.
	decides := e.Op == syntax.OpOr
	var out []int
	for i, x := range operands[:len(operands)-1] {
		f.countRight(operators[i])
		out = append(out, f.when(x, decides)...)
	}
	f.countRight(operators[len(operands)-1])
	last := f.when(operands[len(operands)-1], want)
	if decides == want {
		return append(out, last...)
	}
	f.land(out, f.here())
	return last
}

// unlogical gives the operands of a chain of one logical operator, in order, and
// before each but the first its operator.
func unlogical(e *syntax.Binary) (operands []syntax.Expr, operators []*syntax.Binary) {
	for {
		operands, operators = append(operands, e.Right), append(operators, e)
		left, ok := syntax.Bare(e.Left).(*syntax.Binary)
		if !ok || left.Op != e.Op {
			break
		}
		e = left
	}
	operands, operators = append(operands, e.Left), append(operators, nil)
	slices.Reverse(operands)
	slices.Reverse(operators)
	return operands, operators
}

// logical evaluates a chain of "and" or of "or" to a value (manual §3.4.5). The
// target is written only when the value is known to be the result.
func (f *function) logical(e *syntax.Binary, target int) {
	free := f.open(target)
	var done valueJumps
	operands, operators := unlogical(e)
	for i, x := range operands[:len(operands)-1] {
		f.countRight(operators[i])
		f.unless(x, e.Op == syntax.OpOr, target, &done)
	}
	f.free = free
	f.countRight(operators[len(operands)-1])
	f.into(operands[len(operands)-1], target)
	f.settle(&done, target)
}

// valueJumps are jumps out of a logical expression.
type valueJumps struct {
	out []int // the target holds the value
	yes []int // the value is true, not yet loaded
	no  []int // it is false
}

// unless evaluates an operand whose value is the result if it counts as want;
// otherwise the code runs on.
func (f *function) unless(e syntax.Expr, want bool, target int, done *valueJumps) {
	e = syntax.Bare(e)
	if v, ok := literal(e); ok {
		if vm.LVAsBool(v) == want {
			f.into(e, target)
			done.out = append(done.out, f.jump())
		}
		return
	}
	switch x := e.(type) {
	case *syntax.Binary:
		switch {
		case x.Op >= syntax.OpAnd:
			f.unlessLogical(x, want, target, done)
			return
		case x.Op >= syntax.OpEq:
			f.unlessTruth(x, want, done)
			return
		}
	case *syntax.Unary:
		if x.Op == syntax.OpNot {
			f.unlessTruth(x, want, done)
			return
		}
	}
	free := f.free
	r, ok := f.local(e)
	if !ok {
		f.line = endLine(e)
		r = f.next(e)
	}
	f.free = free
	if r == target {
		f.emit(abc(vm.OP_TEST, r, 0, flag(want)))
	} else {
		f.emit(abc(vm.OP_TESTSET, target, r, flag(want)))
	}
	done.out = append(done.out, f.jump())
}

func (f *function) unlessTruth(e syntax.Expr, want bool, done *valueJumps) {
	jumps := f.when(e, want)
	if want {
		done.yes = append(done.yes, jumps...)
	} else {
		done.no = append(done.no, jumps...)
	}
}

func (f *function) unlessLogical(e *syntax.Binary, want bool, target int, done *valueJumps) {
	operands, operators := unlogical(e)
	last := operands[len(operands)-1]
	decides := e.Op == syntax.OpOr
	var skip []int
	for i, x := range operands[:len(operands)-1] {
		f.countRight(operators[i])
		if decides == want {
			f.unless(x, want, target, done)
		} else {
			skip = append(skip, f.when(x, decides)...)
		}
	}
	f.countRight(operators[len(operands)-1])
	f.unless(last, want, target, done)
	f.land(skip, f.here())
}

// settle loads the truth values that jumps stand for, and lands all of them.
func (f *function) settle(done *valueJumps, target int) {
	if len(done.yes)+len(done.no) > 0 {
		over := f.jump()
		f.land(done.no, f.here())
		f.emit(abc(vm.OP_LOADBOOL, target, 0, 1))
		f.land(done.yes, f.here())
		f.emit(abc(vm.OP_LOADBOOL, target, 1, 0))
		f.landOne(over, f.here())
	}
	f.land(done.out, f.here())
}

// comparison emits a comparison and gives the jump that is taken when it is as
// wanted. Its left operand is in a register already if left is not negative.
func (f *function) comparison(e *syntax.Binary, left int, want bool) []int {
	op, sense := vm.OP_EQ, want
	var slow *vm.LFunction
	switch e.Op {
	case syntax.OpNe:
		sense = !want
	case syntax.OpLt, syntax.OpGt:
		op = vm.OP_LT
	case syntax.OpLe, syntax.OpGe:
		op = vm.OP_LE
	}
	switch {
	case op == vm.OP_EQ && f.compiler.chunk.NamesEq && f.mayHaveEq(e):
		slow = helperEq
	case op == vm.OP_LT && f.compiler.chunk.NamesOrder:
		slow = helperLt
	case op == vm.OP_LE && f.compiler.chunk.NamesOrder:
		slow = helperLe
	}
	if slow != nil {
		return f.slowComparison(e, slow, left, sense)
	}
	if left < 0 {
		left = f.leftOperand(e)
	}
	right := f.operand(e.Right)
	if op != vm.OP_EQ {
		f.line = endLine(e.Right)
	} else {
		f.line = int(e.Line)
	}
	if e.Op == syntax.OpGt || e.Op == syntax.OpGe {
		left, right = right, left
	}
	f.emit(abc(op, flag(sense), left, right))
	return []int{f.jump()}
}

// mayHaveEq tells whether both operands can be values with a metatable.
func (f *function) mayHaveEq(e *syntax.Binary) bool {
	_, left := literal(e.Left)
	_, right := literal(e.Right)
	return !left && !right
}

// slowComparison asks a helper, which knows 5.4's rules for metamethods.
func (f *function) slowComparison(e *syntax.Binary, fn *vm.LFunction, left int, sense bool) []int {
	base := f.reserve(1)
	f.load(base, fn)
	if left >= 0 {
		f.move(f.reserve(1), left)
		f.next(e.Right)
	} else {
		f.both(e)
	}
	if e.Op == syntax.OpGt || e.Op == syntax.OpGe {
		t := f.reserve(1)
		f.move(t, base+1)
		f.move(base+1, base+2)
		f.move(base+2, t)
		f.free--
	}
	f.line = endLine(e.Right)
	f.emit(abc(vm.OP_CALL, base, 3, 2))
	f.free = base
	f.emit(abc(vm.OP_TEST, base, 0, flag(sense)))
	return []int{f.jump()}
}
