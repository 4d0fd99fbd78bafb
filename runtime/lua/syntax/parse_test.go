package syntax_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/luapush/luapush/runtime/lua/difftest"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// refused are texts and what lua5.4 says to them.
var refused = []struct{ text, want string }{
	{"local a <const> = 1; a = 2", "x:1: attempt to assign to const variable 'a'"},
	{"local x <const> = 1; local function f() x = 2 end", "x:1: attempt to assign to const variable 'x'"},
	{"local a <foo> = 1", "x:1: unknown attribute 'foo'"},
	{"local a <close>, b <close> = 1,2", "x:1: multiple to-be-closed variables in local list"},
	{"goto x; local a; ::x:: print(a)", "x:1: <goto x> at line 1 jumps into the scope of local 'a'"},
	{"goto x", "x:1: no visible label 'x' for <goto> at line 1"},
	{"break\n\nx = 1", "x:3: break outside loop at line 1"},
	{"::a:: ::a::", "x:1: label 'a' already defined on line 1"},
	{"repeat goto c; local x; ::c:: until x", "x:1: <goto c> at line 1 jumps into the scope of local 'x'"},
	{`x = 'abc\q'`, `x:1: invalid escape sequence near ''abc\q'`},
	{`x='\300'`, `x:1: decimal escape too large near ''\300''`},
	{`x='\xZZ'`, `x:1: hexadecimal digit expected near ''\xZ'`},
	{`x='\u{110000000}'`, `x:1: UTF-8 value too large near ''\u{110000000'`},
	{`x='\u{zz}'`, `x:1: hexadecimal digit expected near ''\u{z'`},
	{`x='\u123'`, `x:1: missing '{' near ''\u1'`},
	{`x='\u{12`, `x:1: missing '}' near ''\u{12'`},
	{`x='a\65\q'`, `x:1: invalid escape sequence near ''aA\q'`},
	{"x='abc\ndef'", "x:1: unfinished string near ''abc'"},
	{"x='abc", "x:1: unfinished string near <eof>"},
	{"x=\n[[abc\n", "x:3: unfinished long string (starting at line 2) near <eof>"},
	{"--[==[abc", "x:1: unfinished long comment (starting at line 1) near <eof>"},
	{"x=[==abc", "x:1: invalid long string delimiter near '[=='"},
	{"x = 3x", "x:1: malformed number near '3x'"},
	{"x=1..2", "x:1: malformed number near '1..2'"},
	{"x=1_000", "x:1: malformed number near '1_'"},
	{"x=0x.p1", "x:1: malformed number near '0x.p1'"},
	{"x = }", "x:1: unexpected symbol near '}'"},
	{"x = \x01", `x:1: unexpected symbol near '<\1>'`},
	{"x = \xC8", `x:1: unexpected symbol near '<\200>'`},
	{"x=1\x00y", "x:1: unexpected symbol"},
	{"x = 'a' 'b'", "x:1: unexpected symbol near ''b''"},
	{"x = [==[a]]\nb]==] [[c]]", "x:2: unexpected symbol near '[[c]]'"},
	{"for x", "x:1: '=' or 'in' expected near <eof>"},
	{"for 1=1,2 do end", "x:1: <name> expected near '1'"},
	{"a.1", "x:1: syntax error near '.1'"},
	{"(a)=1", "x:1: syntax error near '='"},
	{"f()=1", "x:1: syntax error near '='"},
	{"a:b", "x:1: function arguments expected near <eof>"},
	{"x=function(a,) end", "x:1: <name> or '...' expected near ')'"},
	{"x=function(a,...,b) end", "x:1: ')' expected near ','"},
	{"function f() return ... end", "x:1: cannot use '...' outside a vararg function near '...'"},
	{"local function f.x() end", "x:1: '(' expected near '.'"},
	{"if x then\n\nelse", "x:3: 'end' expected (to close 'if' at line 1) near <eof>"},
	{"x = {1,2\n3", "x:2: '}' expected (to close '{' at line 1) near '3'"},
	{"return 1 x", "x:1: <eof> expected near 'x'"},
	{"return;;", "x:1: <eof> expected near ';'"},
	{"local goto = 1", "x:1: <name> expected near 'goto'"},
	{"x=a.goto", "x:1: <name> expected near 'goto'"},
	{"for i=1 do end", "x:1: ',' expected near 'do'"},
	{"x=1\r\n\n\ry=\r\r)", "x:5: unexpected symbol near ')'"},
	{"\n#!foo", "x:2: unexpected symbol near '#'"},
	{"local " + strings.Repeat("a,", 200) + "a", "x:1: too many local variables (limit is 200) in main function near <eof>"},
	{"\nfunction f(" + strings.Repeat("a,", 200) + "a) end", "x:2: too many local variables (limit is 200) in function at line 2 near ')'"},
	{"return " + strings.Repeat("(", 300), "x:1: C stack overflow near '('"},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		if got := message(difftest.Source{Name: "=x", Text: c.text}); got != c.want {
			t.Errorf("%.60q\n got  %q\n want %q", c.text, got, c.want)
		}
	}
}

// TestRefusedAgainstLua54 keeps the table honest.
func TestRefusedAgainstLua54(t *testing.T) {
	var sources []difftest.Source
	for _, c := range refused {
		sources = append(sources, difftest.Source{Name: "=x", Text: c.text})
	}
	compare(t, sources)
}

func TestErrorPlace(t *testing.T) {
	_, err := syntax.ParseFile("#!/usr/bin/lua\r\nlocal t = {\r\n\tx = 1 +* 2,\r\n}\r\n", "@dir/handler.lua")
	var e *syntax.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	want := &syntax.Error{
		File: "dir/handler.lua", Line: 3, Column: 9, Message: "unexpected symbol", Near: "'*'", SourceLine: "\tx = 1 +* 2,",
	}
	if d := cmp.Diff(want, e); d != "" {
		t.Error(d)
	}
	if got, want := e.Caret(), "\tx = 1 +* 2,\n\t       ^"; got != want {
		t.Errorf("caret:\n%s\nwant\n%s", got, want)
	}
}

func TestParseFileSkips(t *testing.T) {
	for _, c := range []struct {
		text string
		line int
	}{
		{"\xEF\xBB\xBFx = ", 1},
		{"\xEF\xBB\xBF#!lua\nx = ", 2},
		{"# anything\nx = ", 2},
		{"#", 0},
		{"", 0},
	} {
		_, err := syntax.ParseFile(c.text, "@f")
		var e *syntax.Error
		switch {
		case c.line == 0 && err != nil:
			t.Errorf("%q: %v", c.text, err)
		case c.line > 0 && (!errors.As(err, &e) || e.Line != c.line):
			t.Errorf("%q: got %v, want an error on line %d", c.text, err, c.line)
		}
	}
}

func TestStringsAndNumbers(t *testing.T) {
	chunk, err := syntax.Parse(`return '\a\b\f\n\r\t\v\\\'\"\065\x41\u{20AC}\u{7FFFFFFF}\z
	   b\
c', [[
x]], [=[a]]b]=], "", 10, 0x10, 0xffffffffffffffff, 9223372036854775807, 9223372036854775808, .5, 5., 1e2, 0x.8p1, 0xA.8, 3e-2, 1e999`, "=x")
	if err != nil {
		t.Fatal(err)
	}
	want := []any{
		"\a\b\f\n\r\t\v\\'\"AA\u20AC\xFD\xBF\xBF\xBF\xBF\xBFb\nc", "x", "a]]b", "",
		10.0, 16.0, -1.0, 9223372036854775807.0, 9223372036854775808.0, .5, 5.0, 100.0, 1.0, 10.5, .03, inf(),
	}
	for i, e := range chunk.Main.Body.Stmts[0].(*syntax.Return).Values {
		var got any
		switch e := e.(type) {
		case *syntax.String:
			got = e.Value
		case *syntax.Number:
			got = e.Value
		}
		if got != want[i] {
			t.Errorf("value %d: got %#v, want %#v", i, got, want[i])
		}
	}
}

func inf() float64 { n, _ := syntax.ParseNumber("1e999"); return n.Value }

// Names are bound to what they mean.
func TestBinding(t *testing.T) {
	chunk, err := syntax.Parse("local a, c <const> = 1, 2\nlocal function f(b) a = b return function() return a, b, c, g end end", "=x")
	if err != nil {
		t.Fatal(err)
	}
	f := chunk.Main.Body.Stmts[1].(*syntax.LocalFunction).Func.Func
	inner := f.Body.Stmts[1].(*syntax.Return).Values[0].(*syntax.FunctionExpr).Func
	values := inner.Body.Stmts[0].(*syntax.Return).Values
	a, b, c, g := values[0].(*syntax.Name), values[1].(*syntax.Name), values[2].(*syntax.Name), values[3].(*syntax.Name)
	switch {
	case a.Kind != syntax.UpvalueName || !a.Local.Captured || !a.Local.Assigned || inner.Upvalues[a.Upvalue].FromParent:
		t.Errorf("a: %+v of %+v", a, a.Local)
	case b.Kind != syntax.UpvalueName || !b.Local.Captured || b.Local.Assigned || !inner.Upvalues[b.Upvalue].FromParent:
		t.Errorf("b: %+v of %+v", b, b.Local)
	case c.Local.Value == nil || c.Local.Captured:
		t.Errorf("c: %+v of %+v", c, c.Local)
	case g.Kind != syntax.GlobalName || g.Env != nil:
		t.Errorf("g: %+v", g)
	}
	if want := (syntax.Pos{Line: 2, Column: 55}); b.Pos != want {
		t.Errorf("b is at %v, want %v", b.Pos, want)
	}
}

// Long and deep sources take time in proportion to their length and no stack.
func TestBigSources(t *testing.T) {
	const n = 2 << 20
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"sum":         {"x = a" + strings.Repeat("+a", n/2), true},
		"calls":       {"f" + strings.Repeat("()", n/2), true},
		"fields":      {"x = a" + strings.Repeat(".a", n/2), true},
		"and":         {"x = a" + strings.Repeat(" and a", n/6), true},
		"statements":  {strings.Repeat("a=1 ", n/4), true},
		"labels":      {strings.Repeat("do goto a ::a:: end ", n/20), true},
		"table":       {"x = {" + strings.Repeat("1,", n/2) + "}", true},
		"globals":     {strings.Repeat("local "+strings.Repeat("l,", 190)+"l = 1 return function() ", 90) + strings.Repeat("g=1 ", n/4) + strings.Repeat("end ", 90), true},
		"string":      {"x = '" + strings.Repeat(`\65`, n/3) + "'", true},
		"comment":     {"--[[" + strings.Repeat("]", n), false},
		"parentheses": {"x = " + strings.Repeat("(", n), false},
		"blocks":      {strings.Repeat("do ", n/3), false},
		"unary":       {"x = " + strings.Repeat("- ", n/2), false},
		"power":       {"x = a" + strings.Repeat("^a", n/2), false},
		"brackets":    {strings.Repeat("a[", n/2), false},
		"equals":      {"x = [" + strings.Repeat("=", n), false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := syntax.Parse(c.text, "=x"); (err == nil) != c.ok {
				t.Error(err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range corpus {
		f.Add(s)
	}
	for _, c := range refused {
		if len(c.text) < 200 {
			f.Add(c.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := syntax.ParseFile(text, "=x")
		var e *syntax.Error
		if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Column < 1 || e.Message == "") {
			t.Errorf("%q: %#v", text, err)
		}
	})
}
