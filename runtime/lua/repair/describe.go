package repair

import (
	"math"
	"strings"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

// Hooks are what native code must know of the functions that Compile makes, for
// Budget.SetHooks of every state that runs them.
func Hooks() native.Hooks {
	return native.Hooks{
		Describe: Describe,
		Helper:   IsHelper,
		Unwind: func(l, th *vm.LState, raised vm.LValue) vm.LValue {
			return CloseAll(l, th, 0, raised)
		},
	}
}

// Describe gives Lua 5.4's text for an error of the machine, with the name of
// the variable where the code tells it; any other message comes back as it is.
// It must be called from where the error is raised, while the frames still
// stand.
func Describe(l *vm.LState, message vm.LString) vm.LValue {
	frame := native.At(l, 0)
	position := native.Position(l, 0)
	text, ok := strings.CutPrefix(string(message), position)
	if !ok || frame == nil {
		return message
	}
	i, ok := code(frame)
	if !ok {
		return message
	}
	if better := (fault{l, frame, i}).explain(text); better != "" {
		return vm.LString(position + better)
	}
	return message
}

// fault is an instruction that failed.
type fault struct {
	l     *vm.LState
	frame *native.Frame
	i     instruction
}

// explain gives Lua's text for the machine's, or "".
func (f fault) explain(text string) string {
	switch {
	case strings.HasPrefix(text, "attempt to index a non-table object("):
		kind, _, _ := strings.Cut(text[len("attempt to index a non-table object("):], ")")
		return f.index(kind)
	case text == "attempt to call a non-function object":
		return f.call()
	case text == "__unm undefined" && isString(f.value(f.i.b())):
		return "attempt to unm a 'string' with a 'string'"
	case text == "__unm undefined":
		return "attempt to perform arithmetic on a " + f.described(f.i.b())
	case text == "__len undefined":
		return "attempt to get length of a " + f.described(f.i.b())
	case strings.HasPrefix(text, "cannot perform "):
		return f.arithmetic()
	case f.i.op() == vm.OP_FORLOOP:
		return loopText(f.l, f.value(f.i.a()+1), "limit")
	case strings.HasPrefix(text, "attempt to compare ") && (f.i.op() == vm.OP_LT || f.i.op() == vm.OP_LE):
		return f.compare()
	case text == "too many recursions in gettable":
		return "'__index' chain too long; possibly a loop"
	case text == "too many recursions in settable":
		return "'__newindex' chain too long; possibly a loop"
	case text == "registry overflow":
		return "stack overflow"
	}
	return ""
}

// value gives what an operand holds.
func (f fault) value(operand int) vm.LValue {
	if operand&constantBit != 0 {
		return f.frame.Fn.Proto.Constants[operand&^constantBit]
	}
	_, v := f.frame.Local(operand + 1)
	return v
}

// described is "nil value (local 'x')" for an operand.
func (f fault) described(operand int) string {
	text := native.TypeName(f.l, f.value(operand)) + " value"
	if operand&constantBit != 0 {
		return text
	}
	return text + named(f.frame, operand)
}

func (f fault) index(kind string) string {
	object := -1
	switch f.i.op() {
	case vm.OP_GETTABLE, vm.OP_GETTABLEKS, vm.OP_SELF:
		object = f.i.b()
	case vm.OP_SETTABLE, vm.OP_SETTABLEKS:
		object = f.i.a()
	}
	// It may be another value, found in a metatable's __index.
	if object >= 0 && f.value(object).Type().String() == kind {
		return "attempt to index a " + f.described(object)
	}
	return "attempt to index a " + kind + " value"
}

func (f fault) call() string {
	if op := f.i.op(); op != vm.OP_CALL && op != vm.OP_TAILCALL {
		return "attempt to call a non-function value" // a metamethod of the machine's own
	}
	v := f.value(f.i.a())
	for range 10 {
		m := metafield(f.l, v, "__call")
		if m == nil {
			break
		}
		v = m
	}
	return "attempt to call a " + native.TypeName(f.l, v) + " value" + named(f.frame, f.i.a())
}

func (f fault) compare() string {
	b, c := f.i.b(), f.i.c()
	if _, what := registerName(f.frame.Fn, f.frame.Pc, b); what == forIterator && b&constantBit == 0 {
		// The start of a loop, whose start and limit are side by side.
		if first := f.value(min(b, c)); first.Type() != vm.LTNumber {
			return loopText(f.l, first, "initial value")
		}
		return loopText(f.l, f.value(max(b, c)), "limit")
	}
	return native.CompareText(f.l, f.value(b), f.value(c))
}

func (f fault) arithmetic() string {
	b, c := f.i.b(), f.i.c()
	if what, v := loopCheck(f.frame, f.value(b), f.value(c)); what != "" {
		return loopText(f.l, v, what)
	}
	if x, y := f.value(b), f.value(c); isString(x) || isString(y) {
		// It is the strings' own metamethod that refuses.
		if event := arithmeticEvent(f.i.op()); event != "" {
			return "attempt to " + event + " a '" + x.Type().String() + "' with a '" + y.Type().String() + "'"
		}
	}
	if f.value(b).Type() != vm.LTNumber {
		c = b
	}
	return "attempt to perform arithmetic on a " + f.described(c)
}

// arithmeticEvent names an operator as its metamethod, without the underscores.
func arithmeticEvent(op int) string {
	switch op {
	case vm.OP_ADD:
		return "add"
	case vm.OP_SUB:
		return "sub"
	case vm.OP_MUL:
		return "mul"
	case vm.OP_DIV:
		return "div"
	case vm.OP_MOD:
		return "mod"
	case vm.OP_POW:
		return "pow"
	}
	return ""
}

// loopCheck tells whether a frame is at the addition that checks a value of a
// numeric loop, and of its operands gives that value and what it is.
func loopCheck(frame *native.Frame, left, right vm.LValue) (what string, v vm.LValue) {
	i, ok := code(frame)
	if !ok || i.op() != vm.OP_ADD {
		return "", nil
	}
	switch p := frame.Fn.Proto; {
	case isCheckZero(p, i.c()) && i.a() == i.b():
		return "limit", left
	case isCheckZero(p, i.b()) && i.a() == i.c():
		return "initial value", right
	}
	return "", nil
}

func isCheckZero(p *vm.FunctionProto, operand int) bool {
	if operand&constantBit == 0 {
		return false
	}
	n, ok := p.Constants[operand&^constantBit].(vm.LNumber)
	return ok && n == 0 && math.Signbit(float64(n))
}

// code gives the instruction that a frame is at.
func code(f *native.Frame) (instruction, bool) {
	if f == nil || f.Fn.IsG || f.Pc < 0 || f.Pc >= len(f.Fn.Proto.Code) {
		return 0, false
	}
	return instruction(f.Fn.Proto.Code[f.Pc]), true
}

// argumentName is " (local 'x')" for what a helper was given as an argument,
// or "" where the code does not say.
func argumentName(l *vm.LState, n int) string {
	frame := native.At(l, 1)
	i, ok := code(frame)
	if !ok || n == 0 || i.op() != vm.OP_CALL {
		return ""
	}
	return named(frame, i.a()+n)
}

// named is " (local 'x')" for what a register holds, or "".
func named(f *native.Frame, register int) string {
	name, what := registerName(f.Fn, f.Pc, register)
	if what == "" {
		return ""
	}
	return " (" + what + " '" + name + "')"
}

// forIterator is PUC Lua's name for the function that a generic loop calls, and
// for what kind of thing that is.
const forIterator = "for iterator"

// registerName says what a register holds before an instruction, in PUC Lua's
// words.
func registerName(fn *vm.LFunction, pc, register int) (name, what string) {
	p := fn.Proto
	if name, ok := fn.LocalName(register+1, pc); ok {
		if name == forState {
			return forIterator, forIterator
		}
		return name, "local"
	}
	at := setter(p, pc, register)
	if at < 0 {
		return "", ""
	}
	switch i := instruction(p.Code[at]); i.op() {
	case vm.OP_MOVE, vm.OP_MOVEN:
		if i.b() < i.a() {
			return registerName(fn, at, i.b())
		}
	case vm.OP_GETGLOBAL:
		return constantText(p, i.bx()), "global"
	case vm.OP_GETTABLE, vm.OP_GETTABLEKS:
		return fieldName(fn, at, i)
	case vm.OP_SELF:
		name, _ := fieldName(fn, at, i)
		return name, "method"
	case vm.OP_GETUPVAL:
		if b := i.b(); b < len(p.DbgUpvalues) {
			return p.DbgUpvalues[b], "upvalue"
		}
	case vm.OP_LOADK:
		if s, ok := p.Constants[i.bx()].(vm.LString); ok {
			return string(s), "constant"
		}
	}
	return "", ""
}

func constantText(p *vm.FunctionProto, k int) string {
	s, ok := p.Constants[k].(vm.LString)
	if !ok {
		return "?"
	}
	return string(s)
}

// fieldName names a field that an instruction reads; a field of _ENV is a global.
func fieldName(fn *vm.LFunction, at int, i instruction) (name, what string) {
	what = "field"
	if object, _ := registerName(fn, at, i.b()); object == "_ENV" {
		what = "global"
	}
	if i.c()&constantBit == 0 {
		if name, kind := registerName(fn, at, i.c()); kind == "constant" {
			return name, what
		}
		return "?", what
	}
	switch k := fn.Proto.Constants[i.c()&^constantBit].(type) {
	case vm.LString:
		return string(k), what
	case vm.LNumber:
		if _, ok := native.ToInteger(k); ok {
			return "integer index", what
		}
	}
	return "?", what
}

// setter finds the instruction that gave a register the value it has before
// the instruction last; -1 where that depends on the way taken.
func setter(p *vm.FunctionProto, last, register int) int {
	found, certain := -1, 0
	for pc := 0; pc < last; pc++ {
		i := instruction(p.Code[pc])
		change := false
		switch i.op() {
		case vm.OP_CLOSURE:
			change = i.a() == register
			if change {
				found = settled(pc, certain)
			}
			pc += int(p.FunctionPrototypes[i.bx()].NumUpvalues)
			continue
		case vm.OP_SETLIST:
			if i.c() == 0 {
				pc++
			}
		case vm.OP_JMP, vm.OP_FORPREP:
			if to := i.target(pc); to > pc && to <= last {
				certain = max(certain, to)
			}
			change = i.op() == vm.OP_FORPREP && i.a() == register
		default:
			change = sets(i, register)
		}
		if change {
			found = settled(pc, certain)
		}
	}
	return found
}

func settled(pc, certain int) int {
	if pc < certain {
		return -1
	}
	return pc
}

// sets tells whether an instruction changes a register.
func sets(i instruction, register int) bool {
	a := i.a()
	switch i.op() {
	case vm.OP_SETGLOBAL, vm.OP_SETUPVAL, vm.OP_SETTABLE, vm.OP_SETTABLEKS, vm.OP_EQ, vm.OP_LT, vm.OP_LE,
		vm.OP_TEST, vm.OP_RETURN, vm.OP_CLOSE, vm.OP_NOP:
		return false
	case vm.OP_LOADNIL:
		return a <= register && register <= i.b()
	case vm.OP_SELF:
		return register == a || register == a+1
	case vm.OP_CALL, vm.OP_TAILCALL:
		return register >= a
	case vm.OP_VARARG:
		return register >= a && (i.b() == 0 || register < a+i.b()-1)
	case vm.OP_FORLOOP:
		return register >= a && register <= a+3
	}
	return register == a
}
