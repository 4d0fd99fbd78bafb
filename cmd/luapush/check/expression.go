package check

import (
	"strings"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// list evaluates expressions; the last one may give several values.
func (a *analysis) list(es []syntax.Expr) results {
	var r results
	for i, e := range es {
		if i < len(es)-1 {
			r.list = append(r.list, a.expr(e))
			continue
		}
		last := a.multi(e)
		r.list = append(r.list, last.list...)
		r.open, r.pending = last.open, last.pending
	}
	return r
}

// multi evaluates an expression that may give several values.
func (a *analysis) multi(e syntax.Expr) results {
	switch e := e.(type) {
	case *syntax.Call:
		return a.call(e)
	case *syntax.Vararg:
		return results{open: true}
	}
	return one(a.expr(e))
}

// test evaluates a condition: what is missing there may be missing.
func (a *analysis) test(e syntax.Expr) value {
	a.guard++
	v := a.expr(e)
	a.guard--
	return v
}

// unguarded evaluates an expression whose value is needed.
func (a *analysis) unguarded(e syntax.Expr) value {
	guard := a.guard
	a.guard = 0
	v := a.expr(e)
	a.guard = guard
	return v
}

// expr gives what is known of an expression's value.
func (a *analysis) expr(e syntax.Expr) value {
	use := a.use
	a.use = toRead
	switch e := e.(type) {
	case *syntax.Nil:
		return value{kind: isNil}
	case *syntax.True, *syntax.False:
		return value{kind: isBoolean}
	case *syntax.Number:
		if e.IsInt {
			return value{kind: isInteger, number: e.Value, exact: true}
		}
		return value{kind: isNumber, number: e.Value, exact: true}
	case *syntax.String:
		return value{kind: isString, text: e.Value, exact: true}
	case *syntax.Name:
		return a.name(e, use)
	case *syntax.Index:
		return a.index(e)
	case *syntax.Call:
		return a.call(e).at(0)
	case *syntax.FunctionExpr:
		f := a.function(e.Func)
		a.body(f)
		return value{kind: isFunction, fn: f}
	case *syntax.Table:
		return a.constructor(e)
	case *syntax.Unary:
		return a.unary(e)
	case *syntax.Binary:
		return a.binary(e)
	case *syntax.Paren:
		return a.expr(e.Inner)
	}
	return unknown
}

// callee evaluates what is called.
func (a *analysis) callee(e syntax.Expr) value {
	a.use = toCall
	return a.unguarded(e)
}

func (a *analysis) name(n *syntax.Name, use use) value {
	if a.guard > 0 {
		a.noteTest(n)
	}
	switch {
	case n.Kind == syntax.GlobalName && n.Env != nil:
		return unknown
	case n.Kind == syntax.GlobalName:
		return a.readGlobal(n, use)
	case n.Local == nil: // the chunk's _ENV
		a.dynamic = true
		return unknown
	}
	if n.Local.Value != nil { // a <const> variable
		return a.expr(n.Local.Value)
	}
	return a.locals[n.Local]
}

func (a *analysis) constructor(e *syntax.Table) value {
	t, ok := a.tables[e]
	if !ok {
		t = &table{}
		a.tables[e] = t
	}
	for i, f := range e.Fields {
		switch {
		case f.Key == nil && i == len(e.Fields)-1:
			r := a.multi(f.Value)
			for _, v := range r.list {
				a.setElement(t, v, false)
			}
			if r.open {
				a.setElement(t, unknown, false)
			}
		case f.Key == nil:
			a.setElement(t, a.expr(f.Value), false)
		default:
			v := a.expr(f.Value)
			a.storeIndex(value{kind: isTable, table: t}, f.Key, v)
		}
	}
	return value{kind: isTable, table: t.find()}
}

func (a *analysis) unary(e *syntax.Unary) value {
	switch e.Op {
	case syntax.OpNot:
		a.test(e.Operand)
		return value{kind: isBoolean}
	case syntax.OpLen:
		a.expr(e.Operand)
		return value{kind: isInteger}
	}
	v := a.unguarded(e.Operand)
	a.checkOperand(e.Operand, v, e.Op)
	return a.arithmetic(e.Op, v, v)
}

func (a *analysis) binary(e *syntax.Binary) value {
	switch e.Op {
	case syntax.OpAnd:
		left, right := a.test(e.Left), a.expr(e.Right)
		switch {
		case left.kind == none:
			return right
		case left.kind == isNil:
			return left
		case !left.truthy():
			right.maybeNil = true
		}
		return right
	case syntax.OpOr:
		left := a.test(e.Left)
		if n, ok := syntax.Bare(e.Right).(*syntax.Name); ok && n.Kind == syntax.GlobalName && !constantWords[meant[n.Name]] {
			a.guard++ // table.unpack or unpack
			defer func() { a.guard-- }()
		}
		right := a.expr(e.Right)
		if left.kind == none || left.kind == isNil {
			return right
		}
		if left.truthy() {
			return left
		}
		left.maybeNil, left.absent = false, false
		return a.join(left, right)
	case syntax.OpEq, syntax.OpNe:
		a.equality(e)
		return value{kind: isBoolean}
	}
	left, right := a.unguarded(e.Left), a.unguarded(e.Right)
	switch e.Op {
	case syntax.OpConcat:
		a.checkText(e.Left, left, "concatenated")
		a.checkText(e.Right, right, "concatenated")
		a.checkAbsent(e.Left, left)
		a.checkAbsent(e.Right, right)
		return value{kind: isString, text: left.text, exact: false}.beginning(left)
	case syntax.OpLt, syntax.OpLe, syntax.OpGt, syntax.OpGe:
		a.checkOperand(e.Left, left, e.Op)
		a.checkOperand(e.Right, right, e.Op)
		return value{kind: isBoolean}
	}
	a.checkOperand(e.Left, left, e.Op)
	a.checkOperand(e.Right, right, e.Op)
	return a.arithmetic(e.Op, left, right)
}

// beginning keeps the text only where it is the beginning of a string.
func (v value) beginning(left value) value {
	if left.kind != isString || left.maybeNil || left.unsure {
		v.text = ""
	}
	return v
}

// equality evaluates == and ~=. Comparing with nil is a test.
func (a *analysis) equality(e *syntax.Binary) {
	_, leftNil := syntax.Bare(e.Left).(*syntax.Nil)
	_, rightNil := syntax.Bare(e.Right).(*syntax.Nil)
	switch {
	case rightNil:
		a.test(e.Left)
	case leftNil:
		a.test(e.Right)
	default:
		left, right := a.unguarded(e.Left), a.unguarded(e.Right)
		a.noteTest(e.Left)
		a.noteTest(e.Right)
		a.checkDivision(e.Left, left, right)
		a.checkDivision(e.Right, right, left)
		a.checkListComparison(e, left, right)
	}
}

// noteTest remembers that a variable was tested or compared.
func (a *analysis) noteTest(e syntax.Expr) {
	if n, ok := syntax.Bare(e).(*syntax.Name); ok && a.final {
		a.conds[variableOf(n)] = append(a.conds[variableOf(n)], n.Pos)
	}
}

// arithmetic gives what an operation on numbers comes to.
func (a *analysis) arithmetic(op syntax.Op, left, right value) value {
	if left.kind == none || right.kind == none {
		return value{}
	}
	switch op {
	case syntax.OpBAnd, syntax.OpBOr, syntax.OpBXor, syntax.OpShl, syntax.OpShr, syntax.OpBNot:
		return value{kind: isInteger}
	case syntax.OpDiv:
		status := left.kind == isCode || left.status
		return value{kind: isNumber, hundredth: status && right.exact && right.number == 100}
	case syntax.OpPow:
		return value{kind: isNumber}
	}
	switch {
	case left.kind == isFloat && number(right):
		return value{kind: isFloat, name: left.name, number: left.number}
	case right.kind == isFloat && number(left):
		return value{kind: isFloat, name: right.name, number: right.number}
	case left.kind == isInteger && right.kind == isInteger:
		return value{kind: isInteger}
	}
	return value{kind: isNumber}
}

// start gives the place where an expression begins.
func start(e syntax.Expr) syntax.Pos {
	switch e := e.(type) {
	case *syntax.Index:
		return start(e.Object)
	case *syntax.Call:
		return start(e.Func)
	case *syntax.Binary:
		return start(e.Left)
	}
	return e.Position()
}

// written gives an expression as the script has it, where that is short: names,
// fields and calls; else "".
func written(e syntax.Expr) string {
	switch e := syntax.Bare(e).(type) {
	case *syntax.Name:
		return e.Name
	case *syntax.Index:
		object := written(e.Object)
		key, ok := e.Key.(*syntax.String)
		switch {
		case object == "":
			return ""
		case ok && e.FieldStyle:
			return object + "." + key.Value
		case ok:
			return object + `["` + key.Value + `"]`
		}
		if inner := written(e.Key); inner != "" {
			return object + "[" + inner + "]"
		}
	case *syntax.Call:
		object := written(e.Func)
		if object == "" {
			return ""
		}
		if e.Method != "" {
			object += ":" + e.Method
		}
		if len(e.Args) == 0 {
			return object + "()"
		}
		return object + "(…)"
	}
	return ""
}

// writtenOr is written, or a word where that is too long or not to be had.
func writtenOr(e syntax.Expr, word string) string {
	if s := written(e); s != "" && len(s) <= 60 && !strings.ContainsAny(s, "\n\r") {
		return s
	}
	return word
}
