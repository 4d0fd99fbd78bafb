local function f(a, ...) for i = 1, 3 do local b = 9 a, b = 1, (...) print(i, a, b) end end f(1, 5)
---
local e = 1 local function g() e = 7 return 7 end
print(e & g()) e = 1 print(e // g()) e = 1 print(e + g()) e = "a" print(e .. tostring(g()))
e = 1 print(e < g(), e)
---
local M = {__add = function(a, b) return 3 end}
local o = setmetatable({}, M)
print(pcall(function() for i = o, 2 do end end))
print(pcall(function() for i = 1, o do end end))
print(pcall(function() local s = 1 for i = 1, 2, o do end end))
---
local function C(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) end}) end
for i = 1, 3 do
  local x <close> = C(i)
  if i == 2 then goto continue end
  print("body", i)
  ::continue::
end
do local a <close> = C "a" do local b <close> = C "b" goto out end ::out:: end
local i = 0
::again:: do local c <close> = C(i) i = i + 1 if i < 3 then goto again end end
---
local function C(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) end}) end
local function f() local x <close> = C "x" local y <close> = C "y" return 1, 2, 3 end print(f())
local function g() local x <close> = C "g" return f() end print(g())
local function h(...) local x <close> = C "h" return ... end print(h(1, nil, 3), (h(4, 5)))
print(pcall(function() local x <close> = C "e1" local y <close> = C "e2" error("boom", 0) end))
print(pcall(function() local x <close> = setmetatable({}, {__close = function(_, e) print(e) error("second", 0) end}) local y <close> = C "y" error("first", 0) end))
print(pcall(function() local x <close> = 5 end))
while true do local x <close> = C "w" break end
repeat local x <close> = C "r" until x
local n <close>, m <const> = nil, 3 print(m)
local co = coroutine.create(function() local x <close> = C "co" coroutine.yield(1) print "never" end)
print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.status(co))
---
local function C(n) return setmetatable({}, {__close = function(_, e) print("close", n, e) end}) end
local function it(n) return function(s, c) c = c + 1 if c <= n then return c end end, nil, 0, C "for" end
for x in it(2) do print(x) end
for x in it(3) do print(x) if x == 2 then break end end
local function f() for x in it(3) do if x == 2 then return x, "r" end end end print(f())
local function g() for x in it(3) do if x == 2 then return f() end end end print(g())
print(pcall(function() for x in it(3) do error("in loop", 0) end end))
for x in it(2) do for y in it(2) do if y == 2 then goto next end print(x, y) end ::next:: end
---
local t = {} for i = 1, 3 do t[i] = function() i = i + 1 return i end end print(t[1](), t[1](), t[2](), t[3]())
local k = 0 repeat local z = k k = k + 1 local f = function() return z end until f() >= 2 print(k)
local fs = {} local j = 0 while j < 3 do local v = j fs[j] = function() v = v + 1 return v end j = j + 1 end print(fs[0](), fs[0](), fs[2]())
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end local f = function() return j end print(i, f()) ::continue:: end end
---
for i = 3, 1 do print "no" end for i = 10, 1, -4 do print(i) end
for i = "1", "3" do print(i // 1 | 0) end for i = 1, "2" do print(i) end
local s = 2 for i = 1, 6, s do print(i) end s = -2 for i = 6, 1, s do print(i) end
local n = 0 for x = 0.1, 1, 0.1 do n = n + 1 end print(n) n = 0 local a = 0.7 for x = a, 2, 0.1 do n = n + 1 end print(n)
print(pcall(function() for i = 1, 10, 0 do end end)) local z = 0 print(pcall(function() for i = 1, 10, z do end end))
print(pcall(function() local q for i = q, 2 do end end)) print(pcall(function() for i = 1, {} do end end)) print(pcall(function() for i = 1, "x" do end end))
print(pcall(function() for i = 1, 2, "x" do end end)) print(pcall(function() for i = "a", 2 do end end))
print(pcall(function() local a, b, c = "a", 2, 0 for i = a, b, c do end end)) print(pcall(function() local a, b, c = 1, "b", 0 for i = a, b, c do end end))
---
local i, t = 1, {} i, t[i] = i + 1, 20 print(i, t[1], t[2])
local a = {} a.x, a.y, a.z = 1, 2 print(a.x, a.y, a.z)
local function f() return 1, 2, 3 end local p, q, r, s = f() print(p, q, r, s) p, q = (f()) print(p, q) p, q, r = 0, f() print(p, q, r)
local o = {n = 0} local function nx() o.n = o.n + 1 return o.n end local u = {} u[nx()], u[nx()], u[nx()] = nx(), nx(), nx() print(u[1], u[2], u[3])
a, a = 1, 2 print(a)
local v = {1} v, v[1] = {2}, v[1] + 5 print(v[1])
---
local mt = {__eq = function() return true end, __lt = function() return true end, __le = function() return false end}
local a, b = setmetatable({}, mt), {} print(a == b, b == a, a ~= b, a == 1, a < b, b < a, a <= b, a > 1, 1 > a, 1 >= a, a == a)
print(pcall(function() return b < {} end)) print(pcall(function() return 1 < {} end)) print(pcall(function() return {} <= 1 end))
local lt = setmetatable({}, {__lt = function(x, y) return false end}) print(lt <= b, b >= lt)
---
_ENV.y = 5 print(y) local function f() local _ENV = {print = print} z = 1 print(z, y) end f() print(z)
do local _ENV = {print = print} w = 3 print(w) local function g() return w end print(g()) end print(w)
local function with(_ENV) return x end print(with({x = 7})) print(_ENV.print == print)
---
print(1 and 2, nil and 1, false or nil, nil or 3, 1 < 2 and 2 < 1 or "x", not nil, not (1 < 2), 1 and nil or false)
local function t() return true end local function n() return nil end
local x = t() and n() print(x) x = n() or t() print(x) x = n() and t() or "d" print(x) x = (n() or t()) and (t() and n()) print(x)
local y = 1 y = y == 1 and y + 1 or y - 1 print(y) y = (y == 5 or y == 2) and not (y == 3) print(y)
local z = x == nil and 1 < 2 print(z) z = nil == x or "q" print(z) z = not x and not y or not z print(z)
---
local t = {1, 2, 3, x = 1, [7] = 2, (function() return 7, 8, 9 end)()} print(#t, t[4], t[6], t.x) print(#{(function() return 1, 2 end)(), 5}, #{((function() return 1, 2 end)())})
print(select("#", (function() end)()), select("#", ((function() end)())), select("#", nil, nil)) print((select(2, "a", "b", "c")))
print(("x"):rep(3), #"abc", #("a" .. "b"), ("a"):upper():upper())
---
local function deep(n) if n == 0 then return "end" end return deep(n - 1) end print(deep(100000))
local co = coroutine.wrap(function() for x in function(s, c) coroutine.yield("in") if (c or 0) < 2 then return (c or 0) + 1 end end do coroutine.yield(x) end return "out" end)
for i = 1, 7 do print(co()) if i == 6 then break end end
print(coroutine.wrap(function() return pcall(function() coroutine.yield(1) error("e", 0) end) end)())
---
local v = {n = "old"} local old = v
local function new() v = {n = "new"} return 5 end
(function() v.x = new() end)() print(v.x, old.x)
v = old (function() v.x, v.y = 1, new() end)() print(v.x, v.y, old.x, old.y)
v = old (function() v.z, v = 7, {n = "third"} end)() print(v.z, old.z, v.n)
v = old local w = v w.q = new() print(w.q, v.q)
---
local v = {"a", "b", n = {"x", "y"}} local old = v
local function new() v = {"c", "d", n = {"z", "w"}} return 2 end
print((function() return v[new()] end)()) v = old print((function() return v.n[new()] end)()) v = old
print((function() v[new()] = 5 return v[2], old[2] end)()) v = old
print((function() v[new()], v = 6, old return v[2], old[2] end)()) v = old
print(v[new()], v[2], old[2])
---
local M = {__unm = function() return {} end, __len = function() return "x" end}
local o = setmetatable({}, M) local n = 3
print(pcall(function() for i = 1, -o do end end)) print(pcall(function() for i = n, #o do end end)) print(pcall(function() for i = -o, 3 do end end))
print(pcall(function() for i = -o, 3, -1 do end end)) print(pcall(function() for i = 1, #o do end end))
for i = n - 1, n + 1 do print(i) end for i = #"ab", #"abcd" do print(i) end for i = -n, -1, n // 2 do print(i) end
