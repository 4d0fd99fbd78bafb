package repair

import (
	"strconv"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Compile makes the function of a chunk. The error is a *syntax.Error: a
// function that needs more registers, constants or longer jumps than there are.
// The result is immutable and safe to use from any number of states.
func Compile(chunk *syntax.Chunk) (*vm.FunctionProto, error) {
	return compile(&compiler{chunk: chunk})
}

func compile(c *compiler) (proto *vm.FunctionProto, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			e, ok := fault.(*syntax.Error)
			if !ok {
				panic(fault) // a fault of this package must be seen
			}
			proto, err = nil, e
		}
	}()
	return c.function(c.chunk.Main, nil), nil
}

type compiler struct {
	chunk *syntax.Chunk
	// counter is nil for code that does not count; named are the functions
	// whose names it wants to know.
	counter Counter
	named   map[*syntax.Function]string
	// compiled is told of every function and then f.calls are kept; it may be nil.
	compiled func(f *function, p *vm.FunctionProto)
}

// fail gives up; near is what comes next in the text, "" where unknown.
func (c *compiler) fail(message string, line int) {
	panic(&syntax.Error{File: c.chunk.Source, Line: line, Column: 1, Message: message})
}

func (c *compiler) function(fn *syntax.Function, parent *function) *vm.FunctionProto {
	f := &function{
		compiler: c, fn: fn, parent: parent, env: -1,
		code:  make([]uint32, 0, 64),
		lines: make([]int, 0, 64),
		line:  int(fn.Pos.Line),
	}
	if n := fn.Locals; n > 0 {
		f.registers = make([]int16, n)
	}
	f.bindUpvalues()
	for _, v := range fn.Params {
		f.activate(v, f.reserve(1))
	}
	if parent == nil && c.chunk.UsesEnv {
		f.openEnv()
	}
	f.countFunction()
	f.block(fn.Body)
	f.line = int(fn.End.Line)
	f.emit(abc(vm.OP_RETURN, 0, 1, 0))
	f.retire(0)
	proto := f.finish()
	if c.compiled != nil {
		c.compiled(f, proto)
	}
	return proto
}

// finish makes the machine's form of the function.
func (f *function) finish() *vm.FunctionProto {
	f.joinMoves()
	f.settleCounting()
	p := f.shell()
	p.SourceName = f.compiler.chunk.Source
	p.LineDefined = int(f.fn.Pos.Line)
	p.LastLineDefined = int(f.fn.End.Line)
	if f.parent == nil {
		p.LastLineDefined = 0
	}
	p.NumUpvalues = uint8(len(f.upvalueNames))
	p.NumParameters = uint8(len(f.fn.Params))
	p.IsVarArg = 0
	if f.fn.IsVararg {
		p.IsVarArg = vm.VarArgIsVarArg
	}
	// The machine loses the last register in a tail call, so one is always spare.
	p.NumUsedRegisters = uint8(max(f.max, len(f.fn.Params)) + 1)
	p.Code = f.code
	p.Constants = f.constants
	p.FunctionPrototypes = f.functions
	p.DbgSourcePositions = f.lines
	p.DbgLocals = f.locals
	p.DbgCalls = nil
	p.DbgUpvalues = f.upvalueNames
	return p
}

// shell makes a prototype whose hidden list of names is filled. The machine
// takes the name of a global or field from a list of plain strings beside the
// constants, which only its own compiler can write. So that compiler is given a
// text of nothing but "name = nil", one for each name and in the order of the
// constants, and everything else in what it makes is replaced.
func (f *function) shell() *vm.FunctionProto {
	if f.names == 0 {
		return &vm.FunctionProto{}
	}
	null := &ast.NilExpr{}
	text := make([]ast.Stmt, f.names)
	statements := make([]ast.AssignStmt, f.names)
	idents := make([]ast.IdentExpr, f.names)
	lists := make([]ast.Expr, f.names)
	nulls := []ast.Expr{null}
	for i := range text {
		name, ok := f.constants[i].(vm.LString)
		if !ok {
			name = vm.LString("\x00" + strconv.Itoa(i)) // a place nothing refers to
		}
		idents[i].Value = string(name)
		lists[i] = &idents[i]
		statements[i].Lhs, statements[i].Rhs = lists[i:i+1], nulls
		text[i] = &statements[i]
	}
	p, err := vm.Compile(text, f.compiler.chunk.Source)
	if err != nil || len(p.Constants) != f.names {
		f.compiler.fail("too many constants", int(f.fn.Pos.Line))
	}
	return p
}

// joinMoves lets the machine do runs of moves in one step.
func (f *function) joinMoves() {
	code := f.code
	for pc := 0; pc < len(code); pc++ {
		switch i := instruction(code[pc]); i.op() {
		case vm.OP_MOVE:
			n := 0
			for n < maxC && pc+n+1 < len(code) && instruction(code[pc+n+1]).op() == vm.OP_MOVE {
				n++
			}
			if n > 0 {
				code[pc] = uint32(abc(vm.OP_MOVEN, i.a(), i.b(), n))
				pc += n
			}
		case vm.OP_CLOSURE:
			pc += int(f.functions[i.bx()].NumUpvalues)
		case vm.OP_SETLIST:
			if i.c() == 0 {
				pc++
			}
		}
	}
}
