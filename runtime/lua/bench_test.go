package lua_test

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/luapush/luapush/runtime/lua"
)

// programs define a global function run, which does some work of one kind.
var programs = []struct{ name, code string }{
	{"fib", `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
function run() return fib(20) end`},
	{"table", `function run() local t = {} for i = 1, 2000 do t[i] = i * 2 end local s = 0 for i = 1, #t do s = s + t[i] end
for k, v in pairs(t) do s = s - v end return s end`},
	{"fields", `function run() local p = {x = 1, y = 2, z = 3} for i = 1, 2000 do p.x = p.x + p.y p.y = p.z - p.x p.z = p.x + i end return p.x end`},
	{"pattern", `local text = ("From: Dana Writer <dana@example.net>, Bob <bob@example.com>; "):rep(10)
function run() local n = 0 for name, address in text:gmatch("(%w+ ?%w*) <([%w%.]+@[%w%.]+)>") do n = n + #name + #address end
local s = text:gsub("[^%w]", function(c) return "%" end) return n + #s + (text:find("bob@", 1, true)) end`},
	{"concat", `function run() local s = "" for i = 1, 300 do s = s .. "k" .. i .. "=" .. (i * 2) .. ";" end
local t = {} for i = 1, 300 do t[#t + 1] = "item " .. i end return #s + #table.concat(t, ",") end`},
	{"format", `function run() local n = 0 for i = 1, 200 do n = n + #string.format("%d %5.2f %s %q %x", i, i / 3, "name", "a b", i) end return n end`},
	{"closures", `function run() local function counter(n) return function() n = n + 1 return n end end
local s = 0 for i = 1, 200 do local c = counter(i) for j = 1, 5 do s = s + c() end end return s end`},
	{"oop", `local Account = {} Account.__index = Account
function Account.new(b) return setmetatable({balance = b}, Account) end
function Account:deposit(v) self.balance = self.balance + v return self end
function run() local a = Account.new(0) for i = 1, 1000 do a:deposit(i) end return a.balance end`},
	{"json", `local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n"}
local function encode(v)
  local kind = type(v)
  if kind == "table" then
    if #v > 0 then local out = {} for i = 1, #v do out[i] = encode(v[i]) end return "[" .. table.concat(out, ",") .. "]" end
    local keys = {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys)
    local out = {} for i, k in ipairs(keys) do out[i] = encode(k) .. ":" .. encode(v[k]) end
    return "{" .. table.concat(out, ",") .. "}"
  elseif kind == "string" then return '"' .. v:gsub('["\\\n]', escapes) .. '"'
  else return tostring(v) end
end
local event = {name = "MessageNew", mailbox = "INBOX", uid = 17, flags = {"\\Seen", "\\Answered"}, subject = 'a "quoted" subject', list = {1, 2, 3, 4}}
function run() local n = 0 for i = 1, 20 do n = n + #encode(event) end return n end`},
	{"sort", `local seed = 42 local function random() seed = (seed * 16807) % 2147483647 return seed end
local values = {} for i = 1, 500 do values[i] = random() end
local words = {} for i = 1, 500 do words[i] = "word " .. values[i] end
function run() local t, u = {}, {} for i = 1, #values do t[i] = values[i] u[i] = words[i] end table.sort(t) table.sort(u) return t[1], u[1] end`},
	{"sortby", `local seed = 42 local function random() seed = (seed * 16807) % 2147483647 return seed end
local values = {} for i = 1, 500 do values[i] = random() end
function run() local t = {} for i = 1, #values do t[i] = values[i] end table.sort(t, function(a, b) return a > b end) return t[1] end`},
}

// BenchmarkPrograms compares luapush, without and with counting what is covered,
// with gopher-lua as it comes, once without and once with a context (the only
// way to stop it), and with PUC Lua, in one run: go test ./runtime/lua -bench Programs.
func BenchmarkPrograms(b *testing.B) {
	for _, p := range programs {
		b.Run(p.name+"/luapush", func(b *testing.B) { benchmarkEngine(b, p.code, lua.EngineOptions{}) })
		b.Run(p.name+"/covered", func(b *testing.B) {
			benchmarkEngine(b, p.code, lua.EngineOptions{Coverage: lua.NewCoverage(nil)})
		})
		b.Run(p.name+"/gopher", func(b *testing.B) { benchmarkGopher(b, p.code, false) })
		b.Run(p.name+"/gopher+context", func(b *testing.B) { benchmarkGopher(b, p.code, true) })
		b.Run(p.name+"/lua5.4", func(b *testing.B) { benchmarkPUC(b, p.code) })
	}
}

func benchmarkEngine(b *testing.B, code string, o lua.EngineOptions) {
	engine := lua.NewEngine(o)
	chunk, err := engine.Compile("bench.lua", []byte(code))
	if err != nil {
		b.Fatal(err)
	}
	state := engine.NewState(lua.Options{})
	defer state.Close()
	ctx := context.Background()
	if err := state.Run(ctx, chunk); err != nil {
		b.Fatal(err)
	}
	run := state.L.G.Global.RawGetString("run")
	for b.Loop() {
		if err := state.Call(ctx, "run", run, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkGopher(b *testing.B, code string, stoppable bool) {
	l := vm.NewState()
	defer l.Close()
	if stoppable {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		l.SetContext(ctx)
	}
	if err := l.DoString(code); err != nil {
		b.Skipf("gopher-lua cannot: %v", err)
	}
	run := l.GetGlobal("run")
	for b.Loop() {
		if err := l.CallByParam(vm.P{Fn: run, Protect: true}); err != nil {
			b.Skipf("gopher-lua cannot: %v", err)
		}
	}
}

func benchmarkPUC(b *testing.B, code string) {
	path, err := exec.LookPath("lua5.4")
	if err != nil {
		b.Skip("lua5.4 is not installed")
	}
	n := max(b.N, 1)
	program := fmt.Sprintf("%s\nlocal start = os.clock() for i = 1, %d do run() end print((os.clock() - start) * 1e9 / %d)", code, n, n)
	out, err := exec.Command(path, "-e", program).Output()
	if err != nil {
		b.Fatal(err)
	}
	ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(ns, "ns/op")
}

// handler is a script of about a hundred lines.
var handler = strings.Repeat(`
local function describe(event, user)
  local parts = {}
  for i, name in ipairs({"from", "to", "subject"}) do
    local value = event[name]
    if value ~= nil and value ~= "" then
      parts[#parts + 1] = name .. "=" .. tostring(value):gsub("%s+", " ")
    elseif i > 2 then
      return nil, "no subject"
    end
  end
  return table.concat(parts, "&"), #parts
end
`, 8)

// BenchmarkCompile compiles a handler of a hundred lines; its measure is
// BenchmarkCompileGopher in the same run.
func BenchmarkCompile(b *testing.B) {
	engine := lua.NewEngine(lua.EngineOptions{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Compile("handler.lua", []byte(handler)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCompileGopher is the same by gopher-lua's own compiler.
func BenchmarkCompileGopher(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		chunk, err := parse.Parse(strings.NewReader(handler), "handler.lua")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := vm.Compile(chunk, "handler.lua"); err != nil {
			b.Fatal(err)
		}
	}
}
