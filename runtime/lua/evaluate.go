package lua

import (
	"math"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/list"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// evaluator finds the values of expressions in a function that is running,
// without calling anything.
type evaluator struct {
	l     *vm.LState
	frame *native.Frame
	site  *repair.Site
	// left is how many more expressions are worth looking at.
	left int
}

// value gives an expression's value, or false where that takes a call or the
// expression would raise an error.
func (x *evaluator) value(e syntax.Expr) (vm.LValue, bool) {
	if x.left--; x.left < 0 {
		return nil, false
	}
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
		return x.name(e)
	case *syntax.Index:
		object, ok := x.value(e.Object)
		if !ok {
			return nil, false
		}
		key, ok := x.value(e.Key)
		if !ok {
			return nil, false
		}
		return rawIndex(x.l, object, key)
	case *syntax.Unary:
		if v, ok := x.value(e.Operand); ok {
			return x.unary(e.Op, v)
		}
	case *syntax.Binary:
		return x.binary(e)
	}
	return nil, false
}

func (x *evaluator) name(e *syntax.Name) (vm.LValue, bool) {
	switch {
	case e.Kind != syntax.GlobalName && e.Local != nil && e.Local.Value != nil:
		return x.value(e.Local.Value)
	case e.Kind == syntax.LocalName:
		_, v := x.frame.Local(x.site.Register(e.Local))
		return v, true
	case e.Kind == syntax.UpvalueName:
		if n, ok := x.site.Upvalue(e); ok && n < len(x.frame.Fn.Upvalues) {
			return x.frame.Fn.Upvalues[n].Value(), true
		}
		return x.frame.Fn.Env, true // the chunk's own _ENV, in its main function
	case e.Env != nil:
		env, ok := x.name(e.Env)
		if !ok {
			return nil, false
		}
		return rawIndex(x.l, env, vm.LString(e.Name))
	}
	return rawIndex(x.l, x.frame.Fn.Env, vm.LString(e.Name))
}

// rawIndex reads a field, through metatables whose __index is a table. It is
// false where a function would be called or an error raised.
func rawIndex(l *vm.LState, object, key vm.LValue) (vm.LValue, bool) {
	const deepest = 100
	for range deepest {
		t, isTable := object.(*vm.LTable)
		if isTable {
			if v := t.RawGet(key); v != vm.LNil {
				return v, true
			}
		}
		mt := metatable(l, object)
		if mt == nil {
			return vm.LNil, isTable
		}
		index := mt.RawGetString("__index")
		switch index.Type() {
		case vm.LTNil:
			return vm.LNil, isTable
		case vm.LTFunction:
			return nil, false
		}
		object = index
	}
	return nil, false
}

// metatable gives a value's own, whatever its __metatable says.
func metatable(l *vm.LState, v vm.LValue) *vm.LTable {
	switch v := v.(type) {
	case *vm.LTable:
		mt, _ := v.Metatable.(*vm.LTable)
		return mt
	case *vm.LUserData:
		mt, _ := v.Metatable.(*vm.LTable)
		return mt
	}
	mt, _ := l.GetMetatable(v).(*vm.LTable)
	return mt
}

func hasMetamethod(l *vm.LState, v vm.LValue, event string) bool {
	mt := metatable(l, v)
	return mt != nil && mt.RawGetString(event) != vm.LNil
}

func (x *evaluator) unary(op syntax.Op, v vm.LValue) (vm.LValue, bool) {
	n, isNumber := v.(vm.LNumber)
	switch op {
	case syntax.OpNot:
		return vm.LBool(!vm.LVAsBool(v)), true
	case syntax.OpNeg:
		return -n, isNumber
	case syntax.OpBNot:
		i, whole := native.ToInteger(n)
		return vm.LNumber(^i), isNumber && whole
	}
	switch v := v.(type) {
	case vm.LString:
		return vm.LNumber(len(v)), true
	case *vm.LTable:
		return vm.LNumber(list.Length(v)), !hasMetamethod(x.l, v, "__len")
	}
	return nil, false
}

func (x *evaluator) binary(e *syntax.Binary) (vm.LValue, bool) {
	left, ok := x.value(e.Left)
	if !ok {
		return nil, false
	}
	if e.Op >= syntax.OpAnd && vm.LVAsBool(left) == (e.Op == syntax.OpOr) {
		return left, true
	}
	right, ok := x.value(e.Right)
	if !ok {
		return nil, false
	}
	switch {
	case e.Op >= syntax.OpAnd:
		return right, true
	case e.Op == syntax.OpEq || e.Op == syntax.OpNe:
		equal, ok := x.equal(left, right)
		return vm.LBool(equal == (e.Op == syntax.OpEq)), ok
	case e.Op >= syntax.OpLt:
		holds, ok := ordered(e.Op, left, right)
		return vm.LBool(holds), ok
	case e.Op == syntax.OpConcat:
		return concatenated(left, right)
	}
	a, isNumber := left.(vm.LNumber)
	b, both := right.(vm.LNumber)
	if !isNumber || !both {
		return nil, false
	}
	return calculated(e.Op, a, b)
}

func (x *evaluator) equal(a, b vm.LValue) (equal, known bool) {
	if a.Type() != b.Type() {
		return false, true
	}
	if x.l.RawEqual(a, b) {
		return true, true
	}
	return false, !hasMetamethod(x.l, a, "__eq") && !hasMetamethod(x.l, b, "__eq")
}

// ordered compares two numbers or two strings.
func ordered(op syntax.Op, a, b vm.LValue) (holds, known bool) {
	if op == syntax.OpGt || op == syntax.OpGe {
		a, b = b, a
	}
	orEqual := op == syntax.OpLe || op == syntax.OpGe
	switch x := a.(type) {
	case vm.LNumber:
		y, ok := b.(vm.LNumber)
		return x < y || orEqual && x == y, ok
	case vm.LString:
		y, ok := b.(vm.LString)
		return x < y || orEqual && x == y, ok
	}
	return false, false
}

// longest is how long a string may be that is put together only to be shown.
const longest = 1 << 16

func concatenated(a, b vm.LValue) (vm.LValue, bool) {
	for _, v := range []vm.LValue{a, b} {
		if t := v.Type(); t != vm.LTString && t != vm.LTNumber {
			return nil, false
		}
	}
	s, t := native.ToString(a), native.ToString(b)
	if len(s)+len(t) > longest {
		return nil, false
	}
	return vm.LString(s + t), true
}

func calculated(op syntax.Op, a, b vm.LNumber) (vm.LValue, bool) {
	switch op {
	case syntax.OpAdd:
		return a + b, true
	case syntax.OpSub:
		return a - b, true
	case syntax.OpMul:
		return a * b, true
	case syntax.OpDiv:
		return a / b, true
	case syntax.OpMod:
		return vm.LNumber(syntax.Mod(float64(a), float64(b))), true
	case syntax.OpPow:
		return vm.LNumber(math.Pow(float64(a), float64(b))), true
	case syntax.OpIDiv:
		return repair.FloorDivide(a, b), true
	}
	i, ok := native.ToInteger(a)
	j, both := native.ToInteger(b)
	if !ok || !both {
		return nil, false
	}
	return vm.LNumber(syntax.Bitwise(op, i, j)), true
}
