package syntax

import (
	"strconv"
	"strings"
)

// Text is an expression as one would write it on one line. A constant that was
// calculated while it was read shows its value; the inside of functions, and of
// tables with fields, is left out.
func Text(e Expr) string {
	var b strings.Builder
	writeExpr(&b, e)
	return b.String()
}

func writeExpr(b *strings.Builder, e Expr) {
	switch e := e.(type) {
	case *Nil:
		b.WriteString("nil")
	case *True:
		b.WriteString("true")
	case *False:
		b.WriteString("false")
	case *Vararg:
		b.WriteString("...")
	case *Number:
		writeNumber(b, e)
	case *String:
		writeString(b, e.Value)
	case *Name:
		b.WriteString(e.Name)
	case *Index:
		writeIndex(b, e)
	case *Call:
		writeCall(b, e)
	case *FunctionExpr:
		b.WriteString("function(…) … end")
	case *Table:
		if len(e.Fields) == 0 {
			b.WriteString("{}")
		} else {
			b.WriteString("{…}")
		}
	case *Unary:
		b.WriteString(e.Op.String())
		if e.Op == OpNot {
			b.WriteByte(' ')
		}
		writeExpr(b, e.Operand)
	case *Binary:
		writeExpr(b, e.Left)
		b.WriteString(" " + e.Op.String() + " ")
		writeExpr(b, e.Right)
	case *Paren:
		b.WriteByte('(')
		writeExpr(b, e.Inner)
		b.WriteByte(')')
	}
}

func writeNumber(b *strings.Builder, e *Number) {
	if e.IsInt {
		b.WriteString(strconv.FormatInt(e.Int, 10))
		return
	}
	b.WriteString(strconv.FormatFloat(e.Value, 'g', 14, 64))
}

// writeString writes a literal with Lua's escapes.
func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c == 127:
			b.WriteString(`\x` + strconv.FormatUint(uint64(c)|0x100, 16)[1:])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}

func writeIndex(b *strings.Builder, e *Index) {
	writeExpr(b, e.Object)
	if key, ok := e.Key.(*String); ok && e.FieldStyle {
		b.WriteString("." + key.Value)
		return
	}
	b.WriteByte('[')
	writeExpr(b, e.Key)
	b.WriteByte(']')
}

func writeCall(b *strings.Builder, e *Call) {
	writeExpr(b, e.Func)
	if e.Method != "" {
		b.WriteString(":" + e.Method)
	}
	b.WriteByte('(')
	for i, arg := range e.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		writeExpr(b, arg)
	}
	b.WriteByte(')')
}
