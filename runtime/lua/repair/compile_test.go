package repair_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/difftest"
	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// output is what a program prints.
func output(text string) string { return difftest.Ours("=x", text) }

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// What exceeds the machine's formats is refused in PUC Lua's words; what only
// exceeds the formats of single instructions must still work.
func TestLimits(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"arguments", "f(" + strings.Repeat("1,", 253) + "1)", "syntax: x:1: function or expression needs too many registers\n"},
		{"results", "return " + strings.Repeat("1,", 260) + "1", "syntax: x:1: function or expression needs too many registers\n"},
		{"many results", "print((select('#', (function() return " + strings.Repeat("1,", 240) + "1 end)())))", "241\n"},
		{"locals", "local " + strings.Repeat("a,", 199) + "b = 1 b = 2 print(a, b)", "nil\t2\n"},
		{"positional items", "local t = {" + repeated(26000, "%d,") + "} print(#t, t[25550], t[25551], t[26000])", "26000\t25549\t25550\t25999\n"},
		{"keyed items", "local t = {" + repeated(3000, "k%d=1,") + "} local n = 0 for _ in pairs(t) do n = n + 1 end print(n, t.k0, t.k2999)", "3000\t1\t1\n"},
		{"constants", "local t = {} " + repeated(3000, "t[#t+1] = 'c%d' ") + "print(#t, t[1], t[300], t[3000])", "3000\tc0\tc299\tc2999\n"},
		{"numbers", "local s = 0 " + repeated(600, "s = s + %d.5 if s < 0 then s = s - 1 end ") + "print(s)", "180000\n"},
		{"globals", repeated(3000, "g%d = 1 ") + "print(g0, g300, g1500, g2999) function f() return g2999 end print(f())", "1\t1\t1\t1\n1\n"},
		{"fields", "local t = {} " + repeated(600, "t.f%d = 7 ") + "print(t.f0, t.f255, t.f256, t.f599) function t:m() return self.f599 end print(t:m())", "7\t7\t7\t7\n7\n"},
		{"methods", "local t = {} " + repeated(400, "function t:m%d() return self end ") + "print(t:m399():m0() == t)", "true\n"},
		{"too many constants", "local t = {" + repeated(262200, "%d,") + "}", "syntax: x:1: too many constants (limit is 262143) in function\n"},
		{"long jump", "if x then " + strings.Repeat("f() ", 100000) + "end", "syntax: x:1: control structure too long\n"},
		{"upvalues", repeated(200, "local a%d = 1 ") + "print((function() return " + repeated(200, "a%d + ") + "0 end)())", "200\n"},
		{"nested calls", "local function I(x) return x end print(" + strings.Repeat("I(", 180) + "5" + strings.Repeat(")", 180) + ")", "5\n"},
		{"concatenation", "local a = 'x' print(#(" + strings.Repeat("a .. ", 180) + "a))", "181\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := output(c.text); got != c.want {
				t.Errorf("got %.300q, want %q", got, c.want)
			}
		})
	}
}

// Long chains neither need much stack nor take more than linear time, and run.
func TestLongChains(t *testing.T) {
	const n = 100000
	for _, c := range []struct{ name, text, want string }{
		{"sum", "local a = 1 print(a" + strings.Repeat("+a", n) + ")", "100001\n"},
		{"bits", "local a = 1 print(a" + strings.Repeat("|a", 30000) + ")", "1\n"},
		{"equal", "local a = 1 print(a == a" + strings.Repeat("==a", 20000) + ")", "false\n"},
		{"and", "local a = 1 print(a" + strings.Repeat(" and a", 30000) + ")", "1\n"},
		{"or", "local a print(a" + strings.Repeat(" or a", 30000) + ")", "nil\n"},
		{"condition", "local a = 1 if a" + strings.Repeat(" and a", 30000) + " then print 'yes' end", "yes\n"},
		{"fields", "local a = {} a.a = a print(a" + strings.Repeat(".a", n) + " == a)", "true\n"},
		{"calls", "local function f() return _G_f end _G_f = f f" + strings.Repeat("()", n) + " print 'done'", "done\n"},
		{"methods", "local o = {} function o:m() return self end print(o" + strings.Repeat(":m()", n) + " == o)", "true\n"},
		{"elseif", "local a = 5 if a == 0 then" + repeated(10000, " elseif a == -%d then") + " else print 'else' end", "else\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := output(c.text); got != c.want {
				t.Errorf("got %.300q, want %q", got, c.want)
			}
		})
	}
}

// A compiled chunk is shared by states on many goroutines (run with -race).
func TestShared(t *testing.T) {
	chunk, err := syntax.Parse(`local t = {} for i = 1, 50 do t[#t + 1] = "n" .. i // 2 .. (i & 3) end x = t[50]
	local ok, e = pcall(function() local nope; return nope.x end) y = e`, "=x")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			var out strings.Builder
			l := difftest.NewState(&out)
			defer l.Close()
			if _, raised := native.PCall(l, nil, l.NewFunctionFromProto(proto)); raised != nil {
				t.Error(raised)
			}
			if got := l.GetGlobal("x").String() + " " + l.GetGlobal("y").String(); got != "n252 x:2: attempt to index a nil value (local 'nope')" {
				t.Errorf("got %s", got)
			}
		})
	}
	wait.Wait()
}

// Positions inside lowered code are the script's.
func TestLines(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"local a = {}\nlocal b = 'x' ..\n  a", "error: x:2: attempt to concatenate a table value (local 'a')\n"},
		{"local a = {}\nreturn 1 +\n(a // 1)", "error: x:3: attempt to perform arithmetic on a table value (local 'a')\n"},
		{"local x = {}\nreturn x.y.z\n+ 1", "error: x:3: attempt to index a nil value (field 'y')\n"},
		{"local a={}\na\n.b\n()", "error: x:2: attempt to call a nil value (field 'b')\n"},
		{"for i = 1,\n{}\ndo end", "error: x:3: bad 'for' limit (number expected, got table)\n"},
		{"local a\na\n=\na.b", "error: x:4: attempt to index a nil value (local 'a')\n"},
		{"return 1\n<\nnil", "error: x:3: attempt to compare number with nil\n"},
	} {
		if got := output(c.text); got != c.want {
			t.Errorf("%q\n got  %q\n want %q", c.text, got, c.want)
		}
	}
}

// What an error leaves open is closed by whoever catches it, innermost first.
func TestCloseAll(t *testing.T) {
	var out strings.Builder
	l := difftest.NewState(&out)
	defer l.Close()
	chunk, err := syntax.Parse(`
	local function C(n, fails) return setmetatable({}, {__close = function(_, e) print(n, e) if fails then error("from " .. n, 0) end end}) end
	local a <close> = C "a"
	local b <close> = C("b", true)
	local c <close> = C "c"
	coroutine.yield()`, "=x")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		t.Fatal(err)
	}
	co := native.NewCoroutine(l, l.NewFunctionFromProto(proto))
	if _, raised := native.PCall(l, nil, &vm.LFunction{IsG: true, GFunction: func(l *vm.LState) int {
		l.Push(co)
		native.Resume(l, co, 2)
		return 0
	}}, co); raised != nil {
		t.Fatal(raised)
	}
	if n := repair.Pending(l, co); n != 3 {
		t.Fatalf("%d values wait, want 3", n)
	}
	if raised := repair.CloseAll(l, co, 2, vm.LString("E")); raised != vm.LString("E") {
		t.Errorf("got %v", raised)
	}
	if raised := repair.CloseAll(l, co, 0, nil); raised != vm.LString("from b") {
		t.Errorf("got %v", raised)
	}
	if got, want := out.String(), "c\tE\nb\tnil\na\tfrom b\n"; got != want || repair.Pending(l, co) != 0 {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHelpers(t *testing.T) {
	seen := map[string]bool{}
	for _, h := range repair.Helpers() {
		if h.Name == "" || h.Doc == "" || seen[h.Name] || !repair.IsHelper(h.Function) {
			t.Errorf("%+v", h)
		}
		seen[h.Name] = true
	}
	if repair.IsHelper(&vm.LFunction{IsG: true, GFunction: func(*vm.LState) int { return 0 }}) || repair.IsHelper(nil) {
		t.Error("a foreign function is taken for a helper")
	}
}

// Whatever the parser takes the compiler takes too, or refuses with a syntax.Error.
func FuzzCompile(f *testing.F) {
	for _, p := range programs {
		f.Add(p.text)
	}
	for seed := range uint64(5) {
		f.Add(difftest.Generate(seed).Text())
	}
	f.Add("goto a local x <close> = nil ::a:: for i = 1, 2 do local f = function() return i, _ENV, ... end ::b:: end")
	f.Fuzz(func(t *testing.T, text string) {
		chunk, err := syntax.Parse(text, "=x")
		if err != nil {
			return
		}
		proto, err := repair.Compile(chunk)
		var e *syntax.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && len(proto.Code) != len(proto.DbgSourcePositions) {
			t.Fatalf("%q: %d instructions, %d lines", text, len(proto.Code), len(proto.DbgSourcePositions))
		}
	})
}
