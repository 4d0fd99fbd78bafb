package lua

import (
	"slices"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// Variable is a variable that a function can see.
type Variable struct {
	Name  string
	Value vm.LValue
	// Kind is "local", "upvalue" or "global".
	Kind string
}

// Locals gives the local variables, parameters included, that are in scope where
// the function at a level stands, the outermost first; of those with the same
// name only the innermost. Level 0 is the native function that is running, 1 its
// caller, and so on, as for debug.getinfo. It calls nothing.
func Locals(l *vm.LState, level int) []Variable {
	frame := native.At(l, level)
	if frame == nil || frame.IsNative() {
		return nil
	}
	var all []Variable
	for n := 1; ; n++ {
		name, v := frame.Local(n)
		if name == "" {
			break
		}
		if name[0] != '(' { // a variable of the compiler's, or a temporary
			all = append(all, Variable{Name: name, Value: v, Kind: "local"})
		}
	}
	list := all[:0]
	for i, v := range all {
		if !slices.ContainsFunc(all[i+1:], func(later Variable) bool { return later.Name == v.Name }) {
			list = append(list, v)
		}
	}
	return list
}

// Lookup gives what a name means where the function at a level stands, as
// [Locals] counts levels: a local variable, one of an enclosing function that
// this one uses, or a global. A global that is nil is not found. It calls nothing.
func Lookup(l *vm.LState, level int, name string) (Variable, bool) {
	for _, v := range Locals(l, level) {
		if v.Name == name {
			return v, true
		}
	}
	frame := native.At(l, level)
	if frame == nil || frame.IsNative() {
		return Variable{}, false
	}
	for i, up := range frame.Fn.Proto.DbgUpvalues {
		if up == name && i < len(frame.Fn.Upvalues) {
			return Variable{Name: name, Value: frame.Fn.Upvalues[i].Value(), Kind: "upvalue"}, true
		}
	}
	v, ok := rawIndex(l, frame.Fn.Env, vm.LString(name))
	return Variable{Name: name, Value: v, Kind: "global"}, ok && v != vm.LNil
}

// Value is an expression of a script with its value.
type Value struct {
	// Expression is its text, on one line.
	Expression string
	Value      vm.LValue
	// Line and Column, counted from 1, are where it begins; for an operation,
	// its operator, and for an index, the dot or bracket.
	Line, Column int
}

// Explain gives the values of the expressions in the call that the function at a
// level is making, for messages about it. Levels are those of [Locals]: a native
// asks for 1, its own call. First comes each argument of the call, and
// behind it what the argument is made of, the outer expressions first; then
// what the function called is made of, where that is more than a name. Constants
// are left out, and so is what came before.
//
// An argument has the value that was given to the function, where that is a
// native one that did not change its stack yet. The other values are those of
// now: nothing is called for them, no function and no metamethod, so an
// expression with a call in it is left out.
//
// The source is that of the file or text that the function is from; with another
// one the result is nil.
func Explain(l *vm.LState, level int, source []byte) []Value {
	frame := native.At(l, level)
	if frame == nil || frame.IsNative() {
		return nil
	}
	chunk, err := syntax.ParseFile(string(source), "="+frame.Fn.Proto.SourceName)
	if err != nil {
		return nil
	}
	site := repair.FindCall(chunk, frame.Fn.Proto, frame.Pc)
	if site == nil {
		return nil
	}
	x := &explainer{evaluator: evaluator{l: l, frame: frame, site: site, left: 1 << 14}, seen: map[string]bool{}}
	x.call(site.Call, native.At(l, level-1))
	return x.values
}

// explainer collects expressions with their values.
type explainer struct {
	evaluator
	values []Value
	seen   map[string]bool
}

// call adds what is in the call that callee is the frame of.
func (x *explainer) call(call *syntax.Call, callee *native.Frame) {
	first := 1
	if call.Method != "" {
		first = 2
	}
	for i, arg := range call.Args {
		if callee != nil && callee.Fn.IsG && first+i <= callee.NArgs && !isConstant(arg) {
			if name, v := callee.Local(first + i); name != "" {
				x.add(arg, v)
			}
		}
		x.expression(arg)
	}
	x.callee(call.Func)
}

// isConstant tells an expression whose text says it all.
func isConstant(e syntax.Expr) bool {
	switch syntax.Bare(e).(type) {
	case *syntax.Nil, *syntax.True, *syntax.False, *syntax.Number, *syntax.String, *syntax.FunctionExpr, *syntax.Table:
		return true
	}
	return false
}

// callee adds what the function called was got from: other calls.
func (x *explainer) callee(e syntax.Expr) {
	switch e := syntax.Bare(e).(type) {
	case *syntax.Index:
		x.callee(e.Object)
		x.expression(e.Key)
	case *syntax.Call:
		for _, arg := range e.Args {
			x.expression(arg)
		}
		x.callee(e.Func)
	}
}

func (x *explainer) add(e syntax.Expr, v vm.LValue) {
	e = syntax.Bare(e)
	text := syntax.Text(e)
	if x.seen[text] {
		return
	}
	x.seen[text] = true
	at := e.Position()
	x.values = append(x.values, Value{Expression: text, Value: v, Line: int(at.Line), Column: int(at.Column)})
}

// expression adds an expression and what it is made of. Of "and" and "or" the
// right side belongs to it only where it was evaluated.
func (x *explainer) expression(e syntax.Expr) {
	e = syntax.Bare(e)
	switch e := e.(type) {
	case *syntax.Name:
		x.addValue(e)
	case *syntax.Index:
		x.addValue(e)
		x.expression(e.Object)
		x.expression(e.Key)
	case *syntax.Unary:
		x.addValue(e)
		x.expression(e.Operand)
	case *syntax.Binary:
		x.addValue(e)
		x.expression(e.Left)
		if left, ok := x.value(e.Left); e.Op >= syntax.OpAnd && ok && vm.LVAsBool(left) == (e.Op == syntax.OpOr) {
			return
		}
		x.expression(e.Right)
	case *syntax.Call:
		if e.Method != "" {
			x.expression(e.Func)
		} else {
			x.callee(e.Func)
		}
		for _, arg := range e.Args {
			x.expression(arg)
		}
	case *syntax.Table:
		for _, field := range e.Fields {
			if field.Key != nil {
				x.expression(field.Key)
			}
			x.expression(field.Value)
		}
	}
}

func (x *explainer) addValue(e syntax.Expr) {
	if v, ok := x.value(e); ok {
		x.add(e, v)
	}
}
