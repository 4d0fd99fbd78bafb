local a, b = 1, 2; a, b = b, a print(a, b)
local x, y, z = 1, 2, 3 x, y, z = z, x, y print(x, y, z)
---
for i = 1, 3 do if false then local x print(x) end print(i) end
for _, v in ipairs({1, 2}) do if nil then local q = v end while false do end print(v) end
---
local function it(n) return function(s, c) c = (c or 0) + 1 if c <= n then return c end end end
for a in it(2) do print(a) end
for b in it(3) do print(b) end
---
local x = 5 local c = true
x = (c and 1) and x + 1 print(x)
x = x and (x > 3 and x * 2 or x) or x print(x)
x = not x or x == 12 and x .. "!" print(x)
---
local function f(s) s = (s:sub(1, 1)) return s end print(f("abc"))
local function g(s) s = s and (s:upper()) or s return s end print(g("abc"), g(nil))
---
local print2 = print
do local print = function(...) print("p", ...) end print(1, 2, 3) end
local fact = function(n) return fact and 1 or 2 end print(fact(1))
---
local function build(n) local t = {} for i = 1, n do t[i] = i end return t end
local t = {table.unpack(build(30000))} print(#t, t[25551], t[30000])
---
local n = 0 local function inc() n = n + 1 end
inc() pcall(error, "x") inc() inc() print(n)
pcall(function() inc() local k = n pcall(function() k = k + 1 error("y") end) print(k) end) print(n)
