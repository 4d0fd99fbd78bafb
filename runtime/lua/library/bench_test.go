package library

import (
	"bytes"
	"context"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/luapush/luapush/runtime/lua/native"
	"github.com/luapush/luapush/runtime/lua/repair"
)

// BenchmarkOpen compares what a mail session costs before its script runs.
func BenchmarkOpen(b *testing.B) {
	b.Run("gopher", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			vm.NewState().Close()
		}
	})
	lib := newLibrary(b, Options{})
	open := func() *vm.LState {
		l := native.NewState()
		native.Attach(l, nil).SetHooks(repair.Hooks())
		lib.Open(l, StateOptions{})
		return l
	}
	b.Run("luapush", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			open().Close()
		}
	})
	b.Run("luapush-used", func(b *testing.B) {
		// With a script that uses what a handler uses.
		proto, err := compile("t", []byte(`
			local s = string.format("%s", "x") .. table.concat({1, 2}, ",")
			function f() return os.time(), s:upper(), math.floor(1.5) end
			return f()`))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			l := open()
			if _, raised := native.PCall(l, nil, l.NewFunctionFromProto(proto)); raised != nil {
				b.Fatal(raised)
			}
			l.Close()
		}
	})
	b.Run("machine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			native.NewState().Close()
		}
	})
}

// The work of the comparisons: each returns a function to be called often.
var work = []struct{ name, source string }{
	{"find-plain", `local s = ("x"):rep(200) .. "needle" local find = string.find return function() return find(s, "needle") end`},
	{"find-class", `local s = ("abc "):rep(50) .. "123" local find = string.find return function() return find(s, "%d+") end`},
	{"match-captures", `local match = string.match return function() return match("2024-01-02T03:04:05", "^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)$") end`},
	{"match-lazy", `local match = string.match return function() return match("From: Bob Example <bob@example.org>", "<(.-)>") end`},
	{"match-set", `local match = string.match return function() return match("/srv/mail/alice@example.com/INBOX", "([^/]+)@([%w%.%-]+)") end`},
	{"gsub-string", `local s = ("hello world "):rep(20) local gsub = string.gsub return function() return gsub(s, "o", "0") end`},
	{"gsub-function", `local s = ("a b c d "):rep(10) local gsub = string.gsub return function() return gsub(s, "%w", function(c) return c end) end`},
	{"gsub-escape", `local s = ("plain text & <tags> "):rep(10) local gsub = string.gsub local t = {["&"]="&amp;", ["<"]="&lt;", [">"]="&gt;"} return function() return gsub(s, "[&<>]", t) end`},
	{"gmatch", `local s = ("key=value, "):rep(20) local gmatch = string.gmatch return function() local n = 0 for k, v in gmatch(s, "(%w+)=(%w+)") do n = n + 1 end return n end`},
	{"concat", `local t = {} for i = 1, 100 do t[i] = "item" .. i end local concat = table.concat return function() return concat(t, ", ") end`},
	{"concat-numbers", `local t = {} for i = 1, 100 do t[i] = i end local concat = table.concat return function() return concat(t, ",") end`},
	{"format-string", `local format = string.format return function() return format("%s has %s new in %s", "alice", "mail", "INBOX") end`},
	{"format-number", `local format = string.format return function() return format("%d %5.2f %x %05d", 42, 3.14159, 255, 7) end`},
	{"sort-numbers", `local sort, unpack = table.sort, unpack or table.unpack local src = {} for i = 1, 200 do src[i] = (i * 7919) % 1009 end return function() local t = {unpack(src)} sort(t) return t end`},
	{"sort-strings", `local sort, unpack = table.sort, unpack or table.unpack local src = {} for i = 1, 200 do src[i] = "k" .. (i * 7919) % 1009 end return function() local t = {unpack(src)} sort(t) return t end`},
	{"sort-function", `local sort, unpack = table.sort, unpack or table.unpack local src = {} for i = 1, 200 do src[i] = (i * 7919) % 1009 end return function() local t = {unpack(src)} sort(t, function(a, b) return a > b end) return t end`},
	{"insert-remove", `local insert, remove = table.insert, table.remove return function() local t = {} for i = 1, 50 do insert(t, i) end for i = 1, 50 do remove(t) end return t end`},
	{"rep-sub-upper", `return function() return ("ab"):rep(50):sub(10, 60):upper() end`},
	{"tostring", `local tostring = tostring return function() return tostring(12), tostring(1.5), tostring(true) end`},
	{"pairs", `local t = {} for i = 1, 50 do t["k" .. i] = i end local pairs = pairs return function() local n = 0 for k, v in pairs(t) do n = n + v end return n end`},
	{"ipairs", `local t = {} for i = 1, 50 do t[i] = i end local ipairs = ipairs return function() local n = 0 for k, v in ipairs(t) do n = n + v end return n end`},
	{"pcall", `local pcall = pcall local function f(a) return a end return function() return pcall(f, 1) end`},
	{"pcall-error", `local pcall, error = pcall, error return function() return pcall(error, "x", 0) end`},
	{"coroutine", `local wrap, yield = coroutine.wrap, coroutine.yield return function() local g = wrap(function() for i = 1, 5 do yield(i) end end) for i = 1, 5 do g() end end`},
}

// BenchmarkWork compares library functions with the machine's own; both run
// code of the machine's own compiler, so that only the functions differ.
func BenchmarkWork(b *testing.B) {
	lib := newLibrary(b, Options{})
	for _, w := range work {
		chunk, err := parse.Parse(strings.NewReader(w.source), w.name)
		if err != nil {
			b.Fatal(err)
		}
		proto, err := vm.Compile(chunk, w.name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(w.name+"/gopher", func(b *testing.B) {
			// The same size of stacks, and under a context, as code that has
			// a deadline must be.
			l := vm.NewState(vm.Options{CallStackSize: 8192, MinimizeStackMemory: true, RegistrySize: 512, RegistryMaxSize: 1 << 20, RegistryGrowStep: 1024})
			defer l.Close()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			l.SetContext(ctx)
			measure(b, l, proto)
		})
		b.Run(w.name+"/luapush", func(b *testing.B) {
			l := newState(b, lib, &bytes.Buffer{})
			fn := l.NewFunction(func(l *vm.LState) int {
				measure(b, l, proto)
				return 0
			})
			if _, raised := native.PCall(l, nil, fn); raised != nil {
				b.Fatal(raised)
			}
		})
	}
}

func measure(b *testing.B, l *vm.LState, proto *vm.FunctionProto) {
	l.Push(l.NewFunctionFromProto(proto))
	l.Call(0, 1)
	fn := l.Get(-1)
	l.Pop(1)
	b.ReportAllocs()
	for b.Loop() {
		l.Push(fn)
		l.Call(0, 0)
	}
}
