package native

import vm "github.com/yuin/gopher-lua"

// The machine keeps its instruction format to itself; this is its layout:
// six bits of operation, eight of A, nine of C and nine of B, from the top.

type instruction uint32

func (i instruction) op() int { return int(i >> 26) }
func (i instruction) a() int  { return int(i>>18) & 0xff }
func (i instruction) b() int  { return int(i & 0x1ff) }
func (i instruction) c() int  { return int(i>>9) & 0x1ff }
func (i instruction) bx() int { return int(i & 0x3ffff) }

// target is where a jump at pc goes to.
func (i instruction) target(pc int) int { return pc + 1 + i.bx() - 0x3ffff>>1 }

// forState is the name that compilers give to what a for loop keeps in
// registers.
const forState = "(for state)"

const constantBit = 1 << 8

// code gives the instruction a frame is at.
func (f *Frame) code() (instruction, bool) {
	if f.Fn.IsG || f.Pc < 0 || f.Pc >= len(f.Fn.Proto.Code) {
		return 0, false
	}
	return instruction(f.Fn.Proto.Code[f.Pc]), true
}

// setsRegister tells whether an instruction changes a register.
func setsRegister(i instruction, reg int) bool {
	a := i.a()
	switch i.op() {
	case vm.OP_SETGLOBAL, vm.OP_SETUPVAL, vm.OP_SETTABLE, vm.OP_SETTABLEKS, vm.OP_JMP,
		vm.OP_EQ, vm.OP_LT, vm.OP_LE, vm.OP_TEST, vm.OP_RETURN, vm.OP_SETLIST, vm.OP_CLOSE, vm.OP_NOP:
		return false
	case vm.OP_LOADNIL:
		return a <= reg && reg <= i.b()
	case vm.OP_SELF:
		return reg == a || reg == a+1
	case vm.OP_CALL, vm.OP_TAILCALL:
		return reg >= a
	case vm.OP_TFORLOOP:
		return reg >= a+2
	case vm.OP_VARARG:
		return reg >= a && (i.b() == 0 || reg < a+i.b()-1)
	case vm.OP_FORLOOP, vm.OP_FORPREP:
		return reg >= a && reg <= a+3
	}
	return reg == a
}

// setter finds the instruction that last gave a register its value before pc,
// or -1 where that depends on the way taken.
func setter(p *vm.FunctionProto, last, reg int) int {
	found, certain := -1, 0
	for pc := 0; pc < last; pc++ {
		i := instruction(p.Code[pc])
		change := setsRegister(i, reg)
		at := pc
		switch i.op() {
		case vm.OP_MOVEN:
			for n := i.c(); n > 0 && pc+1 < len(p.Code); n-- {
				pc++
				if instruction(p.Code[pc]).a() == reg {
					change, at = true, pc
				}
			}
		case vm.OP_CLOSURE:
			if b := i.bx(); b < len(p.FunctionPrototypes) {
				pc += int(p.FunctionPrototypes[b].NumUpvalues)
			}
		case vm.OP_SETLIST:
			if i.c() == 0 {
				pc++
			}
		case vm.OP_JMP:
			if to := i.target(pc); to > pc && to <= last && to > certain {
				certain = to
			}
		}
		if change {
			if at < certain {
				found = -1
			} else {
				found = at
			}
		}
	}
	return found
}

// registerName says what a register holds at pc, in PUC's words: a name, and
// "local", "global", "field", "method", "upvalue" or "constant".
func registerName(fn *vm.LFunction, pc, reg int) (name, what string) {
	p := fn.Proto
	if name, ok := fn.LocalName(reg+1, pc); ok {
		switch {
		case isIdentifier(name):
			return name, "local"
		case name == forState:
			return "for iterator", "for iterator"
		}
	}
	at := setter(p, pc, reg)
	if at < 0 {
		return "", ""
	}
	i := instruction(p.Code[at])
	switch i.op() {
	case vm.OP_MOVE, vm.OP_MOVEN:
		if i.b() < i.a() {
			return registerName(fn, at, i.b())
		}
	case vm.OP_GETGLOBAL:
		return p.Constants[i.bx()].String(), "global"
	case vm.OP_GETTABLE, vm.OP_GETTABLEKS:
		if object, _ := registerName(fn, at, i.b()); object == "_ENV" {
			return keyName(fn, at, i.c()), "global"
		}
		return keyName(fn, at, i.c()), "field"
	case vm.OP_SELF:
		return keyName(fn, at, i.c()), "method"
	case vm.OP_GETUPVAL:
		if b := i.b(); b < len(p.DbgUpvalues) && isIdentifier(p.DbgUpvalues[b]) {
			return p.DbgUpvalues[b], "upvalue"
		}
	case vm.OP_LOADK:
		if s, ok := p.Constants[i.bx()].(vm.LString); ok {
			return string(s), "constant"
		}
	}
	return "", ""
}

// keyName is how messages name a table's key: a string by itself.
func keyName(fn *vm.LFunction, pc, c int) string {
	if c&constantBit == 0 {
		if name, what := registerName(fn, pc, c); what == "constant" {
			return name
		}
		return "?"
	}
	switch k := fn.Proto.Constants[c&^constantBit].(type) {
	case vm.LString:
		return string(k)
	case vm.LNumber:
		return "integer index"
	}
	return "?"
}

// isIdentifier tells a name of the script's own from those of the compiler.
func isIdentifier(s string) bool {
	return s != "" && (s[0] == '_' || s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' || s[0] >= 0x80)
}

// metamethods are the names of what an instruction calls by itself.
var metamethods = map[int]string{
	vm.OP_SELF: "index", vm.OP_GETTABLE: "index", vm.OP_GETTABLEKS: "index", vm.OP_GETGLOBAL: "index",
	vm.OP_SETTABLE: "newindex", vm.OP_SETTABLEKS: "newindex", vm.OP_SETGLOBAL: "newindex",
	vm.OP_ADD: "add", vm.OP_SUB: "sub", vm.OP_MUL: "mul", vm.OP_DIV: "div", vm.OP_MOD: "mod", vm.OP_POW: "pow",
	vm.OP_UNM: "unm", vm.OP_LEN: "len", vm.OP_CONCAT: "concat", vm.OP_EQ: "eq", vm.OP_LT: "lt", vm.OP_LE: "le",
	vm.OP_CLOSE: "close",
}

// CallName says how the function at a level was called: its name and what that
// names ("global", "local", "method", "field", "upvalue", "constant",
// "metamethod", "for iterator"), both "" where that cannot be known.
func CallName(l *vm.LState, level int) (name, what string) {
	if f := At(l, level); f != nil {
		return f.CallName()
	}
	return "", ""
}

// CallName says how the frame's function was called, as the function of that
// name.
func (f *Frame) CallName() (name, what string) {
	if f.caller == nil || f.TailCall > 0 && !f.Fn.IsG || f.caller.IsNative() {
		return "", ""
	}
	i, ok := f.caller.code()
	if !ok {
		return "", ""
	}
	switch op := i.op(); op {
	case vm.OP_CALL, vm.OP_TAILCALL:
		return registerName(f.caller.Fn, f.caller.Pc, i.a())
	case vm.OP_TFORLOOP:
		return "for iterator", "for iterator"
	default:
		if name, ok := metamethods[op]; ok {
			return name, "metamethod"
		}
	}
	return "", ""
}

// crosses tells that the frame was not called by a call instruction, so that
// nothing can yield through it.
func (f *Frame) crosses() bool {
	if f.caller == nil {
		return false
	}
	i, ok := f.caller.code()
	return !ok || i.op() != vm.OP_CALL && i.op() != vm.OP_TAILCALL
}
