package repair_test

import (
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/luapush/luapush/runtime/lua/repair"
	"github.com/luapush/luapush/runtime/lua/syntax"
)

// programs are what repaired code and gopher-lua's own are measured on; both
// run them right.
var programs = []struct{ name, text string }{
	{"fib", `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end return fib(20)`},
	{"loops", `local s = 0 for i = 1, 200 do for j = 1, 100 do if j % 3 == 0 then s = s + i elseif j > 50 then s = s - j end end end return s`},
	{"dynamic-loops", `local n, s = 3, 0 for i = 1, 3000 do local a = i for j = a, a + n do s = s + j end end return s`},
	{"while", `local i, s = 0, 0 while i < 20000 do i = i + 1 if i ~= 5 and s ~= nil then s = s + 1 end end return s`},
	{"tables", `local t = {} for i = 1, 1000 do t[i] = {x = i, y = {z = i}} end local s = 0 for k = 1, 10 do for i = 1, #t do s = s + t[i].x + t[i].y.z t[i].x = i end end return s`},
	{"pairs", `local t = {} for i = 1, 200 do t[i] = i t['k' .. i] = i end local s = 0 for k = 1, 20 do for _, v in pairs(t) do s = s + v end for i, v in ipairs(t) do s = s + i end end return s`},
	{"closures", `local function counter() local n = 0 return function() n = n + 1 return n end end local s = 0 for i = 1, 200 do local c = counter() for j = 1, 20 do s = s + c() end end return s`},
	{"oop", `local C = {} C.__index = C function C.new(x) return setmetatable({x = x}, C) end function C:add(n) self.x = self.x + n return self end function C:get() return self.x end
	local o = C.new(1) for i = 1, 5000 do o:add(i):get() end return o.x`},
	{"strings", `local t = {} for i = 1, 2000 do t[#t+1] = "item " .. i .. ": " .. (i * 2) .. "\n" end local s = "" for i = 1, 200 do s = s .. "x" end return #table.concat(t)`},
	{"globals", `x = 0 function inc(n) x = x + n end for i = 1, 5000 do inc(i) end return x`},
	{"handler", handlerBody + ` local s = 0 for i = 1, 200 do s = s + #handle({uid = i, from = "a@b", subject = "hello", flags = {"\\Seen"}}) end return s`},
}

const handlerBody = `
local function escape(s) if s == nil then return "" end return "<" .. s .. ">" end
function handle(event)
  local out = {}
  for k, v in pairs(event) do
    if type(v) == "string" then out[#out + 1] = k .. "=" .. escape(v)
    elseif type(v) == "number" then out[#out + 1] = k .. "=" .. tostring(v)
    else for _, f in ipairs(v) do out[#out + 1] = f end end
  end
  table.sort(out)
  return table.concat(out, "&")
end`

func compileOurs(tb testing.TB, text string) *vm.FunctionProto {
	tb.Helper()
	chunk, err := syntax.Parse(text, "=bench")
	if err != nil {
		tb.Fatal(err)
	}
	proto, err := repair.Compile(chunk)
	if err != nil {
		tb.Fatal(err)
	}
	return proto
}

func compileRaw(tb testing.TB, text string) *vm.FunctionProto {
	tb.Helper()
	chunk, err := parse.Parse(strings.NewReader(text), "bench")
	if err != nil {
		tb.Fatal(err)
	}
	proto, err := vm.Compile(chunk, "bench")
	if err != nil {
		tb.Fatal(err)
	}
	return proto
}

// BenchmarkRun runs each program as compiled here and as compiled by gopher-lua,
// on the same machine and with the same library.
func BenchmarkRun(b *testing.B) {
	for _, p := range programs {
		for _, side := range []struct {
			name    string
			compile func(testing.TB, string) *vm.FunctionProto
		}{{"raw", compileRaw}, {"ours", compileOurs}} {
			b.Run(p.name+"/"+side.name, func(b *testing.B) {
				proto := side.compile(b, p.text)
				l := vm.NewState()
				defer l.Close()
				fn := l.NewFunctionFromProto(proto)
				for b.Loop() {
					l.Push(fn)
					l.Call(0, 1)
					l.Pop(1)
				}
			})
		}
	}
}

// handlerText is a handler of about a hundred lines.
var handlerText = strings.Repeat(strings.TrimPrefix(handlerBody, "\n")+"\n\n", 7)

// BenchmarkLoad loads a handler of a hundred lines: here parsing, repairing and
// compiling, there gopher-lua's own parsing and compiling.
func BenchmarkLoad(b *testing.B) {
	b.Run("raw", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compileRaw(b, handlerText)
		}
	})
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compileOurs(b, handlerText)
		}
	})
	b.Run("ours-parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := syntax.Parse(handlerText, "=bench"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
