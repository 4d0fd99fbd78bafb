package difftest

import (
	"fmt"
	"strings"
)

// enter and exit keep what does not reach into another function.
func (g *generator) enter(vararg bool) (exit func()) {
	old := *g
	g.vararg, g.loops = vararg, 0
	g.depth++
	g.open()
	return func() {
		g.close()
		g.vararg, g.loops, g.yields, g.depth, g.noClosing = old.vararg, old.loops, old.yields, old.depth, old.noClosing
	}
}

func (g *generator) functionStatement(d int) []*node {
	if g.depth > 2 {
		return []*node{line("print(" + g.shown() + ")")}
	}
	g.names++
	name := fmt.Sprintf("f%d", g.names)
	recursive := g.r.IntN(3) == 0
	vararg := g.r.IntN(2) == 0
	form := g.pick("local function "+name, "local "+name+" = function", "local "+name+" "+name+" = function")
	exit := g.enter(vararg)
	g.yields = false
	n := g.declare(integer, false)
	g.scopes[len(g.scopes)-1] = nil
	g.add(variable{n, integer, true})
	params := n
	if g.r.IntN(2) == 0 {
		p := g.declare(anything, false)
		if p != n {
			params += ", " + p
		}
	}
	if vararg {
		params += ", ..."
	}
	body := []*node{line("tick()")}
	if recursive {
		form = "local function " + name
		body = append(body, line("if "+n+" <= 0 or "+n+" > 5 then return "+g.results()+" end"))
	}
	body = append(body, g.list(g.size(d), d+1)...)
	if recursive && g.r.IntN(2) == 0 {
		body = append(body, line("return "+g.pick("", "1, ", "(")+name+"("+n+" - 1, "+g.any(2)+")"))
		if last := body[len(body)-1]; strings.HasPrefix(last.head, "return (") {
			last.head += ")"
		}
	} else {
		body = append(body, line("return "+g.results()))
	}
	exit()
	g.add(variable{name, routine, false})
	return []*node{block(form+"("+params+")", body, "end")}
}

func (g *generator) results() string {
	switch g.r.IntN(7) {
	case 0:
		return ""
	case 1:
		return g.call(2)
	case 2:
		if g.vararg {
			return g.pick("...", "select(2, nil, ...)", "(...)")
		}
	case 3:
		return g.any(2) + ", " + g.call(2)
	case 4:
		return "(" + g.call(2) + ")"
	}
	items := make([]string, 1+g.r.IntN(3))
	for i := range items {
		items[i] = g.any(2)
	}
	return strings.Join(items, ", ")
}

// function makes a function expression.
func (g *generator) function(d int) string {
	exit := g.enter(false)
	defer exit()
	return "function(x) return " + g.any(d+2) + " end"
}

// collect keeps closures of loop variables and calls them afterwards.
func (g *generator) collect(d int) []*node {
	g.names++
	name := fmt.Sprintf("fs%d", g.names)
	g.open()
	g.loops++
	v := g.declare(integer, false)
	w := g.declare(integer, false)
	if w == v {
		w = "w"
		g.add(variable{w, integer, false})
	}
	exit := g.enter(false)
	closure := "function() " + v + " = N(" + v + " + " + g.integer(3) + ") " + w + " = " + v + " return " + v + ", " + w + ", " + g.any(3) + " end"
	exit()
	body := []*node{
		line("local " + w + " = " + g.integer(2)),
		line(name + "[#" + name + " + 1] = " + closure),
	}
	body = append(body, g.list(1, d+1)...)
	body = append(body, line(v+" = "+v+" + 1"))
	g.loops--
	g.close()
	return []*node{
		line("local " + name + " = {}"),
		block("for "+v+" = 1, 3 do", body, "end"),
		line("for i = 1, #" + name + " do print(" + name + "[i]()) end"),
		line("for i = 1, #" + name + " do print((" + name + "[i]())) end"),
	}
}

func (g *generator) protected(d int) *node {
	exit := g.enter(false)
	defer exit()
	if g.yields {
		// A coroutine closed while suspended in here is package native's matter.
		g.noClosing = true
	}
	body := g.list(g.size(d), d+1)
	switch g.r.IntN(4) {
	case 0:
		body = append(body, line("error("+g.any(2)+", 0)"))
	case 1:
		body = append(body, line("error('e' .. "+g.integer(2)+")"))
	default:
		body = append(body, line("return "+g.results()))
	}
	return block("print(pcall(function()", body, "end))")
}

func (g *generator) coroutine(d int) []*node {
	if g.depth > 2 {
		return nil
	}
	g.names++
	name := fmt.Sprintf("co%d", g.names)
	exit := g.enter(true)
	g.yields = true
	body := g.list(g.size(d)+1, d+1)
	body = append(body, line("print(coroutine.yield("+g.any(2)+", "+g.integer(2)+"))"))
	if g.r.IntN(2) == 0 {
		body = append(body, line("return "+g.results()))
	}
	exit()
	nodes := []*node{block("local "+name+" = coroutine.create(function(...)", body, "end)")}
	for range 1 + g.r.IntN(3) {
		nodes = append(nodes, line("print(coroutine.resume("+name+", "+g.any(2)+"))"))
	}
	if g.r.IntN(3) == 0 {
		nodes = append(nodes, line("print(coroutine.close("+name+"))"))
	}
	return append(nodes, line("print(coroutine.status("+name+"))"))
}
