package difftest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generate makes the program of a seed.
func Generate(seed uint64) *Program {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x10A))}
	g.open()
	g.vararg = true
	body := g.list(6+g.r.IntN(14), 0)
	body = append(body, line("print("+g.shown()+")"))
	return &Program{Seed: seed, body: body}
}

// kinds of variables, so that most operations make sense.
type valueKind uint8

const (
	anything valueKind = iota
	integer
	text
	list    // a sequence of anything
	object  // made by O
	routine // a function
)

type variable struct {
	name     string
	kind     valueKind
	constant bool
}

type generator struct {
	r      *rand.Rand
	scopes [][]variable
	names  int
	vararg bool // "..." may be used
	loops  int  // loops around, within the function
	yields bool // inside a coroutine
	depth  int  // functions around

	noClosing bool // no to-be-closed variables here
}

func (g *generator) open()  { g.scopes = append(g.scopes, nil) }
func (g *generator) close() { g.scopes = g.scopes[:len(g.scopes)-1] }

func (g *generator) declare(kind valueKind, constant bool) string {
	// A few short names, so that they hide one another.
	name := string(rune('a' + g.r.IntN(9)))
	if g.r.IntN(3) == 0 {
		g.names++
		name = fmt.Sprintf("v%d", g.names)
	}
	g.add(variable{name, kind, constant})
	return name
}

func (g *generator) add(v variable) {
	top := len(g.scopes) - 1
	g.scopes[top] = append(g.scopes[top], v)
}

// find picks a visible variable of a kind.
func (g *generator) find(kind valueKind, assignable bool) (string, bool) {
	seen := map[string]bool{}
	var fit []string
	for i := len(g.scopes) - 1; i >= 0; i-- {
		for j := len(g.scopes[i]) - 1; j >= 0; j-- {
			v := g.scopes[i][j]
			if seen[v.name] {
				continue
			}
			seen[v.name] = true
			if v.kind == kind && !(assignable && v.constant) {
				fit = append(fit, v.name)
			}
		}
	}
	if len(fit) == 0 {
		return "", false
	}
	return fit[g.r.IntN(len(fit))], true
}

func (g *generator) pick(options ...string) string { return options[g.r.IntN(len(options))] }

// value makes an expression of a kind.
func (g *generator) value(kind valueKind, d int) string {
	switch kind {
	case integer:
		return g.integer(d)
	case text:
		return g.text(d)
	case list:
		return g.list_(d)
	case object:
		return "O(" + g.integer(d+1) + ")"
	case routine:
		return g.function(d)
	}
	return g.any(d)
}

func (g *generator) kind() valueKind {
	return []valueKind{anything, integer, integer, integer, text, text, list, object}[g.r.IntN(8)]
}

func (g *generator) integer(d int) string {
	if d > 3 || g.r.IntN(3) == 0 {
		if name, ok := g.find(integer, false); ok && g.r.IntN(4) > 0 {
			return name
		}
		return fmt.Sprint(g.r.IntN(24) - 4)
	}
	a := func() string { return g.integer(d + 1) }
	switch g.r.IntN(17) {
	case 0, 1:
		return "(" + a() + " + " + a() + ")"
	case 2:
		return "(" + a() + " - " + g.pick("1", "2", "G1", "#"+g.atomText()) + ")"
	case 3:
		return "((" + a() + " % 1000) * (" + a() + " % 1000) % 997)"
	case 4:
		return "((" + a() + ") // " + g.pick("3", "-4", "7", "1") + ")"
	case 5:
		return "((" + a() + ") % " + g.pick("5", "-3", "11") + ")"
	case 6:
		left := a()
		if !strings.ContainsAny(left, "abcdefghijklmnopqrstuvwxyzGIN") {
			// lua5.4 of Debian 12 makes wrong code of a constant beside an
			// operand with "and" or "or".
			left = "I(" + left + ")"
		}
		return "((" + left + ") " + g.pick("&", "|", "~") + " (" + a() + "))"
	case 7:
		return "(((" + a() + ") & 63) " + g.pick("<<", ">>") + " " + g.pick("1", "2", "5") + ")"
	case 8:
		return "(- " + a() + ")"
	case 9:
		return "(~" + a() + ")"
	case 10:
		return "(" + g.condition(d+1) + " and " + a() + " or " + a() + ")"
	case 11:
		return "(#" + g.atomText() + ")"
	case 12:
		if name, ok := g.find(list, false); ok {
			return g.pick("(#"+name+")", "I("+name+"["+a()+"])")
		}
	case 13:
		if name, ok := g.find(object, false); ok {
			return g.pick(name+".v", name+":get()", name+":get("+a()+")", "(#"+name+")")
		}
	case 14:
		return "I(" + g.call(d+1) + ")"
	case 15:
		if g.vararg {
			return g.pick("select('#', ...)", "I((...))", "I(...)")
		}
	}
	return "I(" + g.any(d+1) + ")"
}

func (g *generator) atomText() string {
	if name, ok := g.find(text, false); ok {
		return name
	}
	return g.pick("'x'", `"ab"`, "''", "[[l]]")
}

func (g *generator) text(d int) string {
	if d > 3 || g.r.IntN(3) == 0 {
		return g.atomText()
	}
	a := func() string { return g.text(d + 1) }
	switch g.r.IntN(9) {
	case 0, 1:
		return "T(" + a() + " .. " + a() + ")"
	case 2:
		return "T(" + a() + " .. " + g.integer(d+2) + " .. " + a() + ")"
	case 3:
		return "(" + a() + "):upper()"
	case 4:
		return "(" + a() + "):sub(1, " + g.pick("1", "2", "3") + ")"
	case 5:
		return "('" + g.pick("r", "st") + "'):rep(" + g.pick("0", "1", "3") + ")"
	case 6:
		return "tostring(" + g.integer(d+1) + ")"
	case 7:
		return "(" + g.condition(d+1) + " and " + a() + " or " + a() + ")"
	}
	return "S(" + g.any(d+1) + ")"
}

func (g *generator) list_(d int) string {
	if name, ok := g.find(list, false); ok && g.r.IntN(3) == 0 {
		return name
	}
	n := g.r.IntN(5)
	items := make([]string, n)
	for i := range items {
		items[i] = g.value([]valueKind{integer, text}[g.r.IntN(2)], d+2)
	}
	if g.r.IntN(6) == 0 {
		items = append(items, "table.unpack({1, 2, "+g.integer(3)+"})")
	}
	separator := g.pick(", ", "; ")
	return "{" + strings.Join(items, separator) + "}"
}

func (g *generator) condition(d int) string {
	if d > 4 {
		return g.pick("true", "false", "G1 == 1", "G2 ~= 'g'")
	}
	a, s := func() string { return g.integer(d + 1) }, func() string { return g.text(d + 1) }
	c := func() string { return g.condition(d + 1) }
	switch g.r.IntN(14) {
	case 0, 1:
		return "(" + a() + " " + g.pick("<", "<=", ">", ">=", "==", "~=") + " " + a() + ")"
	case 2:
		return "(" + s() + " " + g.pick("<", "<=", ">", ">=", "==", "~=") + " " + s() + ")"
	case 3:
		return "not " + c()
	case 4, 5:
		return "(" + c() + " and " + c() + ")"
	case 6, 7:
		return "(" + c() + " or " + c() + ")"
	case 8:
		return "(" + g.any(d+1) + " " + g.pick("==", "~=") + " " + g.any(d+1) + ")"
	case 9:
		x, ok := g.find(object, false)
		if ok {
			return "(" + x + " " + g.pick("<", "<=", ">", ">=", "==", "~=") + " " + g.pick(x, g.value(object, d+1)) + ")"
		}
	case 10:
		return g.pick("true", "false", "nil", "1")
	case 11:
		return "(" + g.any(d+1) + ")"
	}
	return "(" + a() + " % 2 == 0)"
}

// any makes an expression of no certain kind.
func (g *generator) any(d int) string {
	if d > 4 {
		return g.pick("nil", "false", "3", "'z'")
	}
	switch g.r.IntN(14) {
	case 0:
		return g.pick("nil", "true", "false")
	case 1, 2:
		return g.integer(d + 1)
	case 3, 4:
		return g.text(d + 1)
	case 5:
		return "(" + g.any(d+1) + " and " + g.any(d+1) + ")"
	case 6:
		return "(" + g.any(d+1) + " or " + g.any(d+1) + ")"
	case 7:
		return g.call(d + 1)
	case 8:
		if g.vararg {
			return "(...)"
		}
	case 9:
		if name, ok := g.find(list, false); ok {
			return name + "[" + g.integer(d+1) + "]"
		}
	case 10:
		if name, ok := g.find(object, false); ok {
			return g.pick(name+".v", name+".w", name+" + 1", name+" .. 'q'", "1 .. "+name, name+" // 2", "3 & "+name, "~"+name,
				"- "+name, name+"("+g.integer(d+2)+", 5)", name+":set("+g.integer(d+2)+"):get()")
		}
	case 11:
		return "not " + g.any(d+1)
	}
	if name, ok := g.find(anything, false); ok {
		return name
	}
	return g.pick("G1", "G2", "nil")
}

// call makes a call of a function, or something in its place.
func (g *generator) call(d int) string {
	name, ok := g.find(routine, false)
	if !ok || d > 4 {
		return g.pick("G1", "select(2, 'p', 'q')")
	}
	return name + "(" + g.arguments(d) + ")"
}

func (g *generator) arguments(d int) string {
	items := []string{g.integer(d + 1)}
	for range g.r.IntN(4) {
		items = append(items, g.any(d+1))
	}
	if g.r.IntN(5) == 0 && g.vararg {
		items = append(items, "...")
	} else if g.r.IntN(6) == 0 {
		items = append(items, g.call(d+2))
	}
	return strings.Join(items, ", ")
}

// shown makes a list of expressions to print.
func (g *generator) shown() string {
	items := make([]string, 1+g.r.IntN(4))
	for i := range items {
		items[i] = g.value([]valueKind{anything, integer, text}[g.r.IntN(3)], 1)
	}
	return strings.Join(items, ", ")
}
