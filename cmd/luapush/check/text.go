package check

import (
	"strings"

	"github.com/luapush/luapush/runtime/lua/syntax"
)

// checkText reports values that do not read as text as their author expects.
func (a *analysis) checkText(e syntax.Expr, v value, how string) {
	if v.unsure {
		return
	}
	switch v.kind {
	case isFloat:
		// An operand that is itself a conversion to text was reported there.
		name := writtenOr(e, v.name)
		example := "17.0"
		if v.exact {
			example = trimFloat(v.number) + ".0"
		}
		a.report("float-text", start(e), `write string.format("%d", `+name+") or math.tointeger("+name+")",
			"%s is %s, and is a float on Lua 5.3 and later: the text says %s", name, how, example)
	case isList:
		if v.maybeNil && a.guard > 0 {
			return
		}
		a.report("flags-list", start(e), "write table.concat("+writtenOr(e, v.name)+`, " ")`,
			"%s is a list of strings, and is %s", writtenOr(e, v.name), how)
	}
}

func trimFloat(f float64) string {
	s := make([]byte, 0, 20)
	n := int64(f)
	if n == 0 {
		return "0"
	}
	for ; n > 0; n /= 10 {
		s = append(s, byte('0'+n%10))
	}
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
	return string(s)
}

// checkAbsent reports a field that a message may lack, where nil is an error.
// Only the field itself and a variable of it are looked at: what was stored
// elsewhere may have been looked at there.
func (a *analysis) checkAbsent(e syntax.Expr, v value) {
	if !v.absent || v.unsure {
		return
	}
	switch x := syntax.Bare(e).(type) {
	case *syntax.Name:
		if x.Kind != syntax.LocalName || a.testedBefore(variableOf(x), x.Pos) {
			return
		}
	case *syntax.Index:
	default:
		return
	}
	name := writtenOr(e, "it")
	a.report("nil-text", start(e), "write ("+name+` or "")`, "%s is nil for a message without one: using it as text raises an error then", name)
}

// checkFormat looks at what string.format writes with %s and %q.
func (a *analysis) checkFormat(args results, exprs []syntax.Expr) {
	format := args.at(0)
	if format.kind != isString || !format.exact {
		return
	}
	next := 1
	rest := format.text
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 || i == len(rest)-1 {
			return
		}
		rest = rest[i+1:]
		if rest[0] == '%' {
			rest = rest[1:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("-+ #0123456789.", r) })
		if end < 0 {
			return
		}
		if c := rest[end]; next < len(exprs) && (c == 's' || c == 'q') {
			a.checkText(exprs[next], args.at(next), "written with %"+string(c))
		}
		rest = rest[end+1:]
		next++
	}
}

// checkOperand reports values that an operator on numbers cannot take.
func (a *analysis) checkOperand(e syntax.Expr, v value, op syntax.Op) {
	switch v.kind {
	case isList:
		a.report("flags-list", start(e), "look for a flag among the list: for _, flag in ipairs(…) do",
			"%s is a list of strings, not a bitmask: %s raises an error", writtenOr(e, v.name), op)
	case isCode:
		a.checkCode(e, op.String()+" raises an error then")
	}
}

// checkListComparison reports a list that is compared with a number or a
// string, which is never equal.
func (a *analysis) checkListComparison(e *syntax.Binary, left, right value) {
	for _, pair := range [][2]value{{left, right}, {right, left}} {
		if pair[0].kind == isList && !pair[0].unsure && (number(pair[1]) || pair[1].kind == isString && !pair[1].maybeNil) {
			operand := e.Left
			if pair[0] == right {
				operand = e.Right
			}
			a.report("flags-list", start(operand), "look for a flag among the list: for _, flag in ipairs(…) do",
				"%s is a list of strings: it never equals a number or a string", writtenOr(operand, pair[0].name))
			return
		}
	}
}

// checkDivision reports status/100 compared with a whole number.
func (a *analysis) checkDivision(side syntax.Expr, v, other value) {
	if !v.hundredth || other.kind != isInteger {
		return
	}
	quotient, status := writtenOr(side, "status/100"), "status"
	if division, ok := syntax.Bare(side).(*syntax.Binary); ok {
		status = writtenOr(division.Left, status)
		quotient = status + "/100"
	}
	a.report("status-division", start(side), "compare the status: "+status+" < 200 or "+status+" > 299",
		"/ divides with a fraction: for status 201 %s is 2.01, and only 200 makes it 2", quotient)
}

// noteCode remembers which variable holds the first result of the request whose
// second is a code.
func (a *analysis) noteCode(names []variable, values []syntax.Expr) {
	if len(values) != 1 || len(names) < 2 {
		return
	}
	if _, ok := values[0].(*syntax.Call); ok && a.holdsCode(names[1]) {
		a.origins[names[1]] = names[0]
	}
}

func (a *analysis) holdsCode(v variable) bool {
	if v.local != nil {
		return a.locals[v.local].kind == isCode
	}
	g := a.globals[v.global]
	return g != nil && g.value.kind == isCode
}

// checkCode reports the second result of socket.http's request where it must be
// a number and nobody made sure of it.
func (a *analysis) checkCode(e syntax.Expr, consequence string) {
	n, ok := syntax.Bare(e).(*syntax.Name)
	if !ok || n.Kind == syntax.UpvalueName {
		return
	}
	body, direct := a.origins[variableOf(n)]
	if !direct || a.testedBefore(variableOf(n), n.Pos) || a.testedBefore(body, n.Pos) {
		return
	}
	a.report("socket-result", n.Pos, "look at the first result before: if not body then … end",
		"%s is the message of the error, not a number, when the request fails: %s", n.Name, consequence)
}

func (a *analysis) testedBefore(v variable, at syntax.Pos) bool {
	for _, pos := range a.conds[v] {
		if pos.Line < at.Line || pos.Line == at.Line && pos.Column < at.Column {
			return true
		}
	}
	return false
}
