package lua_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/native"
)

// inspected runs a source whose calls of look, and of t:look, are given to ask.
func inspected(t *testing.T, o lua.EngineOptions, source string, ask func(l *vm.LState)) {
	t.Helper()
	engine := lua.NewEngine(o)
	chunk, err := engine.Compile("x.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	state := engine.NewState(lua.Options{Limits: lua.Limits{Time: 20 * time.Second}})
	defer state.Close()
	look := state.L.NewFunction(func(l *vm.LState) int {
		top := l.GetTop()
		ask(l)
		if l.GetTop() != top {
			t.Error("the stack has changed")
		}
		return 0
	})
	state.L.SetGlobal("look", look)
	methods := state.L.NewTable()
	methods.RawSetString("look", look)
	state.L.SetGlobal("t", methods)
	if err := state.Run(context.Background(), chunk); err != nil {
		t.Fatalf("%s: %v", source, err)
	}
}

func shown(v vm.LValue) string {
	switch v := v.(type) {
	case vm.LString:
		return `"` + string(v) + `"`
	case vm.LNumber, vm.LBool, *vm.LNilType:
		return native.ToString(v)
	}
	return v.Type().String()
}

func TestExplain(t *testing.T) {
	for source, want := range map[string]string{
		// Names of every kind.
		`local a = 1 look(a)`: "a=1",
		`local a = 1 local function f(b) look(a, b, g) end g = 5 f(2)`:                                "a=1, b=2, g=5",
		`local a <const> = 7 local b <const> = {} look(a, b)`:                                         "a=7, b=table",
		`local a = 1 do local a = 2 look(a) end local a = 3 look(a)`:                                  "a=2; a=3",
		`for i = 1, 2 do look(i) end for k, v in pairs{x = 3} do look(k, v) end`:                      "i=1; i=2; k=\"x\", v=3",
		`local function f(...) look(..., 1) end f(4, 5)`:                                              "...=4",
		`local _ENV = {look = look, x = 5} look(x, _ENV.x)`:                                           "x=5, _ENV.x=5, _ENV=table",
		`look(_ENV.t) local function f() look(_ENV == t, t) end f()`:                                  "_ENV.t=table, _ENV=table; _ENV == t=false, _ENV=table, t=table",
		`local x local function set() x = 2 end set() look(x) local function get() look(x) end get()`: "x=2; x=2",
		// Fields, through tables only.
		`local o = {a = {b = {1, 2}}} look(o.a.b[2], o["a"], o.x)`:                                                    `o.a.b[2]=2, o.a.b=table, o.a=table, o=table, o["a"]=table, o.x=nil`,
		`local i, o = 2, {5, 6} look(o[i + 0] == 6, o[i])`:                                                            "o[i + 0] == 6=true, o[i + 0]=6, o=table, i + 0=2, i=2, o[i]=6",
		`local o = setmetatable({}, {__index = {x = 1}}) look(o.x, o.y)`:                                              "o.x=1, o=table, o.y=nil",
		`local n = 0 local o = setmetatable({}, {__index = function() n = n + 1 return 9 end}) look(o.x, n, o.y > 1)`: "o.x=9, o=table, n=1, o.y > 1=true",
		`local s = "abc" look(s.len == string.len, s)`:                                                                `s.len == string.len=true, s.len=function, s="abc", string.len=function, string=table`,
		// Operators.
		`local a, b = 7, 2 look(a + b == 9, a - b, a * b / 2, a % b, a ^ b, a // b)`: "a + b == 9=true, a + b=9, a=7, b=2, a - b=5, a * b / 2=7, a * b=14, a % b=1, a ^ b=49, a // b=3",
		`local a, b = 6, 3 look(a & b, a | b, a ~ b, a << b, a >> 1, ~a, -a)`:        "a & b=2, a=6, b=3, a | b=7, a ~ b=5, a << b=48, a >> 1=3, ~a=-7, -a=-6",
		`local a, b = "x", "y" look(a .. b .. 1, a < b, a >= b, a ~= b, not a, #a)`:  `a .. b .. 1="xy1", a="x", b .. 1="y1", b="y", a < b=true, a >= b=false, a ~= b=true, not a=false, #a=1`,
		`local l = {1, 2} look(#l == 3, #l > 1)`:                                     "#l == 3=false, #l=2, l=table, #l > 1=true",
		`local a, b = nil, 0 look(a and b.c, b or a.c, a == nil, (a or b) + 1)`:      "a and b.c=nil, a=nil, b or a.c=0, b=0, a == nil=true, (a or b) + 1=1, a or b=0",
		`local m = {__eq = function() error() end, __lt = function() return true end, __len = function() return 5 end} local a, b = setmetatable({}, m), setmetatable({}, m) look(rawequal(a, b), a < b, #a, a == a)`: "rawequal(a, b)=false, a=table, b=table, a < b=true, #a=5, a == a=true",
		`local a, b = {}, {} look(a == b, a ~= b, a == 1)`: "a == b=false, a=table, b=table, a ~= b=true, a == 1=false",
		// Calls: an argument as such is known, what is inside is not called.
		`local n = 0 local function f(x) n = n + 1 return x * 2 end look(f(3), f(n) == 0)`:           "f(3)=6, f(n) == 0=false, n=2",
		`local s = "a,b" look(s:find(","), (s:upper()), #s:rep(2) == 6)`:                             `s:find(",")=2, s="a,b", s:upper()="A,B", #s:rep(2) == 6=true`,
		`local function e(x) return {is = look} end local v = 5 e(v + 1).is(6, v)`:                   "v=5, v + 1=6",
		`local function e(x) return {to = {be = look}} end local v = 5 local w = "to" e(v)[w].be(w)`: `w="to", v=5`,
		`local a, b = 1, 2 look({a, x = b}, function() return a end, {}, "s", nil)`:                  "a=1, b=2",
		`local a = 1 t:look(a, a + 1, t)`:                                                            "a=1, a + 1=2, t=table",
		`local a = 1 t.look(a)`:                                                                      "a=1",
		`local a = 1 return look(a)`:                                                                 "a=1",
		`local a = 1 local b = {look(a)} local c = look(a + 1) and 1`:                                "a=1; a + 1=2, a=1",
		// Several calls on a line.
		`local a, b = 1, 2 look(a) look(b) if not look(a == b) then look(a + b) end`: "a=1; b=2; a == b=false, a=1, b=2; a + b=3, a=1, b=2",
		`local f, g = function(x) look(x) end, function(x) look(x) end f(1) g(2)`:    "x=1; x=2",
		// In coroutines and protected calls.
		`local a = 1 pcall(function() local b = 2 look(a, b) end) coroutine.wrap(function(c) look(c) end)(3)`: "a=1, b=2; c=3",
		`local c = 4 xpcall(function() pcall(look, c) look(c) end, print)`:                                    "; c=4",
		"local a = 1\nlook(\n  a,\n  a == 2)":                                                                 "a=1, a == 2=false",
	} {
		for _, o := range []lua.EngineOptions{{}, {Coverage: lua.NewCoverage(nil)}} {
			var calls []string
			inspected(t, o, source, func(l *vm.LState) {
				var list []string
				for _, v := range lua.Explain(l, 1, []byte(source)) {
					list = append(list, v.Expression+"="+shown(v.Value))
				}
				calls = append(calls, strings.Join(list, ", "))
			})
			if got := strings.Join(calls, "; "); got != want {
				t.Errorf("%s\n got %s\nwant %s", source, got, want)
			}
		}
	}
}

// TestExplainPlaces looks at where the expressions stand.
func TestExplainPlaces(t *testing.T) {
	source := "\ufeff#!x\nlocal a = {b = 1}\nlook(a.b ==\n  2)"
	var got []string
	inspected(t, lua.EngineOptions{}, source, func(l *vm.LState) {
		for _, v := range lua.Explain(l, 1, []byte(source)) {
			got = append(got, fmt.Sprintf("%d:%d %s", v.Line, v.Column, v.Expression))
		}
	})
	if diff := cmp.Diff([]string{"3:10 a.b == 2", "3:7 a.b", "3:6 a"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestExplainOfAnother asks with a source that is not the function's, and at
// levels that have none.
func TestExplainOfAnother(t *testing.T) {
	source := "local a = 1 look(a)"
	inspected(t, lua.EngineOptions{}, source, func(l *vm.LState) {
		for _, other := range []string{"", "local a = 1", "local a = 2 look(a)", "look(", "\x1b"} {
			if got := lua.Explain(l, 1, []byte(other)); got != nil {
				t.Errorf("%q explains it with %v", other, got)
			}
		}
		for _, level := range []int{-1, 0, 2, 99} {
			if got := lua.Explain(l, level, []byte(source)); got != nil {
				t.Errorf("level %d is explained with %v", level, got)
			}
		}
	})
}

// TestExplainEnds has expressions that would be work.
func TestExplainEnds(t *testing.T) {
	for _, source := range []string{
		"local a = 'x' look(a" + strings.Repeat(" .. a", 150) + ")",
		"local a = 1 look(a" + strings.Repeat(" + a", 20000) + ")",
		"local a = ('x'):rep(40000) look(a .. a)",
		"local o = {} setmetatable(o, {__index = o}) pcall(look, 1) look(rawget(o, 1) == nil, o)",
	} {
		asked := 0
		inspected(t, lua.EngineOptions{}, source, func(l *vm.LState) {
			asked++
			for _, v := range lua.Explain(l, 1, []byte(source)) {
				if s, ok := v.Value.(vm.LString); ok && len(s) > 1<<17 {
					t.Error("a long string was made")
				}
			}
		})
		if asked == 0 {
			t.Error("nobody asked")
		}
	}
}

func TestLookup(t *testing.T) {
	source := `global = "g"
local up, hidden, unused = "u", "outer", "no"
local function f(param, ...)
  local a, b = 1
  do local gone = true end
  for i = 5, 5 do
    local hidden = up .. "!"
    for k, v in pairs({[7] = 8}) do
      local function inner() return hidden end
      look()
      local later
    end
  end
end
f("p", "q")`
	asked := 0
	inspected(t, lua.EngineOptions{}, source, func(l *vm.LState) {
		asked++
		var names []string
		for _, v := range lua.Locals(l, 1) {
			names = append(names, v.Name+"="+shown(v.Value))
		}
		want := `param="p" a=1 b=nil i=5 hidden="u!" k=7 v=8 inner=function`
		if got := strings.Join(names, " "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for name, want := range map[string]string{
			"a": "local 1", "param": `local "p"`, "hidden": `local "u!"`, "up": `upvalue "u"`, "global": `global "g"`,
			"look": "global function", "print": "global function", "string": "global table",
			"unused": "", "gone": "", "later": "", "nothing": "", "(for state)": "", "": "",
		} {
			got := ""
			if v, ok := lua.Lookup(l, 1, name); ok {
				got = v.Kind + " " + shown(v.Value)
			}
			if got != want {
				t.Errorf("%q: got %s, want %s", name, got, want)
			}
		}
		if got, ok := lua.Lookup(l, 2, "unused"); !ok || got.Kind != "local" || got.Value.String() != "no" {
			t.Errorf("unused is %v there", got)
		}
		for _, level := range []int{-1, 0, 9} {
			if _, ok := lua.Lookup(l, level, "print"); ok || lua.Locals(l, level) != nil {
				t.Errorf("level %d has variables", level)
			}
		}
	})
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestLocalsThatHideOneAnother has one name many times.
func TestLocalsThatHideOneAnother(t *testing.T) {
	inspected(t, lua.EngineOptions{}, `local a, b, a, c, b, a = 1, 2, 3, 4, 5, 6 look()`, func(l *vm.LState) {
		var got []string
		for _, v := range lua.Locals(l, 1) {
			got = append(got, v.Name+shown(v.Value))
		}
		if diff := cmp.Diff([]string{"c4", "b5", "a6"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
