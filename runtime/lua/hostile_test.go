package lua_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
)

// hostile are scripts that want more than they may have. Each must end within
// twice its deadline and below its memory limit, with one error that names the
// script and its line; or, where "ends" is set, end well.
var hostile = []struct {
	name, code string
	ends       bool
	// either is for recursion that ends by itself, on a machine quick enough.
	either bool
}{
	{name: "endless loop", code: `while true do end`},
	{name: "endless repeat", code: `repeat until false`},
	{name: "endless goto", code: `::a:: goto a`},
	{name: "endless for", code: `for i = 1, math.huge do end`},
	{name: "loop in pcall", code: `while true do pcall(function() while true do end end) end`},
	{name: "loop in xpcall's handler", code: `xpcall(error, function() while true do end end)`},
	{name: "loop in a coroutine", code: `coroutine.wrap(function() while true do end end)()`},
	{name: "loop of coroutines", code: `while true do coroutine.wrap(function() coroutine.yield() end)() end`},
	{name: "loop in a coroutine in pcall", code: `while true do pcall(coroutine.wrap(function() while true do end end)) end`},
	{name: "loop in __index", code: `local t = setmetatable({}, {__index = function() while true do end end}) return t.x`},
	{name: "loop in __gc-like __close", code: `local x <close> = setmetatable({}, {__close = function() while true do end end})`},
	{name: "loop in __tostring", code: `print(setmetatable({}, {__tostring = function() while true do end end}))`},
	{name: "loop in __eq", code: `local m = {__eq = function() while true do end end} return setmetatable({}, m) == setmetatable({}, m)`},
	{name: "loop in __concat", code: `return setmetatable({}, {__concat = function() while true do end end}) .. "x"`},
	{name: "loop in an iterator", code: `for _ in function() return 1 end do end`},
	{name: "loop in sort's comparator", code: `table.sort({3, 2, 1}, function() while true do end end)`},
	{name: "loop in gsub's function", code: `("x"):gsub("x", function() while true do end end)`},
	{name: "loop in load's reader", code: `load(function() return " " end)`},
	{name: "loop over next", code: `local t = {1} while next(t) do end`},
	{name: "error with a looping __tostring", code: `error(setmetatable({}, {__tostring = function() while true do end end}))`, ends: true},
	{name: "deep recursion", code: `local function f() return 1 + f() end f()`, ends: true},
	{name: "deep recursion, caught for ever", code: `local function f() return 1 + f() end while true do pcall(f) end`},
	{name: "tail recursion", code: `local function f() return f() end f()`},
	{name: "mutual recursion through pcall", code: `local f, g function f() pcall(g) end function g() pcall(f) end while true do f() end`},
	{name: "recursion through pcall", code: `local function f() return pcall(f) end f()`, ends: true},
	{name: "recursion through __index", code: `local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x`, either: true},
	{name: "recursion through tostring", code: `local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) end return tostring(t)`, ends: true},
	{name: "recursion through gsub", code: `local function f(s) return (s:gsub(".", f)) end f("x")`, ends: true},
	{name: "recursion through sort", code: `local function f() table.sort({1, 2}, f) return true end f()`, ends: true},
	{name: "recursion through coroutines", code: `local function f() return coroutine.wrap(f)() end f()`, ends: true},
	{name: "recursion through load", code: `function f() return load("return f()")() end f()`, either: true},
	{name: "__index that is itself", code: `local t = {} t.__index = t setmetatable(t, t) return t.x`, ends: true},
	{name: "doubling a string", code: `local s = "x" while true do s = s .. s end`},
	{name: "doubling a string, kept", code: `local t = {} while true do t[#t + 1] = ("x"):rep(1e6 + #t) end`},
	{name: "string.rep", code: `return string.rep("x", 1e10)`},
	{name: "rep by the metatable", code: `return ("x"):rep(1e9):rep(1e9)`},
	{name: "rep with a separator", code: `return ("x"):rep(1e8, ("y"):rep(1e6))`},
	{name: "format width", code: `return string.format("%099d", 1) .. string.format("%9999d", 1)`, ends: true},
	{name: "format growth", code: `local s = "xxxxxxxxxx" while true do s = string.format("%s%s", s, s) end`},
	{name: "unpack", code: `return table.unpack({}, 1, 1e8)`, ends: true},
	{name: "unpack of a lot", code: `return table.unpack({}, 1, 1e6)`, ends: true},
	{name: "select", code: `return select(-1e9, 1)`, ends: true},
	{name: "table.concat", code: `local t = {} for i = 1, 1e5 do t[i] = ("x"):rep(1e4) end return table.concat(t)`},
	{name: "concat over a huge range", code: `return table.concat(setmetatable({}, {__index = function() return "x" end}), "", 1, 1e9)`},
	{name: "table.move", code: `return table.move({1}, 1, 1e9, 2)`},
	{name: "table.insert", code: `local t = {} while true do table.insert(t, 1, {}) end`},
	{name: "list growth", code: `local t = {} while true do t[#t + 1] = #t end`},
	{name: "list growth by insert", code: `local t = {} while true do table.insert(t, #t) end`},
	{name: "front of a long list", code: `local t = {} for i = 1, 160000 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end`},
	{name: "length of a list with a long hole", code: `local t = {[1] = 1, [131000] = 1} t[131000] = nil while true do local n = #t end`},
	{name: "table growth", code: `local t, i = {}, 0 while true do i = i + 1 t[i] = i end`},
	{name: "table growth by names", code: `local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end`},
	{name: "tables in tables", code: `local t = {} while true do t = {t, {}, {}} end`},
	{name: "a far index", code: `local t = {} for i = 1, 30 do t[2^i * 1000] = i end`, ends: true},
	{name: "closures", code: `local t = {} while true do t[#t + 1] = function() return t end end`},
	{name: "coroutines kept", code: `local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t + 1] = c end`},
	{name: "gsub growth", code: `local s = "x" while true do s = s:gsub(".", "%0%0%0%0") end`},
	{name: "30-fold optional", code: `return ("a"):rep(30):find(("a?"):rep(30) .. ("a"):rep(30))`},
	{name: "lazy repetitions", code: `return ("a"):rep(100000):find(".-.-.-.-b")`},
	{name: "greedy repetitions", code: `return ("a"):rep(20000):find(".*.*.*.*b")`},
	{name: "balanced", code: `return ("("):rep(200000):find("%b()%b()b")`},
	{name: "gmatch without end", code: `while true do for _ in ("x"):gmatch("") do end end`},
	{name: "deep pattern", code: `return ("x"):find(("("):rep(40))`, ends: true},
	{name: "nested source", code: `return load(("("):rep(1e5) .. "1" .. (")"):rep(1e5))`, ends: true},
	{name: "nested tables in source", code: `return load("return " .. ("{"):rep(1e5) .. ("}"):rep(1e5))`, ends: true},
	{name: "long line of source", code: `return load("return " .. ("1+"):rep(1e6) .. "1")`, ends: true},
	{name: "10 MB in one line", code: `load("return " .. ("1+"):rep(5e6) .. "1")`},
	{name: "load for ever", code: `while true do load("local x = 1 return x") end`},
	{name: "load more and more", code: `local s = "return 1" while true do s = s .. "+1" load(s) end`},
	{name: "collectgarbage for ever", code: `while true do collectgarbage() end`},
	{name: "collectgarbage count for ever", code: `while true do collectgarbage("count") end`},
	{name: "os.time for ever", code: `while true do os.time() os.date() end`},
	{name: "tostring for ever", code: `while true do tostring({}) end`},
	{name: "string.pack", code: `return string.pack("s4", ("x"):rep(1e9))`},
	{name: "utf8.char", code: `local t = {} for i = 1, 200 do t[i] = 0x10ffff end while true do utf8.char(table.unpack(t)) end`},
	{name: "error in error handling", code: `xpcall(error, function() error() end)`, ends: true},
	{name: "getmetatable of strings", code: `getmetatable("").__index = function() while true do end end return ("x").y`},
	{name: "debug.traceback for ever", code: `while true do debug.traceback() end`},
	{name: "require of a loop", code: `package.preload.x = function() while true do end end require "x"`},
	{name: "swallowing errors", code: `while true do pcall(error, ("x"):rep(1000)) end`},
	{name: "upper of a long string", code: `local s = ("x"):rep(3e7) while true do s:upper() end`},
	{name: "reverse of a long string", code: `local s = ("x"):rep(3e7) while true do s:reverse() end`},
	{name: "tonumber of a long string", code: `local s = ("1"):rep(2e7) while true do tonumber(s) end`},
	{name: "tonumber with a base of a long string", code: `local s = ("1"):rep(2e7) while true do tonumber(s, 2) end`},
	{name: "arithmetic on a long string", code: `local s = ("1"):rep(1e7) while true do local x = s + 1 end`},
	{name: "utf8.offset in a long string", code: `local s = ("x"):rep(6e7) while true do utf8.offset(s, 6e7) end`},
	{name: "%q of a long string", code: `local s = ("x"):rep(2e7) while true do string.format("%q", s) end`},
	{name: "%q of many long strings", code: `local t = {} for i = 1, 100 do t[i] = ("\0"):rep(1e7) end string.format(("%q"):rep(100), table.unpack(t))`},
	{name: "options of pack", code: `local s = ("<"):rep(2e7) while true do string.pack(s) end`},
	{name: "zero-terminated strings", code: `local s = ("x"):rep(2e7) .. "\0" while true do string.unpack("z", s) end`},
	{name: "os.date of a long format", code: `os.date(("%c"):rep(2e7))`},
	{name: "os.date for ever", code: `local s = ("%c"):rep(1e6) while true do os.date(s) end`},
	{name: "one long run", code: `local s = ("x"):rep(6e7) while true do s:match("^[a-z]*") end`},
	{name: "long set", code: `local p, s = "[" .. ("a"):rep(1e6) .. "]*", ("x"):rep(1e6) while true do s:match(p) end`},
	{name: "long frontier", code: `local p, s = "%f[" .. ("a"):rep(1e6) .. "]", ("x"):rep(1e6) while true do s:match(p) end`},
	{name: "print of many long strings", code: `local s = ("x"):rep(1e7) local t = {} for i = 1, 200 do t[i] = s end print(table.unpack(t))`},
	{name: "warn of many long strings", code: `local s = ("x"):rep(1e7) local t = {} for i = 1, 200 do t[i] = s end warn("@on") warn(table.unpack(t))`},
	{name: "long separator", code: `local s = ("x"):rep(1e7) table.concat(setmetatable({}, {__len = function() return 1e9 end, __index = function() return 1 end}), s)`},
	{name: "pieces of long strings", code: `local t = {} for i = 1, 1e6 do t[i] = (("x"):rep(1e6) .. i):sub(5, 5) end`},
	{name: "captures of long strings", code: `local t = {} for i = 1, 1e6 do t[i] = (("x"):rep(1e6) .. i):match("(.)") end`},
	{name: "iterators over long strings", code: `local t = {} for i = 1, 1e6 do t[i] = (("x"):rep(1e5) .. i):gmatch("x") end`},
	{name: "chunks kept", code: `local t = {} for i = 1, 1e6 do t[i] = load("return [[" .. ("x"):rep(1e5) .. i .. "]]") end`},
	{name: "environments kept", code: `local t = {} for i = 1, 1e6 do t[i] = load("return a", "=x", "t", ("x"):rep(1e5) .. i) end`},
	{name: "os.execute", code: `os.execute("sleep 5")`},
	{name: "io.popen", code: `io.popen("sleep 5; true"):read("a")`},
	{name: "closing a process", code: `io.popen("sleep 5; true"):close()`},
	{name: "a process that reads nothing", code: `local f = io.popen("sleep 5; true", "w") while true do f:write(("x"):rep(1e5)) end`},
	{name: "blanks before a number", code: `io.popen("yes ''"):read("n")`},
	{name: "a process left behind", code: `io.popen("sleep 5; true")`, ends: true},
	{name: "coroutine.close loops", code: `local c = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(c) coroutine.close(c)`},
}

func TestHostileScripts(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	const deadline, memory = 400 * time.Millisecond, 64 << 20
	// What the collector has not come to yet is not the script's: let it come
	// often.
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			// One line before, so that a wrong line number shows.
			chunk, err := engine.Compile("hostile.lua", []byte("\n"+h.code))
			if err != nil {
				t.Fatal(err)
			}
			state := engine.NewState(lua.Options{Limits: lua.Limits{Time: deadline, Memory: memory}})
			defer state.Close()
			peak, stop := watch()
			start := time.Now()
			err = state.Run(context.Background(), chunk)
			took := time.Since(start)
			stop()
			if took > 2*deadline+slack {
				t.Errorf("it took %s", took)
			}
			if used := peak(); used > 2*memory {
				t.Errorf("it took %d MiB of memory", used>>20)
			}
			judgeHostile(t, err, h.ends || h.either, h.either)
		})
	}
}

// slack is for machines that do other things as well.
const slack = 300 * time.Millisecond

func judgeHostile(t *testing.T, err error, ends, either bool) {
	t.Helper()
	if err == nil {
		if !ends {
			t.Error("it ended well, and should not")
		}
		return
	}
	var e *lua.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T: %v", err, err)
	}
	if e.Code == lua.CodeInternal {
		t.Errorf("a fault of luapush: %v", e)
	}
	if ends && !either && e.Fatal() {
		t.Errorf("it was stopped (%s), and should have ended by itself", e)
	}
	if !ends && !e.Fatal() && !strings.Contains(e.Message, "too large") && !strings.Contains(e.Message, "not enough memory") && !strings.Contains(e.Message, "too complex") {
		t.Errorf("it ended by itself: %s", e)
	}
	if _, isString := e.Value.(fmt.Stringer); isString && e.Text == "(null)" {
		return // an error value that is a table has no place
	}
	if e.Script != "hostile.lua" && !strings.HasPrefix(e.Script, "[string") || e.Line == 0 {
		t.Errorf("the error does not say where: %s (%s:%d)", e.Message, e.Script, e.Line)
	}
}

// watch measures how much the heap grows while a script runs.
func watch() (peak func() uint64, stop func()) {
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	base, most := m.HeapAlloc, uint64(0)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				goruntime.ReadMemStats(&m)
				if m.HeapAlloc > base {
					most = max(most, m.HeapAlloc-base)
				}
			}
		}
	}()
	return func() uint64 { return most }, func() { close(done); <-ended }
}

func TestLimitsCannotBeCaught(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	chunk, err := engine.Compile("x.lua", []byte(`
local ran = 0
pcall(function() while true do end end)
ran = 1
`))
	if err != nil {
		t.Fatal(err)
	}
	state := engine.NewState(lua.Options{Limits: lua.Limits{Instructions: 10_000}})
	defer state.Close()
	var e *lua.Error
	if err := state.Run(context.Background(), chunk); !errors.As(err, &e) || e.Code != lua.CodeInstructions || e.Line != 3 {
		t.Fatalf("got %v", err)
	}
	// The state answers every further call with the same error.
	if again := state.Run(context.Background(), chunk); again != err && again.Error() != e.Error() {
		t.Errorf("a dead state ran: %v", again)
	}
}

func TestInstructionsAreExact(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	chunk, err := engine.Compile("x.lua", []byte("for i = 1, 1000 do end"))
	if err != nil {
		t.Fatal(err)
	}
	runs := func(limit int64) bool {
		state := engine.NewState(lua.Options{Limits: lua.Limits{Instructions: limit}})
		defer state.Close()
		return state.Run(context.Background(), chunk) == nil
	}
	low, high := int64(1), int64(100_000)
	for high-low > 1 {
		if middle := (low + high) / 2; runs(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	for range 3 {
		if runs(low) || !runs(high) {
			t.Fatalf("the budget is not exact around %d instructions", high)
		}
	}
}

func TestExit(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	chunk, err := engine.Compile("x.lua", []byte("pcall(os.exit, 3)"))
	if err != nil {
		t.Fatal(err)
	}
	state := engine.NewState(lua.Options{})
	defer state.Close()
	var e *lua.Error
	if err := state.Run(context.Background(), chunk); !errors.As(err, &e) || e.Code != lua.CodeExit {
		t.Errorf("got %v", err)
	}
}

// TestDeadlineOfTheCaller has a deadline that is not the state's own, of which
// the message has no number to tell.
func TestDeadlineOfTheCaller(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	chunk, err := engine.Compile("x.lua", []byte("while true do end"))
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []time.Duration{-1, 0} {
		state := engine.NewState(lua.Options{Limits: lua.Limits{Time: limit}})
		defer state.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		var e *lua.Error
		if err := state.Run(ctx, chunk); !errors.As(err, &e) || e.Code != lua.CodeDeadline || e.Message != "the call took too long" {
			t.Errorf("with a limit of %d: %v", limit, err)
		}
	}
}

// TestLengthOfTablesWithHoles proves a named divergence: PUC Lua gives 0.
func TestLengthOfTablesWithHoles(t *testing.T) {
	engine := lua.NewEngine(lua.EngineOptions{})
	chunk, err := engine.Compile("x.lua", []byte("local t = {} t[4] = true function length() return #t end"))
	if err != nil {
		t.Fatal(err)
	}
	state := engine.NewState(lua.Options{})
	defer state.Close()
	if err := state.Run(context.Background(), chunk); err != nil {
		t.Fatal(err)
	}
	var result [1]vm.LValue
	if err := state.Call(context.Background(), "length", state.L.G.Global.RawGetString("length"), result[:]); err != nil {
		t.Fatal(err)
	}
	if result[0] != vm.LNumber(4) {
		t.Errorf("#t is %v: the divergence has changed, so spec/divergences.md must", result[0])
	}
}
