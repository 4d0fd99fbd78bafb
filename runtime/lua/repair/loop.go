package repair

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// forState names the variables of a loop that the script does not see.
const forState = "(for state)"

// numericFor compiles a loop over numbers. The machine's FORPREP would not do
// by itself: it steps back by one step first, which is not exact for floats,
// takes no numerals in strings, and does not see a step of zero.
func (f *function) numericFor(s *syntax.NumericFor) {
	counting := f.countLoop("for", s.Pos, mayBeEmpty(s))
	l := f.enterLoop()
	base := f.free
	f.next(s.Start)
	f.next(s.Limit)
	step, constant := vm.LValue(vm.LNumber(1)), true
	if s.Step != nil {
		f.next(s.Step)
		step, constant = literal(s.Step)
	} else {
		f.load(f.reserve(1), step)
	}
	by, isNumber := step.(vm.LNumber)
	f.reserve(1)
	f.line = int(s.DoLine)
	for i := range 3 {
		f.declare(forState, base+i)
	}
	var exit int
	prep := -1
	if constant && isNumber && by != 0 && f.canCheck(s) {
		exit, prep = f.checkedStart(s, base, by)
	} else {
		exit = f.helperStart(base)
	}
	outer, closings := len(f.active), len(f.closings)
	f.activate(s.Var, base+3)
	body := f.here()
	counting.body()
	f.block(s.Body)
	f.leave(outer, closings, s.Body)
	f.line = int(s.Line)
	again := f.emit(abx(vm.OP_FORLOOP, base, jumpZero))
	f.landOne(again, body)
	if prep >= 0 {
		f.landOne(prep, again)
	} else {
		f.landOne(exit, f.here())
	}
	counting.end()
	f.retire(l.active)
	f.leaveLoop(l)
}

// canCheck tells whether additions will do as the checks: only the helper sees
// through an __add.
func (f *function) canCheck(s *syntax.NumericFor) bool {
	if f.compiler.chunk.NamesAdd {
		_, start := isWhole(s.Start)
		_, limit := isWhole(s.Limit)
		if !start || !limit {
			return false
		}
	}
	return f.constant(checkZero) < constantBit
}

// The additions that check a loop's limit and start. Adding a negative zero
// changes no number, makes one of a numeral in a string, and raises an error on
// anything else; Describe knows that error by the constant, which no literal
// can be.
var checkZero = vm.LNumber(math.Copysign(0, -1))

func isWhole(e syntax.Expr) (int64, bool) {
	if v, ok := literal(e); ok {
		if n, ok := v.(vm.LNumber); ok {
			return syntax.Integer(float64(n))
		}
	}
	return 0, false
}

// isNumeric tells an expression that gives a number unless a metamethod makes
// it something else; then the comparison or FORLOOP finds it out.
func isNumeric(e syntax.Expr) bool {
	if v, ok := literal(e); ok {
		return v.Type() == vm.LTNumber
	}
	switch e := syntax.Bare(e).(type) {
	case *syntax.Unary:
		return e.Op != syntax.OpNot
	case *syntax.Binary:
		return e.Op < syntax.OpConcat
	}
	return false
}

// checkedStart starts a loop whose step is a known number. It gives the jump
// past a loop that does not run or, where start and step are whole and small,
// the machine's own FORPREP, which is exact then; the other is -1.
func (f *function) checkedStart(s *syntax.NumericFor, base int, step vm.LNumber) (exit, prep int) {
	zero := f.rk(checkZero)
	start, startKnown := isWhole(s.Start)
	if !isNumeric(s.Limit) {
		f.emit(abc(vm.OP_ADD, base+1, base+1, zero))
	}
	by, whole := syntax.Integer(float64(step))
	const exact = 1 << 50
	if startKnown && whole && start > -exact && start < exact && by > -exact && by < exact {
		return -1, f.emit(abx(vm.OP_FORPREP, base, jumpZero))
	}
	if !isNumeric(s.Start) {
		f.emit(abc(vm.OP_ADD, base, zero, base))
	}
	if step > 0 {
		f.emit(abc(vm.OP_LE, 0, base, base+1))
	} else {
		f.emit(abc(vm.OP_LE, 0, base+1, base))
	}
	exit = f.jump()
	f.move(base+3, base)
	return exit, -1
}

// helperStart lets a helper check all three values and tell whether the loop
// runs at all; it gives the jump for when it does not.
func (f *function) helperStart(base int) int {
	free := f.free
	call := f.reserve(1)
	f.load(call, helperFor)
	for i := range 3 {
		f.move(f.reserve(1), base+i)
	}
	// Its results are whether to run, and the three as numbers.
	f.emit(abc(vm.OP_CALL, call, 4, 5))
	f.emit(abc(vm.OP_TEST, call, 0, 0))
	exit := f.jump()
	for i := range 3 {
		f.move(base+i, call+1+i)
	}
	f.move(base+3, base)
	f.free = free
	return exit
}

// genericFor compiles a loop over an iterator. The iterator is called by an
// ordinary call and not by the machine's TFORLOOP, so that it may yield.
func (f *function) genericFor(s *syntax.GenericFor) {
	counting := f.countLoop("for", s.Pos, true)
	l := f.enterLoop()
	base := f.free
	hidden := 3
	if mayClose(s.Values) {
		hidden = 4
	}
	f.list(s.Values, hidden)
	for i := range hidden {
		f.declare(forState, base+i)
	}
	if hidden == 3 {
		f.declareNone(nil)
	} else {
		f.line = int(s.InLine)
		f.openClosing(len(f.active)-1, base+3, forState, base+3)
	}
	f.line = int(s.DoLine)
	first := base + hidden
	// Where the body does not assign to the first variable, that is the
	// control variable too.
	control := base + 2
	if !s.Names[0].Assigned {
		control = first
		f.free = first + 1
		f.touch()
		f.move(first, base+2)
	}
	start := f.jump()
	outer, closings := len(f.active), len(f.closings)
	f.free = first + max(len(s.Names), 3)
	f.touch()
	f.free = first + len(s.Names)
	for i, v := range s.Names {
		f.activate(v, first+i)
	}
	body := f.here()
	counting.body()
	f.block(s.Body)
	f.leave(outer, closings, s.Body)
	f.landOne(start, f.here())
	f.line = int(s.InLine)
	f.emit(abc(vm.OP_MOVE, first+2, control, 0))
	f.emit(abc(vm.OP_MOVE, first, base, 0))
	f.emit(abc(vm.OP_MOVE, first+1, base+1, 0))
	f.emit(abc(vm.OP_CALL, first, 3, len(s.Names)+1))
	if control != first {
		f.emit(abc(vm.OP_MOVE, control, first, 0))
	}
	f.free = first + len(s.Names)
	f.emit(abc(vm.OP_EQ, 0, first, f.rk(vm.LNil)))
	f.landOne(f.jump(), body)
	counting.end()
	f.free = f.held
	f.closeValues(l.closings) // a break has closed it already
	f.closings = f.closings[:l.closings]
	f.retire(l.active)
	f.leaveLoop(l)
}

// mayClose tells whether a loop's values may have a fourth, the closing value.
// The iterators of the standard library that scripts use most never do.
func mayClose(values []syntax.Expr) bool {
	if len(values) > 3 {
		return true
	}
	call, ok := values[len(values)-1].(*syntax.Call)
	if !ok {
		_, vararg := values[len(values)-1].(*syntax.Vararg)
		return vararg
	}
	switch name := call.Func.(type) {
	case *syntax.Name:
		return name.Kind != syntax.GlobalName || call.Method != "" || name.Name != "pairs" && name.Name != "ipairs"
	case *syntax.Index:
		key, _ := name.Key.(*syntax.String)
		return call.Method != "gmatch" && (key == nil || key.Value != "gmatch")
	}
	return call.Method != "gmatch"
}
