-- assert
assert(false)
assert(nil, "m")
assert()
assert(1, 2, 3)
(function() assert(false) end)()
(function() assert(false, "m") end)()
assert(false, {})
-- error
error("x")
error("x", 0)
error("x", 1)
error("x", 2)
error()
error(nil)
error({})
error(12)
error(setmetatable({}, {__tostring=function() return "T" end}))
(function() error("in") end)()
(function() error("in", 2) end)()
(function() error("in", 0) end)()
-- select
select('#')
select('#', nil, nil)
select(2, 'a', 'b', 'c')
select(-1, 'a', 'b', 'c')
select(-2, 'a', 'b', 'c')
select(-4, 'a', 'b', 'c')
select(0)
select('x')
select()
select(1.5)
select(10, 1)
select('2', 1, 2, 3)
-- tostring
tostring(1), tostring(-0.5), tostring(1e100), tostring(2^53), tostring(123456789012)
tostring(1/0), tostring(-1/0), tostring(0/0), tostring(-(0/0))
tostring(nil), tostring(true), tostring("x")
tostring()
tostring({}):match("^table: 0x%x+$") ~= nil
tostring(print):match("^function: b?u?i?l?t?i?n?:? ?0x%x+$") ~= nil
tostring(setmetatable({}, {__tostring=function() return "T" end}))
tostring(setmetatable({}, {__tostring=function() return 12 end}))
tostring(setmetatable({}, {__tostring=function() return {} end}))
tostring(setmetatable({}, {__name="My"})):match("^My: 0x%x+$") ~= nil
tostring(setmetatable({}, {__name=12})):match("^table: 0x%x+$") ~= nil
tostring(0.1), tostring(1/3), tostring(100000000000000), tostring(3.14159265358979)
tostring(1e15), tostring(1e14), tostring(-1e15)
tostring(10/2)
-- tonumber
tonumber("10"), tonumber(" 10 "), tonumber("10a"), tonumber(""), tonumber(" ")
tonumber("0x10"), tonumber("0xA.8p1"), tonumber("0x"), tonumber("0x.8"), tonumber("0xp1")
tonumber("1e2"), tonumber("1e"), tonumber("1e+"), tonumber(".5"), tonumber("5."), tonumber(".")
tonumber("inf"), tonumber("nan"), tonumber("1_000"), tonumber("0b1"), tonumber("1 2")
tonumber("ff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("-ff", 16), tonumber("7", 8)
tonumber("1.5", 10), tonumber("", 10), tonumber("  11  ", 2), tonumber("-", 10)
tonumber(10, 10)
tonumber("10", 1)
tonumber("10", 37)
tonumber()
tonumber(nil)
tonumber({})
tonumber("10", "x")
tonumber("0xffffffffffffffff"), tonumber("0x7fffffffffffffff") == math.maxinteger
tonumber("9223372036854775807") == math.maxinteger, tonumber("1" .. ("0"):rep(400))
tonumber("\t10\n"), tonumber("10\0"), tonumber("- 10"), tonumber("--10"), tonumber("+10")
tonumber("1e308"), tonumber("1e400"), tonumber("-1e400"), tonumber("1e-400")
tonumber("0x1p4"), tonumber("0x1P-2"), tonumber("0X1F"), tonumber("0x1p"), tonumber("0x1.p1")
-- type
type(nil), type(1), type("x"), type({}), type(print), type(true), type(coroutine.create(print))
type()
type(io.stdout)
-- raw
rawequal(1, 1), rawequal({}, {}), rawequal("a", "a"), rawequal(1, "1")
rawequal(1)
rawequal()
rawlen({1,2,3}), rawlen("abc"), rawlen(setmetatable({1}, {__len=function() return 9 end}))
rawlen(1)
rawlen()
rawget({a=1}, "a"), rawget({}, "x"), rawget(setmetatable({}, {__index=function() return 1 end}), "x")
rawget(1, 1)
rawget({})
rawset({}, "a", 1).a, rawset(setmetatable({}, {__newindex=error}), "a", 1).a
rawset({}, nil, 1)
rawset({}, 0/0, 1)
rawset({}, 1)
rawset()
-- next, pairs, ipairs
next({}), next({10}), next({a=1})
next({}, "nokey")
next({}, 5)
next({1,2,3}, 2), next({1,2,3}, 3)
next()
next(1)
local t = {} for k, v in pairs({1, 2, x=3}) do t[#t+1] = tostring(k) .. "=" .. tostring(v) end table.sort(t) return table.concat(t, " ")
pairs()
pairs(nil)
pairs(1)
select('#', pairs({}))
(pairs(setmetatable({}, {__pairs=function(t) return 1, 2, 3, 4 end})))
select(2, pairs(setmetatable({}, {__pairs=function(t) return 1, 2, 3, 4 end})))
local s = 0 for i, v in ipairs(setmetatable({}, {__index=function(t, i) if i < 4 then return i * 10 end end})) do s = s + v end return s
local s = 0 for i, v in ipairs({1, 2, nil, 4}) do s = s + v end return s
ipairs()
ipairs(nil)
for i in ipairs(nil) do end
for i in ipairs(1) do end
local n = 0 for i, c in ipairs("abc") do n = n + 1 end return n
local t = {1,2,3,a=1,b=2} for k in pairs(t) do t[k] = nil end return next(t)
next({}, nil), next({[1]=5}, nil)
-- metatables
getmetatable({}), getmetatable("x").__index == string, getmetatable(1), getmetatable(print)
getmetatable(setmetatable({}, {__metatable="locked"}))
setmetatable(setmetatable({}, {__metatable="locked"}), {})
setmetatable(1, {})
setmetatable({}, 1)
setmetatable({})
setmetatable({}, nil) ~= nil
getmetatable()
setmetatable()
getmetatable(setmetatable({}, {__metatable=false}))
-- pcall, xpcall
pcall(error, "x")
pcall(error)
pcall(error, nil)
pcall(error, {}) == false
pcall()
local a = pcall() return a
pcall(nil)
pcall(1)
pcall({})
pcall(setmetatable({}, {__call=function(_, ...) return ... end}), 1, 2)
pcall(function(...) return select('#', ...) end, nil, nil)
pcall(pcall, error, 1)
pcall(pcall)
xpcall(error, function(m) return "H" .. tostring(m) end, "x")
xpcall(function(...) return ... end, print, 1, 2, 3)
xpcall(error, error, "x")
xpcall(function() local x = nil + 1 end, function(m) return m:upper() end)
xpcall(1, function(m) return m end)
xpcall(print)
local a = xpcall(print) return a
xpcall()
xpcall(error, function(m) error("again") end, "x")
xpcall(error, function(m) return 1, 2, 3 end, "x")
xpcall(error, function(m) return end, "x")
local n = 0 local r = {xpcall(error, function(m) n = n + 1 if n < 3 then error("e" .. n) end return "done " .. m end, "x")} return n, r[2]
local n = 0 local function inc() n = n + 1 end inc() pcall(error, 'x') inc() inc() return n
local function f() local x = 1 local g = function() x = x + 1 return x end local ok = pcall(function() g() error("e") end) return g() end return f()
local g pcall(function() local x = 5 g = function() x = x + 1 return x end error("e") end) return g(), g()
-- load
load("return 1")()
load("return ...")(1, 2)
load("x =")
load("x = = 1", "name")
load("x = = 1", "=name")
load("x = = 1", "@name.lua")
load("return x", "c", "t", {x=7})()
load("x = 3 return x", "c", "t", {})()
load("return 1", "c", "b")
load("return 1", "c", "x")
load("\27Lua", "c", "t")
load(function() return nil end)
local i = 0 return load(function() i = i + 1 return ({"return", " 4", "2"})[i] end)()
load(function() return {} end)
load(function() error("reader") end)
load(function() error({}) end)
load(1)
load()
load(nil)
load({})
load("error('x')")()
load("error('x')", "=chunk")()
load("error('x')", "@file.lua")()
load("error('x')", ("long "):rep(30))()
load("error('x')\nreturn 1")()
load("return _ENV", "c", "t", {}) () ~= _G
load("return y", "c", "t", nil)()
load("return y.z", "c", "t", {y={z=3}})()
load("local a <const> = 1 a = 2")
load("goto x")
load("break")
load("for")
load("x = 'abc")
load("x = [[abc")
load("x = }")
load("\n\n\nx = }")
load("return " .. ("("):rep(300))
loadfile("/nonexistent/file.lua")
dofile("/nonexistent/file.lua")
loadfile({})
loadstring, unpack, setfenv, getfenv, module, newproxy
-- others
_VERSION
_G._G == _G
collectgarbage(), collectgarbage("collect")
type(collectgarbage("count"))
collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("restart")
collectgarbage("nope")
collectgarbage("step")
collectgarbage("incremental")
collectgarbage({})
warn("@on")
warn()
warn({})
warn("a", {})
print()
print(setmetatable({}, {__tostring=function() return {} end}))
print(setmetatable({}, {__tostring=function() error("bad") end}))
require
local r = {} for k in pairs(_G) do r[#r+1] = k end table.sort(r) return table.concat(r, " ")
-- errors of the language, as pcall sees them
nil + 1
local a a.b = 1
local a = {} a.b.c = 1
undefinedfunction()
("x")()
("x").y.z
#nil
-{}
{} .. "x"
1 < "2"
{} < {}
nil > 1
2^53 == 2^53 + 1
"10" + 5, "0x10" * 2, "3" // 2, "7" % 4
"abc" + 1
{} + 1
1 & 1.5
"a" | 1
math.huge // 1, -7 // 2, -7 % 3, 7 % -3, 5.5 // 2
1 << 63, 1 << 64, -1 >> 1, ~0
