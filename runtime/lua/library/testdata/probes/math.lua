math.abs(-5), math.abs(5.5), math.abs("-3"), math.abs(math.mininteger) == math.mininteger
math.abs()
math.abs("x")
math.abs({})
math.ceil(1.5), math.ceil(-1.5), math.ceil(3), math.ceil(1e100), math.floor(1.5), math.floor(-1.5), math.floor("2.7"), math.floor(-0.0)
math.floor()
math.floor({})
math.max(1, 2.5, -1), math.min(1, 2.5, -1), math.max("10", 9), math.min(5)
math.max()
math.min()
math.max(1, "x")
math.sqrt(16), math.sqrt(2), math.sqrt(-1) ~= math.sqrt(-1), math.sqrt("4")
math.sin(0), math.cos(0), math.tan(0), math.asin(1), math.acos(1), math.atan(1), math.atan(1, 2), math.atan(-1, -1), math.atan(0, -1)
math.exp(0), math.exp(1), math.log(1), math.log(8, 2), math.log(100, 10), math.log(27, 3), math.log(2), math.log(0), math.log(10, 2)
math.log()
math.log(1, {})
math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(5.5, 2), math.fmod(-6, 2), math.fmod(1, 1/0)
math.fmod(1, 0)
math.fmod(1.5, 0) ~= math.fmod(1.5, 0)
math.fmod(1)
math.modf(3.7), math.modf(-3.7), math.modf(5), math.modf(1/0), math.modf(-1/0), math.modf(0.5)
math.modf("x")
math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger
math.tointeger(3), math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger({}), math.tointeger(2^53)
math.tointeger()
math.type(1), math.type(1.5), math.type("1"), math.type(nil), math.type({}), math.type(1/0)
math.type()
math.type(1.0)
string.format("%d", math.maxinteger), tostring(math.maxinteger), math.maxinteger // 1 == math.maxinteger
math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(0, 0)
math.ult(1.5, 2)
math.ult(1)
math.deg(math.pi), math.rad(180), math.deg(1), math.rad(1)
math.random(1, 1), math.random(5, 5)
math.random(0) ~= nil
math.random(2, 1)
math.random(-1)
math.random(1, 2, 3)
math.random(1.5)
math.random("x")
math.randomseed(42) math.random(1, 100), math.random(1, 100)
(function() math.randomseed(42) return math.random(1, 100), math.random(1, 100), math.random(1, 100), math.random(), math.random(7) end)()
(function() math.randomseed(123, 456) return math.random(1, 1000), math.random(1, 1000), math.random(-10, 10), math.random() end)()
(function() math.randomseed(7) local t = {} for i = 1, 10 do t[i] = math.random(i) end return table.concat(t, ",") end)()
(function() math.randomseed(1.5) return math.random(1000) end)()
(function() math.randomseed(-3) return math.random(1, 6), math.random(1, 6) end)()
math.randomseed("x")
math.randomseed({})
math.pow, math.cosh, math.log10, math.ldexp, math.mod
math.floor(2^31 + 0.5), math.ceil(-0.5), math.floor(1e15 + 0.5)
table.concat((function() local r = {} for k in pairs(math) do r[#r+1] = k end table.sort(r) return r end)(), " ")
7 // 0.0, -7 // 0.0, 7 % math.huge, -7 % math.huge, 5 % -math.huge
1 // 0
1 % 0
1 / 0, -1 / 0, 3 / 2, 7 // 2, -7 // 2, 7.5 // 2, 2 ^ 0.5, 10 % 3.5
math.maxinteger + 1 == math.mininteger
3 == 3.0, math.huge == math.huge, 0/0 == 0/0
