package syntax

import "math"

// Bare takes the parentheses off an expression.
func Bare(e Expr) Expr {
	for {
		p, ok := e.(*Paren)
		if !ok {
			return e
		}
		e = p.Inner
	}
}

// constant gives the literal that an expression stands for, or nil. The parser
// folds as it goes, so only names of other constants are left to look through.
func constant(e Expr) Expr {
	switch e := Bare(e).(type) {
	case *Nil, *True, *False, *Number, *String:
		return e
	case *Name:
		if e.Local != nil {
			return e.Local.Value
		}
	}
	return nil
}

// binary makes the node for an operation, or the number it comes to where both
// operands are numerals. PUC Lua folds the same; like there, nothing is folded
// that would give 0/0 or a negative zero, or raise an error.
func (p *parser) binary(op Op, pos Pos, left, right Expr) Expr {
	if op < OpConcat {
		l, lok := constant(left).(*Number)
		r, rok := constant(right).(*Number)
		if lok && rok {
			if n := foldBinary(op, l, r); n != nil {
				return n
			}
		}
	}
	if op == OpAnd || op == OpOr {
		if l, r := constant(left), constant(right); l != nil && r != nil && Truthy(l) == (op == OpAnd) {
			return r
		}
	}
	return &Binary{Pos: pos, Op: op, Left: left, Right: right, EndLine: p.lastLine}
}

func unary(op Op, pos Pos, operand Expr) Expr {
	c := constant(operand)
	switch op {
	case OpNot:
		if c != nil {
			if Truthy(c) {
				return &False{pos}
			}
			return &True{pos}
		}
	case OpNeg:
		if n, ok := c.(*Number); ok && (n.IsInt || n.Value != 0) {
			return number(pos, 0-n.Value, n.IsInt)
		}
	case OpBNot:
		if n, ok := c.(*Number); ok {
			if i, ok := Integer(n.Value); ok {
				return number(pos, float64(^i), true)
			}
		}
	}
	return &Unary{Pos: pos, Op: op, Operand: operand}
}

// Truthy tells whether a literal counts as true.
func Truthy(e Expr) bool {
	switch e.(type) {
	case *Nil, *False:
		return false
	}
	return true
}

func number(pos Pos, f float64, isInt bool) *Number {
	n := &Number{Pos: pos, Value: f}
	if i, ok := Integer(f); ok && isInt {
		n.IsInt, n.Int = true, i
	}
	return n
}

// Integer gives the integer that a number is, where it is one of 64 bits.
func Integer(f float64) (int64, bool) {
	if f >= -(1<<63) && f < 1<<63 && f == math.Trunc(f) {
		return int64(f), true
	}
	return 0, false
}

func foldBinary(op Op, l, r *Number) *Number {
	a, b := l.Value, r.Value
	isInt := l.IsInt && r.IsInt
	var f float64
	switch op {
	case OpAdd:
		f = a + b
	case OpSub:
		f = a - b
	case OpMul:
		f = a * b
	case OpPow:
		f, isInt = math.Pow(a, b), false
	case OpDiv:
		f, isInt = a/b, false
	case OpMod:
		f = Mod(a, b)
	case OpIDiv:
		f = math.Floor(a / b)
	default:
		i, iok := Integer(a)
		j, jok := Integer(b)
		if !iok || !jok {
			return nil
		}
		return number(l.Pos, float64(Bitwise(op, i, j)), true)
	}
	if b == 0 && (op == OpDiv || op == OpMod || op == OpIDiv) || f != f || f == 0 && math.Signbit(f) {
		return nil
	}
	return number(l.Pos, f, isInt)
}

// Mod is Lua's a % b for floats: the result has the sign of b (manual §3.4.1).
func Mod(a, b float64) float64 {
	m := math.Mod(a, b)
	if b > 0 && m < 0 || b < 0 && m > 0 {
		m += b
	}
	return m
}

// Bitwise computes a bit operation of Lua 5.4 on 64-bit integers; shifts by
// a negative count go the other way, and by 64 or more give 0 (manual §3.4.2).
func Bitwise(op Op, a, b int64) int64 {
	switch op {
	case OpBAnd:
		return a & b
	case OpBOr:
		return a | b
	case OpBXor:
		return a ^ b
	case OpShl:
		return shiftLeft(a, b)
	}
	if b == math.MinInt64 {
		return 0
	}
	return shiftLeft(a, -b)
}

func shiftLeft(a, n int64) int64 {
	switch {
	case n <= -64 || n >= 64:
		return 0
	case n < 0:
		return int64(uint64(a) >> uint(-n))
	}
	return a << uint(n)
}
