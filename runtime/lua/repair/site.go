package repair

import (
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Site is a call in a source, with where the function around it keeps its
// variables.
type Site struct {
	// Call is the expression.
	Call *syntax.Call
	// registers are those of the function's variables, by slot; upvalues its
	// upvalue numbers.
	registers []int16
	upvalues  []int
}

// Register is where a local variable of the function is, as an index of
// Frame.Local.
func (s *Site) Register(v *syntax.Local) int { return int(s.registers[v.Slot]) + 1 }

// Upvalue is the number of a variable of an enclosing function in the function's
// value, or false where it has none.
func (s *Site) Upvalue(e *syntax.Name) (int, bool) {
	if e.Upvalue < 0 || e.Upvalue >= len(s.upvalues) || s.upvalues[e.Upvalue] < 0 {
		return 0, false
	}
	return s.upvalues[e.Upvalue], true
}

// FindCall finds the call that an instruction of a function makes, in the chunk
// that the function is from. It is nil where the instruction is no call, or the
// function is not from that chunk. It compiles the chunk once more.
func FindCall(chunk *syntax.Chunk, proto *vm.FunctionProto, pc int) *Site {
	if pc < 0 || pc >= len(proto.Code) {
		return nil
	}
	var site *Site
	c := &compiler{chunk: chunk, compiled: func(f *function, p *vm.FunctionProto) {
		if call := f.calls[pc]; call != nil && site == nil && sameCode(p, proto) {
			site = &Site{Call: call, registers: f.registers, upvalues: f.upvalues}
		}
	}}
	for _, i := range proto.Code {
		if instruction(i).op() == vm.OP_NOP {
			c.counter, c.named = anywhere{}, map[*syntax.Function]string{}
			break
		}
	}
	if _, err := compile(c); err != nil {
		return nil
	}
	return site
}

func (f *function) keepCall(pc int, call *syntax.Call) {
	if f.calls == nil {
		f.calls = map[int]*syntax.Call{}
	}
	f.calls[pc] = call
}

// anywhere lets code count without being asked for.
type anywhere struct{}

func (anywhere) Place(Place) int { return 0 }

// sameCode tells two compilations of a function, be it that they count in
// different places.
func sameCode(a, b *vm.FunctionProto) bool {
	if a.LineDefined != b.LineDefined || a.LastLineDefined != b.LastLineDefined || len(a.Code) != len(b.Code) ||
		len(a.Constants) != len(b.Constants) {
		return false
	}
	for pc, i := range a.Code {
		j := b.Code[pc]
		if i != j && (instruction(i).op() != vm.OP_NOP || instruction(i).a() != instruction(j).a()) {
			return false
		}
	}
	for k, v := range a.Constants {
		if !same(v, b.Constants[k]) {
			return false
		}
	}
	return true
}
