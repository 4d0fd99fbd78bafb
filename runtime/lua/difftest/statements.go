package difftest

import (
	"fmt"
	"strings"
)

// list makes n statements in the scope that is open.
func (g *generator) list(n, d int) []*node {
	var body []*node
	for range n {
		body = append(body, g.statement(d)...)
	}
	return body
}

// scoped makes statements in a scope of their own.
func (g *generator) scoped(n, d int) []*node {
	g.open()
	body := g.list(n, d)
	g.close()
	return body
}

func (g *generator) size(d int) int { return 1 + g.r.IntN(max(1, 5-d)) }

func (g *generator) statement(d int) []*node {
	if d > 4 {
		return []*node{line("print(" + g.shown() + ")")}
	}
	switch g.r.IntN(34) {
	case 0, 1, 2, 3:
		return []*node{g.local()}
	case 4, 5, 6:
		return []*node{g.assignment()}
	case 7, 8, 9:
		return []*node{line("print(" + g.shown() + ")")}
	case 10, 11, 12:
		return []*node{g.ifStatement(d)}
	case 13:
		return g.while(d)
	case 14, 15:
		return []*node{g.numericFor(d)}
	case 16, 17:
		return g.genericFor(d)
	case 18:
		return []*node{g.repeat(d)}
	case 19:
		return []*node{block("do", g.scoped(g.size(d), d+1), "end")}
	case 20, 21:
		return g.functionStatement(d)
	case 22:
		return g.collect(d)
	case 23, 24:
		return []*node{g.protected(d)}
	case 25:
		return g.coroutine(d)
	case 26:
		return g.gotoOut(d)
	case 27:
		return []*node{g.wrong()}
	case 28:
		return g.closing(d)
	case 29:
		return g.leave()
	case 30:
		return []*node{line(g.pick("G1", "G2") + " = " + g.any(1)), line("G1, G2 = 1, 'g'")}
	case 31:
		if g.yields {
			return []*node{line("print('resumed', coroutine.yield(" + g.any(2) + "))")}
		}
	case 32:
		return []*node{line("print(" + g.call(1) + ")")}
	}
	return []*node{g.assignment()}
}

func (g *generator) local() *node {
	n := 1 + g.r.IntN(3)
	kinds := make([]valueKind, n)
	values := make([]string, n)
	for i := range kinds {
		kinds[i] = g.kind()
		values[i] = g.value(kinds[i], 0)
	}
	switch {
	case n > 1 && g.r.IntN(4) == 0: // fewer values, the last may be many
		values = append(values[:n-2], g.pick("nil", g.call(1), g.any(1)))
		for i := len(values) - 1; i < n; i++ {
			kinds[i] = anything
		}
	case g.r.IntN(6) == 0: // more values
		values = append(values, g.any(1))
	}
	names := make([]string, n)
	for i := range names {
		attrib := ""
		constant := g.r.IntN(8) == 0
		if constant {
			attrib = " <const>"
		}
		names[i] = g.declare(kinds[i], constant) + attrib
	}
	return line("local " + strings.Join(names, ", ") + " = " + strings.Join(values, ", "))
}

func (g *generator) assignment() *node {
	n := 1
	if g.r.IntN(3) == 0 {
		n = 2 + g.r.IntN(2)
	}
	var targets, values []string
	for range n {
		kind := g.kind()
		name, ok := g.find(kind, true)
		switch {
		case ok && kind == list && g.r.IntN(2) == 0:
			if len(targets) > 0 {
				break
			}
			// The value comes first: a call in it may put another table in the
			// variable, and the index would then leave a hole there, whose
			// border is whatever an implementation finds.
			return line("do local w9 = " + g.integer(1) + " " + name + "[#" + name + " + 1] = w9 end")
		case ok && kind == object && g.r.IntN(2) == 0:
			targets = append(targets, name+".v")
			values = append(values, "N("+g.integer(1)+")")
		case ok && kind == integer && g.r.IntN(3) > 0:
			targets = append(targets, name)
			values = append(values, "N("+g.integer(1)+")")
		case ok && kind == integer: // without what could grow in a loop
			targets = append(targets, name)
			values = append(values, "("+g.condition(1)+" and "+name+" or "+fmt.Sprint(g.r.IntN(30))+")")
		case ok:
			targets = append(targets, name)
			values = append(values, g.value(kind, 0))
		default:
			targets = append(targets, "G3")
			values = append(values, g.any(1))
		}
	}
	return line(strings.Join(targets, ", ") + " = " + strings.Join(values, ", "))
}

func (g *generator) ifStatement(d int) *node {
	n := &node{head: "if " + g.condition(0) + " then", tail: "end"}
	n.parts = append(n.parts, part{body: g.scoped(g.size(d), d+1)})
	for g.r.IntN(3) == 0 {
		n.parts = append(n.parts, part{"elseif " + g.condition(0) + " then", g.scoped(g.size(d), d+1)})
	}
	if g.r.IntN(2) == 0 {
		n.parts = append(n.parts, part{"else", g.scoped(g.size(d), d+1)})
	}
	return n
}

// gotoOut leaves nested blocks by a goto, or goes back a few times.
func (g *generator) gotoOut(d int) []*node {
	g.names++
	label := fmt.Sprintf("l%d", g.names)
	if g.r.IntN(2) == 0 {
		inner := append(g.scoped(g.size(d), d+1), line("if "+g.condition(1)+" then goto "+label+" end"))
		inner = append(inner, g.scoped(0, d)...)
		return []*node{block("do", []*node{block("do", inner, "end"), block("do", g.scoped(g.size(d), d+1), "end"), line("::" + label + "::")}, "end")}
	}
	counter := "n" + label
	g.open()
	body := []*node{line("local " + counter + " = 0"), line("::" + label + "::"), line("tick()")}
	g.open()
	inner := g.list(g.size(d), d+1)
	x := g.declare(integer, false)
	inner = append(inner, line("local "+x+" = "+counter), line("local k = function() return "+x+" end"), line("print(k())"))
	g.close()
	body = append(body, block("do", inner, "end"))
	body = append(body, line(counter+" = "+counter+" + 1"), line("if "+counter+" < 3 then goto "+label+" end"))
	g.close()
	return []*node{block("do", body, "end")}
}

// wrong makes something that raises an error, with a variable's name in it.
func (g *generator) wrong() *node {
	x, ok := g.find(anything, false)
	if !ok {
		x = "G9"
	}
	y := x
	if n, ok := g.find(text, false); ok {
		y = n
	}
	e := g.pick(x+".p.q", x+"[1]()", "nope()", y+":nope()", "1 < {}", x+" + {}", "'a' .. {}", "#"+x+".z", "-{}", "G1.x.y", "{} .. 'x'",
		"("+x+" or nil).k", "1 & 1.5", "nil // 1", y+" < 1", "({})()", "M.nope()", "1 + nil", "M:nope()", "select(0)", "x.y.z")
	if strings.HasPrefix(e, "select") {
		e = "nil .. " + y
	}
	return line("print(pcall(function() return " + e + " end))")
}

func (g *generator) closing(d int) []*node {
	if g.noClosing {
		return nil
	}
	g.names++
	name := fmt.Sprintf("cl%d", g.names)
	g.open()
	body := []*node{line("local " + name + " <close> = " + g.pick("C('"+name+"')", "C('"+name+"')", "nil"))}
	body = append(body, g.list(g.size(d), d+1)...)
	if g.r.IntN(3) == 0 {
		body = append(body, line("local "+name+"b <close> = C('"+name+"b')"))
		body = append(body, g.list(1, d+1)...)
	}
	body = append(body, g.leave()...)
	g.close()
	return []*node{block("do", body, "end")}
}

// leave makes a conditional way out of the loop or function.
func (g *generator) leave() []*node {
	switch {
	case g.loops > 0 && g.r.IntN(2) == 0:
		return []*node{line("if " + g.condition(1) + " then break end")}
	case g.depth > 0:
		return []*node{line("if " + g.condition(1) + " then return " + g.results() + " end")}
	}
	return []*node{line("if " + g.condition(2) + " and false then return end")}
}
