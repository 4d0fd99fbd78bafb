(debug.traceback("m", 1):match("^m\nstack traceback:\n\t"))
(debug.traceback("x"):match("^[^\n]*\n[^\n]*"))
debug.traceback({}) ~= nil, debug.traceback(nil):match("^stack traceback:") , debug.traceback(12):match("^12\n")
debug.traceback("x", "y")
debug.traceback("msg", 100)
local function inner() return (debug.traceback("t")) end local function outer() local r = inner() return r end local r = outer() return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
function GLOBALF() return (debug.traceback("t")) end local r = GLOBALF() GLOBALF = nil return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local o = {} function o.field() return (debug.traceback("t")) end function o:meth() local r = self.field() return r end local r = o:meth() return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local r = select(2, xpcall(function() error("e") end, debug.traceback)) return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local r = select(2, xpcall(function() string.rep() end, debug.traceback)) return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local r = select(2, xpcall(function() local x = {} x.y.z = 1 end, debug.traceback)) return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local r = select(2, xpcall(function() table.sort({1, 2}, function() error("c") end) end, debug.traceback)) return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local function tail() return debug.traceback("t") .. "" end local function f() return tail() end local r = f() return (r:gsub("\n%s*%[C%]: in function 'pcall'.*", ""))
local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return debug.traceback(co), debug.traceback(co, "m"), debug.traceback(co, "m", 1), debug.traceback(co, nil, 0)
local co = coroutine.create(function() error("x") end) coroutine.resume(co) return debug.traceback(co)
local co = coroutine.create(function() local x = nil + 1 end) coroutine.resume(co) return debug.traceback(co)
local co = coroutine.create(print) return debug.traceback(co)
local function r(n) if n == 0 then return (debug.traceback("deep")) end local x = r(n - 1) return x end local t = r(40) return select(2, t:gsub("\n", "\n")), (t:match("%.%.%.[^\n]*"))
debug.getinfo(1, "l").currentline, debug.getinfo(1, "S").short_src, debug.getinfo(1, "S").what, debug.getinfo(1, "S").source
local i = debug.getinfo(print) return i.what, i.short_src, i.source, i.currentline, i.linedefined, i.lastlinedefined, i.nups, i.nparams, i.isvararg, i.func == print, i.namewhat, i.name
local function f(a, b, ...) return 1 end local i = debug.getinfo(f) return i.what, i.short_src, i.linedefined, i.lastlinedefined, i.nparams, i.isvararg, i.nups, i.currentline
local function f() return debug.getinfo(1, "n") end local i = f() return i.name, i.namewhat
local o = {m=function() local i = debug.getinfo(1, "n") return i end} local i = o.m() return i.name, i.namewhat
local o = {m=function() local i = debug.getinfo(1, "n") return i end} local i = o:m() return i.name, i.namewhat
function GF() local i = debug.getinfo(1, "n") return i end local i = GF() GF = nil return i.name, i.namewhat
local i = debug.getinfo(1) return i.istailcall, i.name, i.namewhat, type(i.func), type(i.activelines)
type(debug.getinfo(1, "L").activelines), debug.getinfo(1, "f").func ~= nil, debug.getinfo(1, "t").istailcall
debug.getinfo(100)
debug.getinfo(-1)
debug.getinfo(0, "n").name, debug.getinfo(0, "S").what
debug.getinfo()
debug.getinfo("x")
debug.getinfo(1, "X")
debug.getinfo(1, ">n")
debug.getinfo(1, {})
debug.getinfo(1.5)
debug.getinfo({})
local a, b = 1, "two" return debug.getlocal(1, 1), debug.getlocal(1, 2)
local a = 1 local n, v = debug.getlocal(1, 1) debug.setlocal(1, 1, 5) return n, v, a
debug.getlocal(1, 100)
debug.getlocal(100, 1)
debug.getlocal()
debug.getlocal(function(a, b) end, 1), debug.getlocal(function(a, b) end, 2), debug.getlocal(function(a, b) end, 3), debug.getlocal(print, 1)
local function f(x) local y = 2 return debug.getlocal(1, 2) end return f(1)
debug.setlocal(100, 1, 1)
local x, y = 1, 2 local function f() return x, y end return debug.getupvalue(f, 1), debug.getupvalue(f, 2), debug.getupvalue(f, 3)
local x = 1 local function f() return x end return debug.setupvalue(f, 1, 9), f(), debug.setupvalue(f, 2, 9)
debug.getupvalue(print, 1)
debug.getupvalue(1, 1)
debug.getupvalue(print)
local x, y = 1, 2 local function f() return x end local function g() return y end local before = debug.upvalueid(f, 1) == debug.upvalueid(g, 1) debug.upvaluejoin(f, 1, g, 1) return before, f(), debug.upvalueid(f, 1) == debug.upvalueid(g, 1)
debug.upvalueid(print, 5)
debug.upvalueid(function() end, 5)
debug.upvaluejoin(function() end, 1, function() end, 1)
debug.getmetatable(setmetatable({}, {__metatable="x"})) ~= "x", debug.getmetatable(1), debug.getmetatable("x").__index == string
local r = debug.setmetatable(12, {__index=function(n, k) return n .. k end}) local s = (5).x debug.setmetatable(12, nil) return r, s
local r = debug.setmetatable(nil, {__index=function(n, k) return k end}) local s = (nil).foo debug.setmetatable(nil, nil) return r, s
debug.setmetatable({}, 1)
debug.setmetatable({})
debug.getmetatable()
type(debug.getregistry())
debug.gethook()
debug.sethook()
debug.getuservalue(1), debug.getuservalue(io.stdout, 1)
debug.setuservalue(1, 1)
debug.getuservalue()
table.concat((function() local r = {} for k in pairs(debug) do r[#r+1] = k end table.sort(r) return r end)(), " ")
