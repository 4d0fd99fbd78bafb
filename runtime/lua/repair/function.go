package repair

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// function is a function being compiled.
type function struct {
	compiler *compiler
	fn       *syntax.Function
	parent   *function

	code      []uint32
	lines     []int
	line      int // the line that the next instruction belongs to
	constants []vm.LValue
	index     map[vm.LValue]int // of the constants, once they are many
	names     int               // how many constants need a plain string beside them
	functions []*vm.FunctionProto

	free int // first free register
	max  int // registers used

	active    []activeVar // local variables in scope
	held      int         // registers they hold; those above are temporary
	registers []int16     // of the function's variables, by slot
	locals    []*vm.DbgLocalInfo

	upvalues     []int // the machine's number of each upvalue, -1 for the chunk's _ENV as environment
	upvalueNames []string
	env          int // register of the chunk's _ENV in its main function, -1 where there is none

	loops    []*loop
	calls    map[int]*syntax.Call // by pc, where somebody wants them
	counted  int                  // pc of the last counting instruction
	landed   int                  // the last pc that something jumps to
	reached  int                  // where the statement being compiled is counted
	labels   []int                // pc of each label, by slot, plus one
	jumps    [][]int              // jumps that wait for a label, by slot
	closings []closing
}

// activeVar is a variable in scope. Compile-time constants have an entry too,
// so that the numbers agree with those of the parser, but no register.
type activeVar struct {
	local *syntax.Local // nil for a variable of the compiler
	level int           // registers held by the variables before it
	debug *vm.DbgLocalInfo
}

// closing is a value that must be closed when control leaves a scope.
type closing struct {
	active   int // variables in scope outside of it
	register int // of a value that may be nil at run time, -1 where there surely is one
}

type loop struct {
	active   int // variables in scope outside of the loop
	closings int
	breaks   []int
}

// emit appends an instruction and gives its place.
func (f *function) emit(i instruction) int {
	f.code = append(f.code, uint32(i))
	f.lines = append(f.lines, f.line)
	return len(f.code) - 1
}

// reserve takes n registers and gives the first.
func (f *function) reserve(n int) int {
	first := f.free
	f.free += n
	f.touch()
	return first
}

func (f *function) touch() {
	if f.free > f.max {
		f.max = f.free
		if f.max > maxRegister {
			f.compiler.fail("function or expression needs too many registers", f.line)
		}
	}
}

// open gives back a temporary target that is the topmost register, so that its
// own computation may use it; the caller restores free afterwards.
func (f *function) open(target int) (free int) {
	free = f.free
	if target == free-1 && target >= f.held {
		f.free = target
	}
	return free
}

// constant gives the number of a constant.
func (f *function) constant(v vm.LValue) int {
	const few = 12
	if len(f.constants) <= few {
		for i, c := range f.constants {
			if same(c, v) {
				return i
			}
		}
	} else {
		if f.index == nil {
			f.index = make(map[vm.LValue]int, 4*few)
			for i, c := range f.constants {
				f.index[key(c)] = i
			}
		}
		if i, ok := f.index[key(v)]; ok {
			return i
		}
	}
	i := len(f.constants)
	if i > maxBx {
		f.compiler.fail("too many constants (limit is 262143) in function", f.line)
	}
	f.constants = append(f.constants, v)
	if f.index != nil {
		f.index[key(v)] = i
	}
	return i
}

// key makes a negative zero differ from zero.
func key(v vm.LValue) vm.LValue {
	if n, ok := v.(vm.LNumber); ok && n == 0 && math.Signbit(float64(n)) {
		return negativeZero{}
	}
	return v
}

type negativeZero struct{}

func (negativeZero) String() string      { return "-0" }
func (negativeZero) Type() vm.LValueType { return vm.LTNumber }

func same(a, b vm.LValue) bool { return a == b && key(a) == key(b) }

// maxName is the number of the last constant that may have a plain string.
const maxName = 1 << 10

// nameConstant gives the number of a name for the instructions that take their
// name as a plain string, or false where it would be above the limit.
func (f *function) nameConstant(name string, limit int) (int, bool) {
	i := f.constant(vm.LString(name))
	if i >= limit {
		return i, false
	}
	f.names = max(f.names, i+1)
	return i, true
}

// rk gives the operand for a constant where it fits, else loads it.
func (f *function) rk(v vm.LValue) int {
	i := f.constant(v)
	if i < constantBit {
		return i | constantBit
	}
	r := f.reserve(1)
	f.emit(abx(vm.OP_LOADK, r, i))
	return r
}

// load puts a constant into a register.
func (f *function) load(target int, v vm.LValue) {
	f.emit(abx(vm.OP_LOADK, target, f.constant(v)))
}

func (f *function) move(target, source int) {
	if target != source {
		f.emit(abc(vm.OP_MOVE, target, source, 0))
	}
}

// jump emits a jump whose target is set later.
func (f *function) jump() int { return f.emit(abx(vm.OP_JMP, 0, jumpZero)) }

func (f *function) here() int { return len(f.code) }

// land sets the target of jumps.
func (f *function) land(jumps []int, target int) {
	for _, pc := range jumps {
		f.landOne(pc, target)
	}
}

func (f *function) landOne(pc, target int) {
	f.landed = max(f.landed, target)
	distance := target - (pc + 1) + jumpZero
	if distance < 0 || distance > maxBx {
		f.compiler.fail("control structure too long", f.lines[pc])
	}
	f.code[pc] = f.code[pc]&^uint32(maxBx) | uint32(distance)
}

// activate brings a variable into scope.
func (f *function) activate(v *syntax.Local, register int) {
	f.registers[v.Slot] = int16(register)
	f.declare(v.Name, register)
	f.active[len(f.active)-1].local = v
}

// declare brings a variable of the compiler into scope, or the start of one of
// the script's. The machine counts a variable as there from the instruction
// after StartPc.
func (f *function) declare(name string, register int) {
	d := &vm.DbgLocalInfo{Name: name, StartPc: len(f.code) - 1, EndPc: -1}
	f.locals = append(f.locals, d)
	f.active = append(f.active, activeVar{level: register, debug: d})
	f.held = register + 1
}

// declareNone brings a variable into scope that needs no register.
func (f *function) declareNone(v *syntax.Local) {
	f.active = append(f.active, activeVar{local: v, level: f.held})
}

// retire ends the scope of all variables above n.
func (f *function) retire(n int) {
	if n == len(f.active) {
		return
	}
	for _, v := range f.active[n:] {
		if v.debug != nil {
			v.debug.EndPc = len(f.code)
		}
	}
	f.held = f.active[n].level
	f.free = f.held
	f.active = f.active[:n]
}

// captured tells whether an inner function uses a variable above n, and the
// first register to close for it.
func (f *function) captured(n int) (register int, any bool) {
	for _, v := range f.active[n:] {
		if v.local != nil && v.local.Captured {
			return f.active[n].level, true
		}
	}
	return 0, false
}

// bindUpvalues numbers the upvalues for the machine, which knows none for the
// environment.
func (f *function) bindUpvalues() {
	f.upvalues = make([]int, len(f.fn.Upvalues))
	for i, u := range f.fn.Upvalues {
		f.upvalues[i] = -1
		if f.parent == nil || u.Local == nil && !f.compiler.chunk.UsesEnv {
			continue
		}
		f.upvalues[i] = len(f.upvalueNames)
		f.upvalueNames = append(f.upvalueNames, u.Name)
	}
}

// closure makes an inner function's value.
func (f *function) closure(target int, e *syntax.FunctionExpr) {
	line := f.line
	proto := f.compiler.function(e.Func, f)
	f.functions = append(f.functions, proto)
	if len(f.functions) > maxBx {
		f.compiler.fail("too many functions", line)
	}
	f.line = int(e.Func.End.Line)
	f.emit(abx(vm.OP_CLOSURE, target, len(f.functions)-1))
	for _, u := range e.Func.Upvalues {
		switch {
		case u.Local == nil && !f.compiler.chunk.UsesEnv:
		case u.FromParent:
			f.emit(abc(vm.OP_MOVE, 0, int(f.registers[u.Local.Slot]), 0))
		case u.Local == nil && f.parent == nil:
			f.emit(abc(vm.OP_MOVE, 0, f.env, 0))
		default:
			f.emit(abc(vm.OP_GETUPVAL, 0, f.upvalues[u.Index], 0))
		}
	}
}

// openEnv makes the chunk's own _ENV a variable.
func (f *function) openEnv() {
	f.env = f.reserve(1)
	f.loadEnv(f.env)
	f.locals = append(f.locals, &vm.DbgLocalInfo{Name: "_ENV", StartPc: len(f.code) - 1, EndPc: math.MaxInt})
	f.held = f.env + 1
}

// loadEnv puts the function's environment into a temporary register at the top.
func (f *function) loadEnv(target int) {
	f.load(target, helperEnv)
	f.emit(abc(vm.OP_CALL, target, 1, 2))
}
