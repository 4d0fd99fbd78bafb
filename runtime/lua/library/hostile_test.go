package library

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
)

// hostile scripts and what ends them: a kind of limit, "exit", or "" for a
// script that ends by itself, be it with an error that it could catch.
var hostile = []struct {
	name, source string
	ends         native.Kind
}{
	{"loop", `while true do end`, native.Deadline},
	{"loop in pcall", `while true do pcall(function() while true do end end) end`, native.Deadline},
	{"loop in xpcall's handler", `xpcall(error, function() while true do end end)`, native.Deadline},
	{"handler that fails", `while true do xpcall(error, error) end`, native.Deadline},
	{"loop in coroutine", `while true do coroutine.wrap(function() while true do end end)() end`, native.Deadline},
	{"loop in pcall in coroutine", `while true do coroutine.wrap(function() while true do pcall(function() coroutine.yield() while true do end end) end end)() end`, native.Deadline},
	{"coroutines for ever", `while true do coroutine.wrap(function() coroutine.yield() end)() end`, native.Deadline},
	{"coroutines kept", `local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t+1] = c end`, native.Memory},
	{"loop in __index", `local t = setmetatable({}, {__index=function() while true do end end}) return t.x`, native.Deadline},
	{"loop in __close", `local x <close> = setmetatable({}, {__close=function() while true do end end}) error("x")`, native.Deadline},
	{"loop in __gc", `setmetatable({}, {__gc=function() while true do end end})`, ""},
	{"loop in __tostring", `tostring(setmetatable({}, {__tostring=function() while true do end end}))`, native.Deadline},
	{"error object with a loop", `error(setmetatable({}, {__tostring=function() while true do end end}))`, ""},
	{"loop in sort", `table.sort({1,2,3}, function() while true do end end)`, native.Deadline},
	{"sort without order", `local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end`, native.Deadline},
	{"loop in gsub", `("x"):rep(100):gsub("x", function() while true do end end)`, native.Deadline},
	{"deep recursion", `local function f() return f() + 1 end f()`, ""},
	{"deep recursion in pcall for ever", `local function f() return f() + 1 end while true do pcall(f) end`, native.Deadline},
	{"recursion through pcall", `local function f() return pcall(f) end f()`, ""},
	{"recursion through sort", `local function f() table.sort({1,2}, function() f() end) end f()`, ""},
	{"recursion through gsub", `local function f() ("x"):gsub("x", f) end f()`, ""},
	{"recursion through tostring", `local m m = setmetatable({}, {__tostring=function() return tostring(m) end}) tostring(m)`, ""},
	{"recursion through __index", `local t t = setmetatable({}, {__index=function(_, k) return t[k] end}) return t.x`, ""},
	{"recursion through coroutines", `local function f() return coroutine.wrap(f)() end f()`, ""},
	{"recursion through load", `local function f() return load(f) end f()`, ""},
	{"recursion through require", `package.preload.x = function() package.loaded.x = nil return require("x") end require("x")`, ""},
	{"string.rep", `("x"):rep(1e9)`, native.Memory},
	{"string.rep by method", `local s = ("x"):rep(1e6) while true do s = s:rep(2) end`, native.Memory},
	{"strings doubled", `local s = "x" while true do s = s .. s end`, native.Memory},
	{"strings doubled in pcall", `local s = "x" while true do pcall(function() s = s .. s end) end`, native.Memory},
	{"strings kept", `local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end`, native.Memory},
	{"format", `local t = {} while true do t[#t+1] = string.format("%99d%99d%99d", 1, 2, 3) end`, native.Memory},
	{"format nested", `local s = "x" while true do s = string.format("%s%s", s, s) end`, native.Memory},
	{"unpack", `table.unpack({}, 1, 1e8)`, ""},
	{"unpack for ever", `while true do table.pack(table.unpack({}, 1, 1e5)) end`, native.Deadline},
	{"concat", `local t = {} for i = 1, 1000 do t[i] = ("x"):rep(1e5) end table.concat(t)`, native.Memory},
	{"concat of one", `local s = ("x"):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end table.concat(t)`, native.Memory},
	{"gsub grows", `local s = ("x"):rep(1e6) s:gsub("x", ("y"):rep(1000))`, native.Memory},
	{"gsub grows by function", `("x"):rep(1e5):gsub("x", function() return ("y"):rep(1000) end)`, native.Memory},
	{"gsub for ever", `local s = "x" while true do s = s:gsub("x", "xx") end`, native.Memory},
	{"pattern 30 times a?", `("a"):rep(30):find(("a?"):rep(30) .. ("a"):rep(30))`, native.Deadline},
	{"pattern .-.-.-b", `("a"):rep(5000):find(".-.-.-b")`, native.Deadline},
	{"pattern .*.*.*b", `("a"):rep(5000):find(".*.*.*.*b")`, native.Deadline},
	{"pattern too complex", `("a"):rep(1000):find(("(a)"):rep(10) .. ("a?"):rep(300))`, ""},
	{"gmatch", `for a in ("a"):rep(5000):gmatch("(.-.-)b") do end`, native.Deadline},
	{"table grows", `local t = {} for i = 1, 1e9 do t[i] = i end`, native.Memory},
	{"tables in tables", `local t = {} while true do t[#t+1] = {x=1, y=2} end`, native.Memory},
	{"table.insert", `local t = {} while true do table.insert(t, 1) end`, native.Memory},
	{"table.insert in front", `local t = {} while true do table.insert(t, 1, 1) end`, native.Deadline},
	{"table.move", `table.move({}, 1, 1e9, 2)`, native.Deadline},
	{"deleted keys", `local t = {} for i = 1, 1e9 do t["k" .. i] = 1 t["k" .. i] = nil end`, native.Memory},
	{"closures kept", `local t = {} while true do t[#t+1] = function() return t end end`, native.Memory},
	{"load for ever", `while true do load("return 1") end`, native.Deadline},
	{"load a reader for ever", `load(function() return "x" end)`, native.Deadline},
	{"collectgarbage", `while true do collectgarbage() end`, native.Deadline},
	{"collectgarbage count", `while true do collectgarbage("count") end`, native.Deadline},
	{"__len", `table.concat(setmetatable({}, {__len=function() return 1e9 end, __index=function() return "x" end}))`, native.Deadline},
	{"sort with __len", `table.sort(setmetatable({}, {__len=function() return 2e9 end}))`, ""},
	{"sort of nothing", `table.sort(setmetatable({}, {__len=function() return 2e9 end}), rawequal)`, native.Deadline},
	{"string.char", `while true do string.char(table.unpack({}, 1, 0)) end`, native.Deadline},
	{"utf8.char", `utf8.len(("x"):rep(1e6)) while true do utf8.len(("x"):rep(1e6)) end`, native.Deadline},
	{"pack", `string.pack("c2000000000", "")`, native.Memory},
	{"packed strings", `local t = {} while true do t[#t+1] = string.pack("c99999", "") end`, native.Memory},
	{"os.exit", `os.exit(3)`, "exit"},
	{"os.exit in pcall", `while true do pcall(os.exit, 3) end`, "exit"},
	{"os.exit in coroutine", `while true do coroutine.resume(coroutine.create(function() os.exit(3) end)) end`, "exit"},
	{"os.exit in a handler", `while true do xpcall(error, function() os.exit(3) end) end`, "exit"},
	{"print", `while true do print(("x"):rep(1000)) end`, native.Deadline},
	{"next on itself", `local t = {1} while true do next(t) end`, native.Deadline},
	{"yield for ever", `local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end`, native.Deadline},
}

// discard takes what scripts print.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

func TestHostile(t *testing.T) {
	const memory = 16 << 20
	lib := newLibrary(t, Options{})
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			// The clock of the state goes on by a millisecond whenever it is
			// looked at, so that what is tested is that natives look at it.
			began := time.Unix(0, 0)
			now, looks := began, 0
			l := native.NewState()
			b := native.Attach(l, func() time.Time {
				now = now.Add(time.Millisecond)
				looks++
				return now
			})
			b.SetHooks(repair.Hooks())
			lib.Open(l, StateOptions{Stdout: discard{}, Seed: 1})
			defer l.Close()
			limits := native.Limits{Memory: memory}
			if h.ends == native.Deadline {
				limits.Deadline = began.Add(200 * time.Millisecond)
			}
			b.Start(context.Background(), limits)
			_, raised := do(t, l, h.source)
			if h.ends == native.Deadline && looks > 210 {
				t.Errorf("ran on for %d looks at the clock", looks-200)
			}
			fatal := native.Fatal(raised)
			if h.ends == "" {
				if fatal != nil {
					t.Fatalf("ended by %v", fatal)
				}
				return
			}
			var exit *native.Exit
			var stopped *native.Limit
			switch {
			case h.ends == "exit":
				if !errors.As(fatal, &exit) || exit.Code != 3 {
					t.Fatalf("ended by %v", raised)
				}
			case !errors.As(fatal, &stopped) || stopped.Kind != h.ends:
				t.Fatalf("ended by %v (%v), want %s", raised, fatal, h.ends)
			case !strings.Contains(stopped.Where, "t\"]:1:"):
				t.Errorf("no position: %v", stopped)
			}
			if _, raised := do(t, l, "return 1"); native.Fatal(raised) == nil {
				t.Error("the state runs on")
			}
		})
	}
}

// TestMemoryStaysFree runs far more through a state than its limit, with little
// of it kept.
func TestMemoryStaysFree(t *testing.T) {
	for _, source := range []string{
		`for i = 1, 300 do local s = ("x"):rep(1e6) end`,
		`for i = 1, 200000 do local t = {i, i} end`,
		`for i = 1, 2000 do pcall(error, ("x"):rep(10000)) end`,
		`local t = {} for i = 1, 100000 do t[i % 100] = "v" .. i end`,
	} {
		l := newState(t, newLibrary(t, Options{}), &bytes.Buffer{})
		native.Of(l).Budget.Start(context.Background(), native.Limits{Memory: 8 << 20})
		if _, raised := do(t, l, source); raised != nil {
			t.Errorf("%s: %v %v", source, raised, native.Fatal(raised))
		}
	}
}

// TestShared runs many states of one library at the same time.
func TestShared(t *testing.T) {
	lib := newLibrary(t, Options{})
	done := make(chan string)
	const n = 8
	for i := range n {
		go func() {
			l := native.NewState()
			native.Attach(l, nil)
			lib.Open(l, StateOptions{})
			proto, err := compile("=t", []byte(`
				string.mine = ... local t = {} for k in pairs(string) do t[#t+1] = k end table.sort(t)
				for i = 1, 50 do pcall(error, i) coroutine.wrap(function() coroutine.yield() end)() end
				return string.mine, #t, ("%d"):format(math.floor(3.7)), utf8.char(228), select("#", pairs(math))`))
			if err != nil {
				done <- err.Error()
				return
			}
			results, raised := native.PCall(l, nil, l.NewFunctionFromProto(proto), vm.LNumber(i))
			Close(l)
			l.Close()
			switch {
			case raised != nil:
				done <- raised.String()
			case results[0] != vm.LNumber(i) || results[1] != vm.LNumber(18):
				done <- "wrong results"
			default:
				done <- ""
			}
		}()
	}
	for range n {
		if problem := <-done; problem != "" {
			t.Error(problem)
		}
	}
}

// TestLazy shows that no script can tell a module's table that is not filled
// yet from one that is.
func TestLazy(t *testing.T) {
	for _, source := range []string{
		`return next(string) ~= nil`,
		`local n = 0 for _ in pairs(math) do n = n + 1 end return n == 35`,
		`return rawget(table, "insert") ~= nil`,
		`return getmetatable(os) == nil and debug.getmetatable(coroutine) == nil`,
		`setmetatable(string, {__index=function(_, k) return k end}) return string.nope == "nope" and string.rep ~= nil`,
		`math.floor = nil return math.floor == nil and math.ceil ~= nil`,
		`string.rep = nil return ("x").rep == nil and ("x").upper ~= nil`,
		`rawset(utf8, "char", 1) return utf8.char == 1 and utf8.len ~= nil`,
		`rawset(utf8, "extra", 1) return utf8.char ~= nil`,
		`table.extra = 5 return rawget(table, "extra") == 5 and table.concat({}) == ""`,
		`local copy = {} for k, v in next, os do copy[k] = v end return copy.time == os.time`,
		`return package.loaded.string == string and require("string") == string`,
		`return rawequal(getmetatable("").__index, string) and rawlen(string) == 0 and #string == 0`,
		`local t = setmetatable({}, {__index = string}) return t.rep == string.rep and t.nope == nil`,
		`local t = setmetatable({}, {__newindex = math}) t.mine = 1 return math.mine == 1 and rawget(t, "mine") == nil and math.pi > 3`,
		`_ENV = setmetatable({}, {__index = _G}) return string.rep("x", 2) == "xx"`,
		`return load("return rep('x', 2)", "c", "t", string)() == "xx"`,
		`local e = setmetatable({}, {__index = math}) return load("return floor(2.5)", "c", "t", e)() == 2`,
		`io.extra = 1 return io.write ~= nil and io.stdout ~= nil`,
		`package.extra = 1 return package.path ~= nil and package.loaded ~= nil`,
	} {
		l := newState(t, newLibrary(t, Options{}), &bytes.Buffer{})
		results, raised := do(t, l, source)
		if raised != nil || len(results) != 1 || results[0] != vm.LTrue {
			t.Errorf("%s: %v %v", source, results, raised)
		}
	}
}
