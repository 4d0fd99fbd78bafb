package difftest

import (
	"fmt"
	"strings"
)

// loopBody makes the body of a loop, with what may leave it in the middle.
func (g *generator) loopBody(d int) []*node {
	g.loops++
	body := []*node{line("tick()")}
	body = append(body, g.list(g.size(d), d+1)...)
	switch g.r.IntN(8) {
	case 0:
		body = append(body, line("if "+g.condition(1)+" then break end"))
		body = append(body, g.list(1, d+1)...)
	case 1, 2:
		g.names++
		label := fmt.Sprintf("c%d", g.names)
		inner := g.scoped(g.size(d), d+1)
		body = append(body, line("if "+g.condition(1)+" then goto "+label+" end"))
		body = append(body, block("do", inner, "end"), line("::"+label+"::"))
	}
	g.loops--
	return body
}

func (g *generator) while(d int) []*node {
	g.names++
	counter := fmt.Sprintf("w%d", g.names)
	g.open()
	body := append(g.loopBody(d), line(counter+" = "+counter+" + 1"))
	g.close()
	if last := body[len(body)-2]; strings.HasPrefix(last.head, "::") {
		// the counter must not be skipped, nor stand behind a last label
		body = append([]*node{line(counter + " = " + counter + " + 1")}, body[:len(body)-1]...)
	}
	return []*node{
		line("local " + counter + " = 0"),
		block("while "+counter+" < "+g.pick("2", "3", "4")+" and "+g.pick("true", g.condition(2))+" do", body, "end"),
	}
}

func (g *generator) repeat(d int) *node {
	g.names++
	counter := fmt.Sprintf("r%d", g.names)
	g.open()
	g.loops++
	body := []*node{line("tick()"), line("local " + counter + " = " + g.integer(1))}
	g.add(variable{counter, integer, false})
	body = append(body, g.list(g.size(d), d+1)...)
	g.loops--
	tail := "until " + g.pick(counter+" == "+counter, counter+" > -100 or "+g.condition(2), "true")
	g.close()
	return block("repeat", body, tail)
}

func (g *generator) numericFor(d int) *node {
	head := g.pick("1, 3", "3, 1, -1", "1, 0", "1, 10, 4", "-2, 2", "1, #"+g.atomText(), "1, I("+g.any(2)+") % 4",
		g.integer(2)+", "+"2", "0, 3, "+g.pick("1", "2", "G1"), "5, 1, -2", "1, 2, 1 + 1", g.integer(3)+" % 3, 4", "1, '3'")
	g.open()
	name := g.declare(integer, false)
	g.open()
	body := g.loopBody(d)
	g.close()
	g.close()
	return block("for "+name+" = "+head+" do", body, "end")
}

func (g *generator) genericFor(d int) []*node {
	source, first := "", integer
	vararg := g.vararg
	g.vararg = false
	switch g.r.IntN(6) {
	case 0:
		source = "ipairs({" + g.integer(2) + ", " + g.text(2) + "})"
	case 1:
		name, ok := g.find(list, false)
		if !ok {
			name = "{4, 5}"
		}
		source = "ipairs(" + name + ")"
	case 2:
		source = "function(s, c) c = c + 1 if c <= s then return c, " + g.any(3) + " end end, 3, 0"
	case 3:
		source = "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, " + g.any(3) + ") end end)"
	case 4:
		source = "pairs({" + g.text(2) + ", 2, " + g.integer(2) + "})"
	case 5:
		// No closing value: lua5.4 of Debian 12 calls nil where the loop's body
		// has closures of the loop variable too.
		source = "(function(n) return function(s, c) if c < n then return c + 1 end end, nil, 0, nil end)(" + g.pick("2", "3") + ")"
	}
	g.vararg = vararg
	g.open()
	names := g.declare(first, false)
	if g.r.IntN(3) > 0 {
		names += ", " + g.declare(anything, false)
	}
	g.open()
	body := g.loopBody(d)
	g.close()
	g.close()
	return []*node{block("for "+names+" in "+source+" do", body, "end")}
}
