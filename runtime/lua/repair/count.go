package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Counter is asked where to count, place by place in the order of the code,
// while a chunk is compiled.
type Counter interface {
	// Place gives the index to count a place at, below MaxPlaces, or a negative
	// number where it is not to be counted.
	Place(p Place) int
}

// MaxPlaces is how many places code can count at.
const MaxPlaces = maxBx

// Place is a place in the source whose visits are counted.
type Place struct {
	// Kind is what is there: KindLine for a statement or a condition with a
	// line of its own, KindFunction for a function's beginning, else the
	// keyword of a branch.
	Kind string
	// Arm is which way of a branch the place is on.
	Arm string
	// Name is a function's, "" where it has none.
	Name string
	// Line and Column, counted from 1, are where it begins: a branch at its
	// keyword or operator, a function at the word "function".
	Line, Column int
	// Same tells a place that is visited as often as the one at index Of, and
	// is not counted itself.
	Same bool
	// Again tells an arm whose visits are those counted less those of the loop
	// itself, whose statement is at index Of.
	Again bool
	Of    int
}

// The kinds of places; the other kinds are "if", "elseif", "while", "for",
// "repeat", "and" and "or".
const (
	KindLine     = "line"
	KindFunction = "function"
)

// CompileCounted is [Compile] for code that counts where it has been. What it
// does is the same, errors, stack and instructions included, but that a run of
// assignments of local variables may count as a few instructions more or less.
// It counts only on threads that have the loop of package machine, in the
// meter's Hits.
func CompileCounted(chunk *syntax.Chunk, counter Counter) (*vm.FunctionProto, error) {
	return compile(&compiler{chunk: chunk, counter: counter, named: map[*syntax.Function]string{}})
}

// What package machine's NOP does, in the upper two bits of its A. The lower
// six are the depth of the loop or, for nopCount, a flag.
const (
	nopCount = iota << 6 // counts
	nopEnter             // a loop begins
	nopBody              // counts, and the loop has been entered
	nopLeave             // counts if the loop was not entered
)

// nopFree, with nopCount, makes the next instruction cost nothing.
const nopFree = 1

// uncounted is the index of what is not to be counted.
const uncounted = MaxPlaces

// maxLoops is how deep loops may be inside one another and still be told apart.
const maxLoops = 1 << 6

// counts tells whether the function counts at all.
func (f *function) counts() bool { return f.compiler.counter != nil }

// count emits the counting of a place.
func (f *function) count(p Place) (index int) {
	if !f.counts() {
		return -1
	}
	if index = f.compiler.counter.Place(p); index >= 0 {
		f.counted = f.emit(abx(vm.OP_NOP, nopCount, index))
	}
	return index
}

// countLine counts a line at the position of a statement or condition. What
// stands first in a function or an arm of a branch needs no counting of its own.
func (f *function) countLine(at syntax.Pos) (index int) {
	p := Place{Kind: KindLine, Line: int(at.Line), Column: int(at.Column)}
	last := len(f.code) - 1
	if !f.counts() || last < 0 || f.counted != last || f.landed > last {
		return f.count(p)
	}
	i := instruction(f.code[last])
	if a := i.a() &^ (maxLoops - 1); i.op() != vm.OP_NOP || a != nopCount && a != nopBody || i.bx() == uncounted {
		return f.count(p)
	}
	p.Same, p.Of = true, i.bx()
	if f.compiler.counter.Place(p) < 0 {
		return -1
	}
	return p.Of
}

// countStatement counts a statement. Those that do nothing by themselves are
// not counted: labels, "do", and declarations without a value.
func (f *function) countStatement(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.LabelStmt, *syntax.Do:
		return
	case *syntax.LocalStmt:
		if len(s.Values) == 0 {
			return
		}
	}
	f.reached = f.countLine(s.Position())
}

// countFunction counts the calls of the function being compiled.
func (f *function) countFunction() {
	if f.counts() && f.parent != nil {
		f.count(Place{
			Kind: KindFunction, Name: f.compiler.named[f.fn],
			Line: int(f.fn.Pos.Line), Column: int(f.fn.Pos.Column),
		})
	}
}

// countArm counts an arm of a branch.
func (f *function) countArm(kind, arm string, at syntax.Pos) {
	f.count(Place{Kind: kind, Arm: arm, Line: int(at.Line), Column: int(at.Column)})
}

// countRight counts the evaluation of what stands behind an "and" or "or"; nil
// is for the first operand, which is always evaluated.
func (f *function) countRight(operator *syntax.Binary) {
	if operator == nil || !f.counts() {
		return
	}
	kind := "and"
	if operator.Op == syntax.OpOr {
		kind = "or"
	}
	f.countArm(kind, "right", operator.Pos)
}

// countElse counts, where a conditional without "else" has had no true
// condition, that way past it. It lands the jumps of the last condition, and
// adds the jump of the last block over it to the ends.
func (f *function) countElse(kind string, last syntax.IfClause, ends, no []int) []int {
	if _, constant := literal(last.Cond); !f.counts() || constant {
		f.land(no, f.here())
		return ends
	}
	if !endsControl(last.Body) {
		f.emit(abx(vm.OP_NOP, nopCount|nopFree, uncounted))
		over := f.jump()
		// It adds no line to the function's: it belongs to what comes before.
		before := over - 1
		for before > 0 && instruction(f.code[before]).op() == vm.OP_NOP {
			before--
		}
		f.lines[over] = f.lines[before]
		ends = append(ends, over)
	}
	f.land(no, f.here())
	f.countArm(kind, "else", last.Pos)
	return ends
}

// loopCount is what is counted of a loop that may have no turn at all.
type loopCount struct {
	f    *function
	kind string
	at   syntax.Pos
	// depth is that of the loop, -1 where it surely has a turn or is too deep
	// inside of others.
	depth int
}

// countLoop begins the counting of a loop, where its values were not looked at
// yet.
func (f *function) countLoop(kind string, at syntax.Pos, maySkip bool) loopCount {
	c := loopCount{f, kind, at, -1}
	if depth := len(f.loops); f.counts() && maySkip && depth < maxLoops {
		c.depth = depth
		f.emit(abx(vm.OP_NOP, nopEnter|depth, uncounted))
	}
	return c
}

// body counts the turns.
func (c loopCount) body() {
	if !c.f.counts() {
		return
	}
	at := c.f.here()
	c.f.countArm(c.kind, "body", c.at)
	if c.depth >= 0 && c.f.here() > at {
		c.f.code[at] |= uint32(abx(0, nopBody|c.depth, 0))
	}
}

// end counts, where the loop's own condition has ended it, that there was no
// turn.
func (c loopCount) end() {
	if c.depth < 0 {
		return
	}
	at := c.f.here()
	c.f.countArm(c.kind, "skipped", c.at)
	if c.f.here() > at {
		c.f.code[at] |= uint32(abx(0, nopLeave|c.depth, 0))
	}
}

// countRepeat counts the turns of a repeat whose statement was counted at the
// index reached.
func (f *function) countRepeat(s *syntax.Repeat, reached int) {
	if _, constant := literal(s.Cond); !constant && reached >= 0 {
		f.count(Place{Kind: "repeat", Arm: "again", Line: int(s.Line), Column: int(s.Column), Again: true, Of: reached})
	}
}

// countUntil counts the end of a repeat by its condition.
func (f *function) countUntil(s *syntax.Repeat) {
	if _, constant := literal(s.Cond); !constant {
		f.countArm("repeat", "done", s.Pos)
	}
}

// mayBeEmpty tells whether a numeric loop may have no turn.
func mayBeEmpty(s *syntax.NumericFor) bool {
	start, known := isWhole(s.Start)
	limit, limited := isWhole(s.Limit)
	return !known || !limited || s.Step != nil || start > limit
}

// nameFunction keeps what a function is called that is about to be compiled.
func (f *function) nameFunction(value syntax.Expr, name func() string) {
	if fn, ok := value.(*syntax.FunctionExpr); ok && f.counts() {
		f.compiler.named[fn.Func] = name()
	}
}

// targetName is the name that a function gets from what it is assigned to.
func targetName(target syntax.Expr, fn *syntax.FunctionExpr) string {
	switch t := target.(type) {
	case *syntax.Name:
		return t.Name
	case *syntax.Index:
		key, ok := literal(t.Key)
		if !ok {
			return ""
		}
		object := targetName(t.Object, nil)
		if object == "" {
			return key.String()
		}
		dot := "."
		if fn != nil && isMethod(fn.Func) {
			dot = ":"
		}
		return object + dot + key.String()
	}
	return ""
}

// isMethod tells a function that was written with a colon: its first parameter
// stands where the word "function" does.
func isMethod(fn *syntax.Function) bool {
	return len(fn.Params) > 0 && fn.Params[0].Name == "self" && fn.Params[0].Pos.Column == fn.Pos.Column &&
		fn.Params[0].Pos.Line == fn.Pos.Line
}

// settleCounting gives counting instructions the line of what follows, so that
// they add no line to the function's, and lets moves cost what they would if
// nothing counted between them. It comes after joinMoves.
func (f *function) settleCounting() {
	if !f.counts() {
		return
	}
	var waiting []int
	moved := false
	for pc := 0; pc < len(f.code); pc++ {
		i := instruction(f.code[pc])
		if i.op() == vm.OP_NOP {
			waiting = append(waiting, pc)
			continue
		}
		isMove := i.op() == vm.OP_MOVE || i.op() == vm.OP_MOVEN
		for _, at := range waiting {
			f.lines[at] = f.lines[pc]
			if isMove && moved && at == pc-1 && instruction(f.code[at]).a() == nopCount {
				f.code[at] |= uint32(abx(0, nopFree, 0))
			}
		}
		waiting, moved = waiting[:0], isMove
		pc += f.dataBehind(i)
	}
}

// dataBehind is how many words behind an instruction are no instructions of
// their own.
func (f *function) dataBehind(i instruction) int {
	switch i.op() {
	case vm.OP_MOVEN:
		return i.c()
	case vm.OP_CLOSURE:
		return int(f.functions[i.bx()].NumUpvalues)
	case vm.OP_SETLIST:
		if i.c() == 0 {
			return 1
		}
	}
	return 0
}
