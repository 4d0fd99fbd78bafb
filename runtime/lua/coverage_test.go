package lua_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua"
	"github.com/luapush/luapush/runtime/lua/difftest"
	"github.com/luapush/luapush/runtime/lua/native"
)

// covered runs a source and gives what was counted of it.
func covered(t *testing.T, source string) lua.FileCoverage {
	t.Helper()
	coverage := lua.NewCoverage(nil)
	engine := lua.NewEngine(lua.EngineOptions{Coverage: coverage})
	chunk, err := engine.Compile("x.lua", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	state := engine.NewState(lua.Options{Limits: lua.Limits{Time: 20 * time.Second}})
	defer state.Close()
	if err := state.Run(context.Background(), chunk); err != nil && !strings.Contains(source, "error") {
		t.Fatal(err)
	}
	files := coverage.Files()
	if len(files) != 1 || files[0].Name != "x.lua" || files[0].Incomplete {
		t.Fatalf("got %+v", files)
	}
	return files[0]
}

// hits is what a comment at the end of a line says of it.
var hits = regexp.MustCompile(`-- (\d+)$`)

// TestCoverageOfLines has sources whose executable lines say how often they are
// reached; the others say nothing.
func TestCoverageOfLines(t *testing.T) {
	for _, source := range []string{`-- a comment
local a = 1 -- 1
local b
local c, d
local e <const> = 5 -- 1

a = a + -- 1
  2 +
  3
do
  local f = { -- 1
    1,
    g = function()
      return 5 -- 2
    end,
    h = function() return 6 end, -- 0
  }
  f.g() -- 1
  f.g() -- 1
end
::label::
--[[ long
comment ]] a = 2 -- 1
return a -- 1
`, `local x
x = 1 -- 1
local function f() -- 1
  local y
  y = 2 -- 3
  goto again -- 3
  ::again::
  if y < 4 then -- 9
    ::top::
    y = y + 1 -- 6
    goto again -- 6
  end
  for i = 1, 2 do -- 3
    goto done -- 3
    ::done::
    do break end -- 3
  end
  while y < 6 do -- 3
    ::back::
    y = y + 1 -- 9
    if y == 5 or y == 6 then goto back end -- 9
  end
end
f() f() -- 1
f() -- 1
`, `local function twice(x) -- 1
  if x > 1 then -- 3
    return x -- 2
  end
  return -x -- 1
end
function global(x) -- 1
  return x -- 0
end
for i = 1, 3 do -- 1
  twice(i) -- 3
end
for _, v in ipairs({}) do -- 1
  twice(v) -- 0
end
`, `local n = 0 -- 1
while n < 5 do -- 1
  n = n + 1 -- 5
  if n == 1 then -- 5
    n = n -- 1
  elseif n == 2 then -- 4
    n = n -- 1
  else
    n = n -- 3
  end
end
repeat -- 1
  n = n - 1 -- 5
until n == 0 -- 5
repeat local x = n until x -- 1
repeat break until false -- 1
for i = 1, 2 do -- 1
  if i == 1 then goto continue end -- 2
  n = i -- 1
  ::continue::
end
`, `local function fail(x) -- 1
  local y = x.field -- 2
  return y -- 1
end
fail({}) -- 1
fail() -- 1
error("never") -- 0
`, `local function fail() error("x") end -- 1
pcall(fail) -- 1
local co = coroutine.wrap(function() -- 1
  coroutine.yield(1) -- 1
  coroutine.yield(2) -- 1
  coroutine.yield(3) -- 0
end)
co() -- 1
co() -- 1
`, `local t = setmetatable({}, { -- 1
  __index = function(_, k)
    return k -- 2
  end,
})
local s = t.a .. t.b -- 1
table.sort({3, 2, 1}, function(a, b) -- 1
  return a < b -- 3
end)
local r = ("abc"):gsub(".", function(c) -- 1
  return c:upper() -- 3
end)
do return end -- 1
s = 1 -- 0
`} {
		source = strings.Replace(source, "s = 1 -- 0", "", 1) // nothing may follow return
		var got, want strings.Builder
		lines := strings.Split(source, "\n")
		for i, line := range lines {
			if m := hits.FindStringSubmatch(line); m != nil {
				fmt.Fprintf(&want, "%d: %s\n", i+1, m[1])
			}
		}
		for _, line := range covered(t, source).Lines {
			fmt.Fprintf(&got, "%d: %d\n", line.Number, line.Hits)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Errorf("%s\n%s", source, diff)
		}
	}
}

func TestCoverageOfBranches(t *testing.T) {
	for source, want := range map[string]string{
		// Conditionals.
		`for i = 1, 3 do if i == 1 then i = i end end`:                         "1:1 for body 3; 1:17 if then 1; 1:17 if else 2",
		`for i = 1, 3 do if i == 1 then elseif i == 2 then else i = i end end`: "1:1 for body 3; 1:17 if then 1; 1:32 elseif then 1; 1:32 elseif else 1",
		`for i = 1, 3 do if i == 1 then elseif i == 4 then end end`:            "1:1 for body 3; 1:17 if then 1; 1:32 elseif then 0; 1:32 elseif else 2",
		`if true then x = 1 end`:                                               "1:1 if then 1",
		`if nil then x = 1 end`:                                                "1:1 if then 0",
		`if nil then x = 1 else x = 2 end`:                                     "1:1 if then 0; 1:1 if else 1",
		`local function f(x) if x then return 1 end return 2 end f(1) f(2)`:    "1:21 if then 2; 1:21 if else 0",
		`if x.y then error() end`:                                              "1:1 if then 0; 1:1 if else 0",
		`if not x then x = 1 end`:                                              "1:1 if then 1; 1:1 if else 0",
		// Loops.
		`local n = 2 while n > 0 do n = n - 1 end while n > 0 do n = 0 end`: "1:13 while body 2; 1:13 while skipped 0; 1:42 while body 0; 1:42 while skipped 1",
		`while true do break end`:                               "1:1 while body 1",
		`while false do x = 1 end`:                              "1:1 while body 0",
		`for i = 1, #{} do x = 1 end for i = 2, 1 do x = 1 end`: "1:1 for body 0; 1:1 for skipped 1; 1:29 for body 0; 1:29 for skipped 1",
		`for i = 1, 3 do if i == 2 then break end end`:          "1:1 for body 2; 1:17 if then 1; 1:17 if else 1",
		`for i = 1, 9, 3 do x = i end local s = 0 for i = 1, 2, s + 1 do end for i = 3, 1, s - 1 do end for i = 1, 0, s + 1 do end`:                    "1:1 for body 3; 1:1 for skipped 0; 1:42 for body 2; 1:42 for skipped 0; 1:69 for body 3; 1:69 for skipped 0; 1:96 for body 0; 1:96 for skipped 1",
		`for _, t in ipairs{{}, {1}, {1, 2}, {}} do for _ in ipairs(t) do x = 1 end end`:                                                               "1:1 for body 4; 1:1 for skipped 0; 1:44 for body 3; 1:44 for skipped 2",
		`for _, t in ipairs{{1}, {}} do for _ in ipairs(t) do break end end`:                                                                           "1:1 for body 2; 1:1 for skipped 0; 1:32 for body 1; 1:32 for skipped 1",
		`local function f(n) for i = 1, n do f(i - 1) end end f(2)`:                                                                                    "1:21 for body 3; 1:21 for skipped 2",
		`local n = 0 repeat n = n + 1 until n == 3 repeat local m = n until m`:                                                                         "1:13 repeat again 2; 1:13 repeat done 1; 1:43 repeat again 0; 1:43 repeat done 1",
		`repeat x = 1 until true repeat break until x`:                                                                                                 "1:25 repeat again 0; 1:25 repeat done 0",
		`local n = 0 ::top:: while n < 2 do n = n + 1 if n == 1 then goto top end end`:                                                                 "1:21 while body 2; 1:21 while skipped 0; 1:46 if then 1; 1:46 if else 1",
		`local co = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end for i = 1, #{} do end end) co() for i = 1, #{1} do co() end co()`: "1:38 for body 2; 1:77 for body 0; 1:77 for skipped 1; 1:109 for body 1; 1:109 for skipped 0",
		// Operands.
		`for i = 1, 3 do local a = i > 1 and i > 2 or i == 1 end`:     "1:1 for body 3; 1:33 and right 2; 1:43 or right 2",
		`local a = x and x.y local b = x or 5 local c = nil or false`: "1:13 and right 0; 1:33 or right 1",
		`if x and x.y or x then error() end`:                          "1:1 if then 0; 1:1 if else 1; 1:6 and right 0; 1:14 or right 1",
		`if (x or 1) and (x or not x) then x = 1 end`:                 "1:1 if then 1; 1:1 if else 0; 1:7 or right 1; 1:13 and right 1; 1:20 or right 1",
		`return not (x and 1), x == nil and 1 or 2, 1 and 2 and 3`:    "1:15 and right 0; 1:32 and right 1; 1:38 or right 0",
		`local a = x and y and z or x and y or z or 1`:                "1:13 and right 0; 1:19 and right 0; 1:25 or right 1; 1:30 and right 0; 1:36 or right 1; 1:41 or right 1",
		`for i = 1, 2 do while i > 1 and x do end end`:                "1:1 for body 2; 1:17 while body 0; 1:17 while skipped 2; 1:29 and right 1",
		"local a = {}\n  and 2":                                       "2:3 and right 1",
	} {
		var got []string
		for _, b := range covered(t, source).Branches {
			got = append(got, fmt.Sprintf("%d:%d %s %s %d", b.Line, b.Column, b.Kind, b.Arm, b.Hits))
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%s\n got %s\nwant %s", source, got, want)
		}
	}
}

func TestCoverageOfFunctions(t *testing.T) {
	source := `local function a() end
local b, c = function() end, function() return function() end end
function d() end
local t = {e = function() end, ["f"] = function() end, function() end}
function t.g.h() end`
	source = strings.Replace(source, "local t = {", "local t = {g = {}, ", 1) + `
function t:i() end
t.g.j, t["k"], t[1 + 1] = function() end, function() end, function() end
a() a() c()() t:i() pcall(function() end)`
	var got []string
	for _, f := range covered(t, source).Functions {
		got = append(got, fmt.Sprintf("%d %q %d", f.Line, f.Name, f.Hits))
	}
	want := []string{
		`1 "a" 2`, `2 "b" 0`, `2 "c" 1`, `2 "" 1`, `3 "d" 0`, `4 "e" 0`, `4 "f" 0`, `4 "" 0`, `5 "t.g.h" 0`, `6 "t:i" 1`,
		`7 "t.g.j" 0`, `7 "t.k" 0`, `7 "t.2" 0`, `8 "" 1`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCoverageOfFiles loads files in every way there is.
func TestCoverageOfFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"one.lua": "return {f = function()\n  return 1\nend}",
		"two.lua": "\ufeff#!/usr/bin/lua\ntwo = 2",
		"no.lua":  "no = 1",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	coverage := lua.NewCoverage(func(file string) bool { return !strings.HasSuffix(file, "no.lua") })
	engine := lua.NewEngine(lua.EngineOptions{Coverage: coverage, First: filepath.Join(dir, "?.lua")})
	chunk, err := engine.Compile("main.lua", []byte(`local dir = DIR
require("one").f() require("one").f()
dofile(dir .. "/two.lua") loadfile(dir .. "/two.lua")() require("no")
load("local a = 1 return a")() load("local b = 1 return b", "=x")()`))
	if err != nil {
		t.Fatal(err)
	}
	run := func() {
		state := engine.NewState(lua.Options{Limits: lua.Limits{Time: 20 * time.Second}})
		defer state.Close()
		state.L.SetGlobal("DIR", vm.LString(dir))
		if err := state.Run(context.Background(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	show := func(files []lua.FileCoverage) string {
		var b strings.Builder
		for _, f := range files {
			fmt.Fprintf(&b, "%s", filepath.Base(f.Name))
			for _, line := range f.Lines {
				fmt.Fprintf(&b, " %d:%d", line.Number, line.Hits)
			}
			b.WriteByte('\n')
		}
		return b.String()
	}
	if got, want := show(coverage.Files()), "main.lua 1:0 2:0 3:0 4:0\n"; got != want {
		t.Errorf("before: got %q, want %q", got, want)
	}
	run()
	want := "one.lua 1:1 2:2\ntwo.lua 2:2\nmain.lua 1:1 2:1 3:1 4:1\n"
	if got := show(coverage.Files()); sortLines(got) != sortLines(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	run() // the same files in another state
	twice := coverage.Files()
	if got := show(twice); sortLines(got) != sortLines(strings.NewReplacer(":1", ":2", ":2", ":4").Replace(want)) {
		t.Errorf("the second time %q", got)
	}
	coverage.Reset()
	run()
	if merged := lua.MergeCoverage(coverage.Files(), coverage.Files()); !cmp.Equal(merged, twice) {
		t.Error(cmp.Diff(merged, twice))
	}
}

func sortLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		for j := i; j > 0 && lines[j] < lines[j-1]; j-- {
			lines[j], lines[j-1] = lines[j-1], lines[j]
		}
	}
	return strings.Join(lines, "\n")
}

func TestMergeCoverage(t *testing.T) {
	a := []lua.FileCoverage{{
		Name: "b", Lines: []lua.LineCoverage{{1, 2}, {3, 0}}, Functions: []lua.FunctionCoverage{{"f", 1, 1, 1}},
	}}
	b := []lua.FileCoverage{{Name: "a"}, {
		Name: "b", Incomplete: true, Lines: []lua.LineCoverage{{1, 1}, {2, 5}},
		Branches: []lua.BranchCoverage{{1, 1, "if", "then", 1}}, Functions: []lua.FunctionCoverage{{"f", 1, 1, 2}, {"g", 2, 1, 0}},
	}}
	want := []lua.FileCoverage{{Name: "a", Lines: []lua.LineCoverage{}, Branches: []lua.BranchCoverage{}, Functions: []lua.FunctionCoverage{}}, {
		Name: "b", Incomplete: true, Lines: []lua.LineCoverage{{1, 3}, {2, 5}, {3, 0}},
		Branches: []lua.BranchCoverage{{1, 1, "if", "then", 1}}, Functions: []lua.FunctionCoverage{{"f", 1, 1, 3}, {"g", 2, 1, 0}},
	}}
	if diff := cmp.Diff(want, lua.MergeCoverage(a, b)); diff != "" {
		t.Error(diff)
	}
	if a[0].Lines[0].Hits != 2 {
		t.Error("a list was changed")
	}
}

// TestCoverageHasAnEnd has more places than can be counted.
func TestCoverageHasAnEnd(t *testing.T) {
	coverage := lua.NewCoverage(nil)
	engine := lua.NewEngine(lua.EngineOptions{Coverage: coverage})
	state := engine.NewState(lua.Options{Limits: lua.Limits{Time: 20 * time.Second}})
	defer state.Close()
	for i := range 28 {
		source := fmt.Sprintf("local x = %d\n", i) + strings.Repeat("x = x + 1\n", 10000)
		chunk, err := engine.Compile("big.lua", []byte(source))
		if err != nil {
			t.Fatal(err)
		}
		if err := state.Run(context.Background(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	files := coverage.Files()
	if len(files) != 1 || !files[0].Incomplete || files[0].Lines[0].Hits != 27 {
		t.Errorf("got %d files, incomplete: %v, first line %d times", len(files), files[0].Incomplete, files[0].Lines[0].Hits)
	}
}

// TestCoverageIsFree compares what random programs use of their limits with and
// without counting, how they end, and what debug tells of their lines.
func TestCoverageIsFree(t *testing.T) {
	run := func(o lua.EngineOptions, text string) (used int64, end string) {
		engine := lua.NewEngine(o)
		state := engine.NewState(lua.Options{Seed: 1, Limits: lua.Limits{Time: 20 * time.Second}})
		defer state.Close()
		state.L.SetGlobal("TEXT", vm.LString(text))
		look, err := engine.Compile("look.lua", []byte(`local lines = {}
for line in pairs(debug.getinfo(load(TEXT, "@x.lua"), "L").activelines) do lines[#lines + 1] = line end
table.sort(lines)
LINES = table.concat(lines, " ")`))
		if err != nil {
			t.Fatal(err)
		}
		if err := state.Run(context.Background(), look); err != nil {
			t.Fatal(err)
		}
		chunk, err := engine.Compile("x.lua", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		end = state.L.GetGlobal("LINES").String()
		if err := state.Run(context.Background(), chunk); err != nil {
			end += err.Error()
		}
		return native.Of(state.L).Used(), end
	}
	for seed := range uint64(60) {
		text := difftest.Generate(seed).Text()
		used, end := run(lua.EngineOptions{}, text)
		counted, countedEnd := run(lua.EngineOptions{Coverage: lua.NewCoverage(nil)}, text)
		if end != countedEnd {
			t.Errorf("seed %d: %s", seed, cmp.Diff(strings.Fields(end), strings.Fields(countedEnd)))
		}
		if d := counted - used; d > used/50+8 || -d > used/50+8 {
			t.Errorf("%d instructions, counted %d\n%s", used, counted, text)
		}
	}
}
