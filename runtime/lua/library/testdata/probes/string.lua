("x"):rep(3), ("ab"):rep(3, ","), ("x"):rep(0), ("x"):rep(-1), (""):rep(10), ("x"):rep(1, ",")
("x"):rep(1e10) == nil
("x"):rep(2^62)
("x"):rep(1.5)
("x"):rep()
("x"):rep("3")
string.rep()
string.rep({}, 1)
("hello"):sub(2, 4), ("hello"):sub(-3), ("hello"):sub(2), ("hello"):sub(0), ("hello"):sub(10), ("hello"):sub(-100, 2)
("hello"):sub(2, -2), ("hello"):sub(4, 2), ("hello"):sub(-2, -3), ("hello"):sub(3, 100)
("hello"):sub()
("hello"):sub(1.5)
("hello"):sub("2", "3")
("hello"):sub(math.mininteger, math.maxinteger) == "hello"
("abc"):byte(), ("abc"):byte(2), ("abc"):byte(-1), ("abc"):byte(10)
("abc"):byte(1, -1)
("abc"):byte(0, 5)
("").byte("")
string.char(), string.char(72, 105), string.char(0, 255):byte(1, 2)
string.char(256)
string.char(-1)
string.char("x")
string.char(65.5)
("abc"):len(), ("a\0b"):len(), #"a\0b"
string.len()
string.len(12345)
("aBc1é"):upper(), ("AbC1É"):lower()
("abc"):reverse(), (""):reverse()
string.upper(12)
string.lower(nil)
("x").y
("x").rep == string.rep
#string.format("%p", {}) > 4
string.dump(print)
string.dump()
string.dump(1)
string.nope
("10" + 1), ("3" * "4"), -"2", "10" / 4, "2" ^ 3
("a" .. 1 .. 2.5)
1 .. ""
-0.0 .. ""
2^31 | 0
string.format("%s", "a\0b") == "a\0b"
getmetatable("").__add("1", 2), getmetatable("").__name, getmetatable("").__unm("3")
getmetatable("").__add("a", 2)
getmetatable("").__concat
getmetatable("").__idiv("7", 2), getmetatable("").__mod("7", 4), getmetatable("").__pow("2", 3)
getmetatable("").__add("a", {})
getmetatable("").__mul(setmetatable({}, {__mul=function() return "m" end}), "a")
getmetatable("").__mul("a", setmetatable({}, {__mul=function() return "m" end}))
local n = 0 for k in pairs(string) do n = n + 1 end return n
table.concat((function() local r = {} for k in pairs(string) do r[#r+1] = k end table.sort(r) return r end)(), " ")
next(string) ~= nil, rawget(string, "rep") == string.rep, rawlen(string)
getmetatable(string)
string.extra == nil and (function() string.extra = 1 local r = string.extra string.extra = nil return r end)()
"010" + 1, "01107" + 11, -"010", "08" * 2, "0x10" + 1, " 10 " + 1, 3 - "003", "0017" % 5, "010" // 3
pcall(load("for i = 1, '010' do end"))
