package machine_test

import (
	"fmt"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/native/machine"
	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// TestFits fails when gopher-lua has changed: then states are slow, and the
// mirrors of its structures need another look.
func TestFits(t *testing.T) {
	if err := machine.Fits(); err != nil {
		t.Error(err)
	}
}

// newState makes a state that has the loop, or the machine's own.
func newState(t testing.TB, own bool) *vm.LState {
	t.Helper()
	l := vm.NewState(vm.Options{
		SkipOpenLibs: true, CallStackSize: 16384, MinimizeStackMemory: own,
		RegistrySize: 128, RegistryMaxSize: 1 << 20, RegistryGrowStep: 1024,
	})
	t.Cleanup(l.Close)
	if has := machine.Install(l, &machine.Meter{}) != nil; has != own {
		t.Fatal("the state has the wrong loop")
	}
	native.Attach(l, nil).SetHooks(repair.Hooks())
	set := func(name string, fn vm.LGFunction) { l.SetGlobal(name, l.NewFunction(fn)) }
	set("meta", func(l *vm.LState) int {
		l.SetMetatable(l.Get(1), l.Get(2))
		l.SetTop(1)
		return 1
	})
	set("first", func(l *vm.LState) int { return l.GetTop() })
	set("none", func(l *vm.LState) int { return 0 })
	set("apply", func(l *vm.LState) int {
		fn, args := l.Get(1), []vm.LValue{}
		for i := 2; i <= l.GetTop(); i++ {
			args = append(args, l.Get(i))
		}
		l.Push(native.Call1(l, fn, args...))
		return 1
	})
	set("all", func(l *vm.LState) int {
		native.Call(l, l.GetTop()-1, vm.MultRet)
		return l.GetTop()
	})
	set("create", func(l *vm.LState) int { l.Push(native.NewCoroutine(l, native.CheckFunction(l, 1))); return 1 })
	set("yield", func(l *vm.LState) int { return native.Yield(l) })
	set("resume", func(l *vm.LState) int {
		ok, n := native.Resume(l, l.ToThread(1), 2)
		l.Insert(vm.LBool(ok), l.GetTop()-n+1)
		return n + 1
	})
	return l
}

func compile(t testing.TB, source string) *vm.FunctionProto {
	t.Helper()
	chunk, err := syntax.Parse(source, "=t")
	if err != nil {
		t.Fatal(err)
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		t.Fatal(err)
	}
	return proto
}

// play gives what a program returned or raised, and how many instructions it
// took.
func play(l *vm.LState, proto *vm.FunctionProto) (out string, used int64) {
	defer func() {
		switch r := recover(); e := r.(type) {
		case nil:
		case *vm.ApiError:
			out, used = "raised "+native.ToString(e.Object), native.Of(l).Used()
		default:
			panic(r)
		}
	}()
	before := native.Of(l).Used()
	l.Push(l.NewFunctionFromProto(proto))
	l.Call(0, vm.MultRet)
	var list []string
	for i := 1; i <= l.GetTop(); i++ {
		v := l.Get(i)
		switch v.Type() {
		case vm.LTNumber, vm.LTString, vm.LTBool, vm.LTNil:
			list = append(list, native.ToString(v))
		default:
			list = append(list, v.Type().String())
		}
	}
	l.SetTop(0)
	return strings.Join(list, " "), native.Of(l).Used() - before
}

// programs touch every instruction, the usual case of it and the others.
var programs = []string{
	// Moves and constants.
	`local a, b, c = 1, 2, 3 a, b, c = c, a, b local d local e, f = nil, true return a, b, c, d, e, f, not f, not d, not 0`,
	`local t = {} for i = 1, 300 do t[i] = "k" .. i end return t[1], t[300], #t`,
	// Arithmetic.
	`local x, y = 7, 2 return x + y, x - y, x * y, x / y, x % y, x ^ y, -x, x // y`,
	`local x, y = -7, 2 return x % y, x % -y, 7 % -2, 0 % 5, -0.0 % 5, 1e300 % 3, 5.5 % 2, 1 / (0 * -1), x % (1/0)`,
	`local z = 0 return z / z ~= z / z, 1 % z, 5 % (-1/0), -5 % (1/0)`,
	`local x = 1.5 for i = 1, 200 do x = x + i * 0.25 end return x`,
	`return first(127 + 0, 127 + 1, 0 * -1, -0.0)`,
	`local s = "x" return s + 1`, `local t = {} return t * 2`, `local n return n - 1`, `return -{}`,
	`local m = {__add = function(a, b) return "add" end, __unm = function() return "unm" end, __len = function() return 42 end, __mod = function() return "mod" end} local t = meta({}, m) return t + 1, 1 + t, -t, #t, t % 2`,
	// Comparisons.
	`local t, u = {}, {} return 1 == 1, 1 == 2, "a" == "a", "a" == "b", 1 == "1", nil == nil, t == u, t == t, true == true, true == false, t ~= u, nil == false, print == nil, first == first, first == none, t == 1`,
	`local a, b = 1, 2 return a < b, a <= b, a > b, a >= b, b < a, b <= a, a <= a, a < a`,
	`local a, b = "a", "ab" return a < b, a <= b, a > b, a >= b, "\xff" > "a", "" < a, a < "a\0"`,
	`local n = 0 / 0 return n == n, n < n, n <= n, n ~= n, not (n < 1), not (n >= 1)`,
	`return {} < {}`, `return 1 < "2"`, `return nil <= 1`, `return true < false`,
	`local m = {__lt = function(a, b) return a.v < b.v end, __le = function(a, b) return a.v <= b.v end, __eq = function(a, b) return a.v == b.v end} local a, b, c = meta({v = 1}, m), meta({v = 2}, m), meta({v = 1}, m) return a < b, b < a, a <= c, a == c, a ~= b, a == b`,
	`local r = {} for _, v in first, {}, nil do r = v break end local a, b = nil, false return a and 1, b or 2, a or b, 0 and 3, (a or 5) and 6, r`,
	// Tables.
	`local t = {10, 20, 30, n = 5, [1.5] = "x"} t[2] = t[2] + t[1] t.n = t.n + 1 t.m = t.n t[4] = 40 t[6] = 60 return t[1], t[2], t[4], t[5], t[6], t.n, t.m, t.none, t[1.5], t[-1], t[0], t["n"], #t`,
	`local t = {} for i = 1, 100 do t[i] = i end for i = 1, 100 do t[i] = nil end t.x = 1 t.x = nil t.y = nil return #t, t[1], t.x, t.y`,
	`local t = {1, 2, 3} t[200000] = 4 t[131071] = 5 return t[200000], t[131071], t[131072]`,
	`local t = {} t[0/0] = 1`, `local t = {} t[nil] = 1`, `local t = {} return t[nil], t[0/0]`,
	`local n return n.x`, `local n n.x = 1`, `local n return n[1]`, `local n n[1] = 1`, `return undefined.x`, `undefined.x = 1`,
	`local base = {x = 1, f = function(self) return self.y end} local mid = meta({y = 2}, {__index = base}) local o = meta({}, {__index = mid}) o.z = 3 return o.x, o.y, o.z, o.w, o:f()`,
	`local o = meta({}, {__index = function(t, k) return k .. "!" end}) local p = meta({}, {__index = o}) return o.x, o[1], p.x, p[2], o:rep()`,
	`local log = {} local o = meta({there = 1}, {__newindex = function(t, k, v) log[#log + 1] = k end}) o.a = 1 o[1] = 2 o.there = 3 o.there = nil o.there = 4 return log[1], log[2], log[3], o.a, o.there`,
	`local o = meta({}, {__newindex = {}}) o.a = 1 o[1] = 2 return o.a, o[1]`,
	`local o = meta({}, {}) o.a = 1 o[1] = 2 o[2] = 3 return o.a, o[1], o[2], #o, o.b`,
	`local t = {} for i = 1, 20 do t = meta({}, {__index = t}) end return t.x, t[1]`,
	`local t = {1, nil, 3} t[2] = 2 local o = meta({1, nil, 3}, {__newindex = function(t, k, v) end}) o[2] = 2 o[1] = 9 return t[2], o[2], o[1]`,
	`local s = "text" return s.x`, `return ("x"):missing()`, `local t = {} t:missing()`,
	`x = 1 x = x + 1 y = nil return x, y, z, _G`, `meta(_ENV or {}, {})`,
	// Calls.
	`local function f(a, b, c) return c, b, a end return f(), f(1), f(1, 2, 3, 4, 5)`,
	`local function f(a) return a, a end local a, b, c = f(1) local t = {f(2), f(3)} return a, b, c, #t, (f(4))`,
	`local function f(...) local a, b = ... return a, b, ... end return f(1, nil, 3)`,
	`local function f(...) return ... end local function g(...) return f(...) end return g(1, 2, g(3, 4))`,
	`local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(15)`,
	`local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end return deep(1000), deep(7), deep(8), deep(9), deep(2000)`,
	`local function loop(n) if n == 0 then return "end" end return loop(n - 1) end return loop(1000)`,
	`local function even(n) if n == 0 then return true end return apply(function() return n - 1 end) end return even(4)`,
	`return first(1, 2, none(), 3, none()), (none()), first(), #{none()}, #{first(1, nil, 2)}`,
	`local a, b, c = first(1) local d = none() return a, b, c, d`,
	`return apply(function(...) return ... end, 1, 2), apply(function() end), apply(first, 5, 6), apply(none)`,
	`return all(function(...) return ... end, 1, 2, 3)`, `return all(function() return 1, 2 end)`,
	`local o = meta({}, {__call = function(self, a, b) return a, b, self end}) return o(1, 2), (o(3))`,
	`local o = {} o()`, `undefined()`, `local o = {} o.x.y()`, `none().x = 1`, `apply(nil)`,
	`local function f() return 1 end local function g() return f(), f() end local function h() return g() end return h(), g()`,
	`local r = {} for i = 1, 40 do r[i] = apply(function(n) local function deep(m) if m == 0 then return n end return deep(m - 1) end return deep(n), 2 end, i) end return r[1], r[40]`,
	// Upvalues.
	`local function counter() local n = 0 return function() n = n + 1 return n end end local a, b = counter(), counter() return a(), a(), b(), a()`,
	`local fs = {} for i = 1, 3 do local j = i fs[i] = function() j = j + 1 return i + j end end return fs[1](), fs[1](), fs[2](), fs[3]()`,
	`local n = 0 local function f() n = n + 1 local function g() n = n + 10 return n end return g() end return f(), f(), n`,
	// Loops.
	`local s = 0 for i = 10, 1, -3 do s = s + i end for i = 1, 0 do s = -1 end for i = 1, 2, 0.25 do s = s + i end return s`,
	`local s = 0 while s < 50 do s = s + 7 if s % 5 == 0 then break end end repeat local d = s s = s + 1 until d > 60 return s`,
	`for i = 1, "x" do end`, `for i = 1, 2, 0 do end`, `local n for i = n, 2 do end`,
	`for i = 1, 3 do for j = i, 3 do if j == 2 then goto next end x = (x or 0) + i * j ::next:: end end return x`,
	// Coroutines.
	`local co = create(function(a, b) local c = yield(a + b) local d, e = yield(c * 2) return d, e end) return first(resume(co, 1, 2)), first(resume(co, 5)), first(resume(co, 6, 7)), resume(co)`,
	`local co = create(function() local function deep(n) if n == 0 then return yield("deep") end return 1 + deep(n - 1) end return deep(20) end) return first(resume(co)), resume(co, 5)`,
	`local co = create(function() for i = 1, 3 do yield(i) end end) local r = {} for i = 1, 4 do local ok, v = resume(co) r[i] = v end return r[1], r[2], r[3], r[4]`,
	`local co = create(function() local x = nil + 1 end) return resume(co)`,
	`local co = create(function() return first(yield()) end) resume(co) return resume(co, 1, 2, 3)`,
	`return yield(1)`,
	// Closing.
	`local log = {} do local c <close> = meta({}, {__close = function() log[1] = "closed" end}) end return log[1]`,
}

// TestSameAsTheMachine holds the loop against the machine's own: the same
// results, the same errors, and the same number of instructions.
func TestSameAsTheMachine(t *testing.T) {
	for _, source := range programs {
		proto := compile(t, source)
		want, least := play(newState(t, false), proto)
		l := newState(t, true)
		got, used := play(l, proto)
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
		if used != least {
			t.Errorf("%s\n%d instructions, not %d", source, used, least)
		}
		if !strings.HasPrefix(want, "raised") {
			if again, _ := play(l, proto); again != want && !strings.Contains(source, "x = ") {
				t.Errorf("%s\nthe second time %q\nwant %q", source, again, want)
			}
		}
	}
}

// TestHits runs code that counts, and checks that it costs nothing.
func TestHits(t *testing.T) {
	const nop = uint32(vm.OP_NOP) << 26
	proto := compile(t, `local function f(n) for i = n, 2, 1 do g = i end end for i = 1, 5 do f(i) end`)
	f := proto.FunctionPrototypes[0]
	plain := append([]uint32{}, f.Code...)
	loop := -1
	for pc, i := range plain {
		if int(i>>26) == vm.OP_FORLOOP {
			loop = pc
		}
	}
	// Around the function: a loop begins, and behind its FORLOOP it ends.
	counting := append([]uint32{nop | 1<<6<<18 | 7<<18 | 99, nop | 1<<18 | 3}, plain...)
	counting = append(counting[:loop+3], append([]uint32{nop | 3<<6<<18 | 7<<18 | 4, nop | 2<<6<<18 | 7<<18 | 5, nop | 3<<6<<18 | 7<<18 | 6}, counting[loop+3:]...)...)
	hits := &machine.Hits{Counts: make([]uint64, 7)}
	m := &machine.Meter{Left: 1 << 40, Hits: hits}
	l := native.NewState()
	defer l.Close()
	if machine.Install(l, m) == nil {
		t.Fatal(machine.Fits())
	}
	count := func() int64 {
		before := m.Left
		l.Push(l.NewFunctionFromProto(proto))
		l.Call(0, 0)
		return before - m.Left
	}
	without := count()
	f.Code = counting
	f.DbgSourcePositions = make([]int, len(counting))
	// One instruction of each of five calls is free.
	if with := count(); with != without-5 {
		t.Errorf("%d instructions with the counting ones, %d without", with, without)
	}
	if got, want := fmt.Sprint(hits.Counts), "[0 0 0 5 5 5 0]"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	m.Hits = nil
	count() // counts nowhere, and does no harm
}

// TestSpent has a meter that runs out.
func TestSpent(t *testing.T) {
	l := native.NewState()
	defer l.Close()
	slices := 0
	m := &machine.Meter{Left: 10}
	m.Spent = func(th *vm.LState) {
		if slices++; slices > 3 {
			th.RaiseError("enough")
		}
		m.Left += 10
	}
	if machine.Install(l, m) == nil {
		t.Fatal(machine.Fits())
	}
	l.Push(l.NewFunctionFromProto(compile(t, "while true do end")))
	err := l.PCall(0, 0, nil)
	if err == nil || !strings.Contains(err.Error(), "t:1: enough") || m.Left != -1 {
		t.Errorf("ended with %v, %d left", err, m.Left)
	}
}
