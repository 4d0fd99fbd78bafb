package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// literal gives the machine's value of an expression that is one, through
// parentheses and compile-time constants.
func literal(e syntax.Expr) (vm.LValue, bool) {
	switch e := syntax.Bare(e).(type) {
	case *syntax.Nil:
		return vm.LNil, true
	case *syntax.True:
		return vm.LTrue, true
	case *syntax.False:
		return vm.LFalse, true
	case *syntax.Number:
		return vm.LNumber(e.Value), true
	case *syntax.String:
		return vm.LString(e.Value), true
	case *syntax.Name:
		if e.Local != nil && e.Local.Value != nil {
			return literal(e.Local.Value)
		}
	}
	return nil, false
}

// local gives the register of an expression that is a local variable.
func (f *function) local(e syntax.Expr) (int, bool) {
	if n, ok := syntax.Bare(e).(*syntax.Name); ok && n.Kind == syntax.LocalName {
		if n.Local.Value == nil {
			return int(f.registers[n.Local.Slot]), true
		}
	}
	return 0, false
}

// isMulti tells an expression that gives any number of values.
func isMulti(e syntax.Expr) bool {
	switch e.(type) {
	case *syntax.Call, *syntax.Vararg:
		return true
	}
	return false
}

// next evaluates an expression into a fresh register.
func (f *function) next(e syntax.Expr) int {
	r := f.reserve(1)
	f.into(e, r)
	return r
}

// any evaluates an expression into some register, the variable's own if it is one.
func (f *function) any(e syntax.Expr) int {
	if r, ok := f.local(e); ok {
		return r
	}
	return f.next(e)
}

// operand evaluates an expression into a register, or gives it as a constant.
func (f *function) operand(e syntax.Expr) int {
	if v, ok := literal(e); ok {
		return f.rk(v)
	}
	return f.any(e)
}

// endLine is the line that reading a variable or field belongs to when it
// stands by itself: that of its last token.
func endLine(e syntax.Expr) int {
	switch e := e.(type) {
	case *syntax.Index:
		return int(e.EndLine)
	case *syntax.Call:
		return int(e.EndLine)
	case *syntax.Table:
		return int(e.EndLine)
	case *syntax.Binary:
		return int(e.EndLine)
	case *syntax.Paren:
		return int(e.EndLine)
	case *syntax.FunctionExpr:
		return int(e.Func.End.Line)
	case *syntax.Unary:
		return endLine(e.Operand)
	}
	return int(e.Position().Line)
}

// into evaluates an expression into a register. The register may be a local
// variable that the expression itself reads: it is written last of all.
func (f *function) into(e syntax.Expr, target int) {
	f.line = endLine(e)
	f.intoAt(e, target)
}

// intoAt is into for an expression whose last step belongs to the current line.
func (f *function) intoAt(e syntax.Expr, target int) {
	switch e := e.(type) {
	case *syntax.Nil:
		f.emit(abc(vm.OP_LOADNIL, target, target, 0))
	case *syntax.True:
		f.emit(abc(vm.OP_LOADBOOL, target, 1, 0))
	case *syntax.False:
		f.emit(abc(vm.OP_LOADBOOL, target, 0, 0))
	case *syntax.Number:
		f.load(target, vm.LNumber(e.Value))
	case *syntax.String:
		f.load(target, vm.LString(e.Value))
	case *syntax.Vararg:
		f.firstVararg(target)
	case *syntax.Name:
		f.name(e, target)
	case *syntax.Paren:
		f.intoAt(e.Inner, target)
	case *syntax.FunctionExpr:
		f.closure(target, e)
	case *syntax.Index, *syntax.Call:
		f.suffixed(e, target)
	case *syntax.Table:
		f.table(e, target)
	case *syntax.Unary:
		f.unary(e, target)
	case *syntax.Binary:
		f.binary(e, target)
	}
}

// firstVararg loads the first extra argument. The machine drops all registers
// above the one it loads it into, so that must be the topmost.
func (f *function) firstVararg(target int) {
	free := f.open(target)
	r := f.reserve(1)
	f.emit(abc(vm.OP_VARARG, r, 2, 0))
	f.move(target, r)
	f.free = free
}

func (f *function) name(e *syntax.Name, target int) {
	switch {
	case e.Local != nil && e.Local.Value != nil && e.Kind != syntax.GlobalName:
		f.intoAt(e.Local.Value, target)
	case e.Kind == syntax.LocalName:
		f.move(target, int(f.registers[e.Local.Slot]))
	case e.Kind == syntax.UpvalueName:
		f.upvalue(e, target)
	default:
		f.global(e, target)
	}
}

// upvalue loads one, or the chunk's _ENV.
func (f *function) upvalue(e *syntax.Name, target int) {
	switch {
	case e.Local == nil && f.parent == nil:
		f.move(target, f.env)
	default:
		f.emit(abc(vm.OP_GETUPVAL, target, f.upvalues[e.Upvalue], 0))
	}
}

func (f *function) global(e *syntax.Name, target int) {
	if e.Env == nil && !f.compiler.chunk.UsesEnv {
		if k, ok := f.nameConstant(e.Name, maxName); ok {
			f.emit(abx(vm.OP_GETGLOBAL, target, k))
			return
		}
	}
	free := f.open(target)
	f.getField(target, f.environment(e), e.Name)
	f.free = free
}

// environment gives a register with the table that a global is a field of.
func (f *function) environment(e *syntax.Name) int {
	switch {
	case e.Env != nil:
		return f.any(e.Env)
	case !f.compiler.chunk.UsesEnv:
		r := f.reserve(1)
		f.loadEnv(r)
		return r
	case f.parent == nil:
		return f.env
	}
	r := f.reserve(1)
	for i, u := range f.fn.Upvalues {
		if u.Local == nil {
			f.emit(abc(vm.OP_GETUPVAL, r, f.upvalues[i], 0))
		}
	}
	return r
}

func (f *function) getField(target, object int, name string) {
	if k, ok := f.nameConstant(name, constantBit); ok {
		f.emit(abc(vm.OP_GETTABLEKS, target, object, k|constantBit))
		return
	}
	f.emit(abc(vm.OP_GETTABLE, target, object, f.rk(vm.LString(name))))
}

func (f *function) setField(object int, name string, value int) {
	if k, ok := f.nameConstant(name, constantBit); ok {
		f.emit(abc(vm.OP_SETTABLEKS, object, k|constantBit, value))
		return
	}
	free := f.free
	f.emit(abc(vm.OP_SETTABLE, object, f.rk(vm.LString(name)), value))
	f.free = free
}

// get reads a field whose key is already an operand.
func (f *function) get(target, object, key int) {
	if f.isName(key) {
		f.emit(abc(vm.OP_GETTABLEKS, target, object, key))
		return
	}
	f.emit(abc(vm.OP_GETTABLE, target, object, key))
}

func (f *function) set(object, key, value int) {
	if f.isName(key) {
		f.emit(abc(vm.OP_SETTABLEKS, object, key, value))
		return
	}
	f.emit(abc(vm.OP_SETTABLE, object, key, value))
}

// isName tells an operand that is a constant string, and gives it a plain one.
func (f *function) isName(key int) bool {
	if key&constantBit == 0 {
		return false
	}
	k := key &^ constantBit
	if _, ok := f.constants[k].(vm.LString); !ok {
		return false
	}
	f.names = max(f.names, k+1)
	return true
}
