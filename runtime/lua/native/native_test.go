package native

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// newState makes a state with a budget and a few functions for tests.
func newState(t testing.TB) *vm.LState {
	t.Helper()
	l := vm.NewState(vm.Options{SkipOpenLibs: true, CallStackSize: 16384, MinimizeStackMemory: true, RegistrySize: 512, RegistryMaxSize: 1 << 20, RegistryGrowStep: 1024})
	t.Cleanup(l.Close)
	Attach(l, nil)
	driver := load(t, l, DriverSource, `
		local start, xstart, continue, pass = ...
		local function loop(th, ...)
			if th then return loop(continue(th, pass(...))) end
			return ...
		end
		function pcall(...) return loop(start(...)) end
		function xpcall(...) return loop(xstart(...)) end`)
	natives := []vm.LGFunction{
		func(l *vm.LState) int { CheckAny(l, 1); return Protect(l, nil) },
		func(l *vm.LState) int {
			h := HandlerOf(CheckFunction(l, 2))
			l.Remove(2)
			return Protect(l, h)
		},
		Continue,
		Yield,
	}
	var args []vm.LValue
	for _, fn := range natives {
		args = append(args, l.NewFunction(fn))
	}
	if _, raised := PCall(l, nil, driver, args...); raised != nil {
		t.Fatal(raised)
	}
	set := func(name string, fn vm.LGFunction) { l.SetGlobal(name, l.NewFunction(fn)) }
	set("error", func(l *vm.LState) int { RaiseValue(l, l.Get(1)); return 0 })
	set("raise", func(l *vm.LState) int { Raise(l, "%s", CheckString(l, 1)); return 0 })
	set("int", func(l *vm.LState) int { CheckInteger(l, 1); return 0 })
	set("each", func(l *vm.LState) int { l.Push(l.Get(1)); Call(l, 0, 0); return 0 })
	set("create", func(l *vm.LState) int { l.Push(NewCoroutine(l, CheckFunction(l, 1))); return 1 })
	set("status", func(l *vm.LState) int { l.Push(vm.LString(Status(l, l.ToThread(1)))); return 1 })
	set("yield", func(l *vm.LState) int {
		if problem := Yieldable(l); problem != "" {
			RaiseValue(l, vm.LString(problem))
		}
		return Yield(l)
	})
	set("resume", func(l *vm.LState) int {
		ok, n := Resume(l, l.ToThread(1), 2)
		l.Insert(vm.LBool(ok), l.GetTop()-n+1)
		return n + 1
	})
	set("traceback", func(l *vm.LState) int {
		l.Push(vm.LString(Traceback(l, l.ToString(1), 1)))
		return 1
	})
	set("tostring", func(l *vm.LState) int { l.Push(vm.LString(ToString(l.Get(1)))); return 1 })
	return l
}

func load(t testing.TB, l *vm.LState, name, source string) *vm.LFunction {
	t.Helper()
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		t.Fatal(err)
	}
	proto, err := vm.Compile(chunk, name)
	if err != nil {
		t.Fatal(err)
	}
	return l.NewFunctionFromProto(proto)
}

func run(t testing.TB, l *vm.LState, source string) (string, vm.LValue) {
	t.Helper()
	results, raised := PCall(l, nil, load(t, l, "t", source))
	if raised != nil {
		return "", raised
	}
	var b strings.Builder
	for i, r := range results {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(ToString(r))
	}
	return b.String(), nil
}

func TestRun(t *testing.T) {
	for source, want := range map[string]string{
		`return pcall(error, 'x')`: "false x",
		`local n=0 local function inc() n=n+1 end inc() pcall(error,'x') inc() inc() return n`: "3",
		`return pcall(function(...) return ... end, 1, nil, 3)`:                                "true 1 nil 3",
		`return pcall(raise, 'm')`:                                                "false m",
		`return pcall(function() raise('m') end)`:                                 "false t:1: m",
		`return pcall(int)`:                                                       "false bad argument #1 to '?' (number expected, got no value)",
		`return pcall(function() int() end)`:                                      "false t:1: bad argument #1 to 'int' (number expected, got no value)",
		`return pcall(function() int(1.5) end)`:                                   "false t:1: bad argument #1 to 'int' (number has no integer representation)",
		`return pcall(function() local o={m=int} o:m() end)`:                      "false t:1: calling 'm' on bad self (number expected, got table)",
		`return pcall(function() local o={m=int} o.m{} end)`:                      "false t:1: bad argument #1 to 'm' (number expected, got table)",
		`local a = pcall()`:                                                       "!t:1: bad argument #1 to 'pcall' (value expected)",
		`return pcall()`:                                                          "!bad argument #1 to '?' (value expected)",
		`local function f() return pcall(f) end local a = {f()} return #a, a[#a]`: "199 C stack overflow",
		`local function f() return f()+1 end return pcall(f)`:                     "false t:1: stack overflow",
		`return xpcall(error, function(m) return m..'!' end, 'x')`:                "false x!",
		`return xpcall(error, function(m) error('y') end, 'x')`:                   "false error in error handling",
		`return pcall(yield, 1)`:                                                  "false attempt to yield from outside a coroutine",
		`local co=create(function(...) local a,b = yield(...) return a,b,pcall(yield,7) end) return resume(co,1,2)`:                                    "true 1 2",
		`local co=create(function(...) local a,b = yield(...) return b,pcall(yield,7) end) resume(co) resume(co, 1) return resume(co, 8, 9)`:           "true nil true 8 9",
		`local co=create(function() local ok,e = pcall(function() local x = yield(1) raise(x) end) return ok, e end) resume(co) return resume(co,'m')`: "true false t:1: m",
		`local co=create(function() each(function() yield(1) end) end) return resume(co)`:                                                              "false attempt to yield across a C-call boundary",
		`local co=create(yield) local a,b=resume(co,5) local c,d,e=resume(co,6,7) return a,b,c,d,e,status(co)`:                                         "true 5 true 6 7 dead",
		`local co=create(function() return yield(1) end) resume(co) return resume(co, 4)`:                                                              "true 4",
		`local co=create(function() end) local t={resume(co)} return #t, status(co), resume(co)`:                                                       "1 dead false cannot resume dead coroutine",
		`local co co=create(function() return status(co), resume(co) end) return resume(co)`:                                                           "true running false cannot resume non-suspended coroutine",
		`local co=create(function() local t={} for i=1,3 do t[i]=select2 end return pcall(pcall, pcall, yield, 1) end) resume(co) return resume(co,2)`: "true true true true 2",
		`local co=create(function() local function f() return f()+1 end return f() end) return resume(co)`:                                             "false t:1: stack overflow",
	} {
		got, raised := run(t, newState(t), source)
		if raised != nil {
			got = "!" + raised.String()
			if err := Fatal(raised); err != nil {
				got = "!" + err.Error()
			}
		}
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		source string
		host   context.Context
		limits Limits
		want   Kind
	}{
		{`while true do end`, nil, Limits{Instructions: 10000}, Instructions},
		{`while true do pcall(function() while true do end end) end`, nil, Limits{Instructions: 10000}, Instructions},
		{`local co=create(function() while true do end end) while true do resume(co) end`, nil, Limits{Instructions: 10000}, Instructions},
		{`while true do end`, nil, Limits{Deadline: time.Now().Add(20 * time.Millisecond)}, Deadline},
		{`while true do end`, canceled, Limits{}, Canceled},
		{`local t={} while true do t[#t+1]={} end`, nil, Limits{Memory: 8 << 20}, Memory},
		{`while true do xpcall(error, function() while true do end end) end`, nil, Limits{Instructions: 10000}, Instructions},
	} {
		l := newState(t)
		b := Of(l).Budget
		b.Start(c.host, c.limits)
		_, raised := run(t, l, c.source)
		var limit *Limit
		if raised == nil || !errors.As(Fatal(raised), &limit) || limit.Kind != c.want {
			t.Errorf("%s: got %v, want %s", c.source, raised, c.want)
			continue
		}
		if c.want != Memory && !strings.HasPrefix(limit.Error(), "t:1: ") {
			t.Errorf("%s: %v names no place", c.source, limit)
		}
		if _, raised := run(t, l, `return 1`); Fatal(raised) == nil {
			t.Errorf("%s: the state still runs", c.source)
		}
	}
}

func TestMemoryForgetsGarbage(t *testing.T) {
	l := newState(t)
	Of(l).Budget.Start(context.Background(), Limits{Memory: 4 << 20})
	if _, raised := run(t, l, `for i=1,200000 do local t={i} end`); raised != nil {
		t.Error(raised)
	}
}

// TestMeasure holds the estimate against what the values surely take.
func TestMeasure(t *testing.T) {
	l := newState(t)
	b := Of(l).Budget
	empty := b.Measure(l)
	for source, least := range map[string]int64{
		`kept = {} for i = 1, 1000 do kept[i] = i end`:                                                              16 * 1000,
		`kept = {} for i = 1, 1000 do kept["k" .. i] = i end`:                                                       60 * 1000,
		`kept = {} for i = 1, 1000 do kept[i + 0.5] = {} end`:                                                       150 * 1000,
		`kept = {} for i = 1, 1000 do kept["k" .. i] = nil kept["k" .. i] = 1 kept["k" .. i] = nil end`:             60 * 1000,
		`local s = "x" for i = 1, 16 do s = s .. s end kept = {s, s, s}`:                                            1 << 16,
		`kept = {} for i = 1, 100 do local v = i kept[i] = function() return v end end`:                             100 * 100,
		`kept = create(function() local s = "y" for i = 1, 16 do s = s .. s end yield() return s end) resume(kept)`: 1 << 16,
	} {
		if _, raised := run(t, l, source); raised != nil {
			t.Fatal(raised)
		}
		got := b.Measure(l) - empty
		if got < least || got > 4*least+100<<10 {
			t.Errorf("%s: %d bytes, want %d and some", source, got, least)
		}
	}
	run(t, l, `kept = nil`)
	if got := b.Measure(l) - empty; got > 200<<10 {
		t.Errorf("%d bytes are left", got)
	}
}

// TestNoRoomForTheCall has a limit that not even the call's own thread fits in.
func TestNoRoomForTheCall(t *testing.T) {
	l := NewState()
	defer l.Close()
	Attach(l, nil).Start(context.Background(), Limits{Memory: 1000})
	fn := &vm.LFunction{IsG: true, GFunction: func(*vm.LState) int { return 0 }}
	for range 2 {
		var limit *Limit
		if _, raised := PCall(l, nil, fn); raised == nil || !errors.As(Fatal(raised), &limit) || limit.Kind != Memory {
			t.Errorf("raised %v", raised)
		}
	}
}

// TestPanicInNative shows that a fault of a native ends the state and not the
// program.
func TestPanicInNative(t *testing.T) {
	for _, source := range []string{`boom()`, `pcall(boom)`, `resume(create(boom))`, `local co = create(function() yield() boom() end) resume(co) pcall(resume, co)`, `xpcall(error, boom)`} {
		l := newState(t)
		l.SetGlobal("boom", l.NewFunction(func(*vm.LState) int { panic("boom") }))
		_, raised := run(t, l, source+" return 1")
		var crash *Crash
		if raised == nil || !errors.As(Fatal(raised), &crash) || !strings.Contains(crash.Error(), "boom") {
			t.Errorf("%s: raised %v", source, raised)
		}
	}
}
