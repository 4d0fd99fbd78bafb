io.open("/nonexistent/file")
io.open("/nonexistent/file", "w")
io.open("/", "w")
io.open("/etc/passwd", "x")
io.open("/etc/passwd", "rw")
io.open("/etc/passwd", "")
io.open("/etc/passwd", "r+b+")
io.open("/etc/passwd", "+r")
io.open()
io.open({})
io.open("/etc/passwd", "rb") ~= nil, io.open("/etc/passwd", "rbb") ~= nil
local n = os.tmpname() local f = io.open(n, "w") local a, b = f:write("one\ntwo\n", 3, " ", 4.5, "\n") f:close() local r = {} for l in io.lines(n) do r[#r+1] = l end os.remove(n) return a == f, #r, r[1], r[2], r[3]
local n = os.tmpname() local f = io.open(n, "w+") f:write("12 0x1F 1e2 -3.5 x\nline\nrest") f:seek("set") local r = {f:read("n", "n", "n", "n", "n")} local t = f:read("a") f:close() os.remove(n) return r[1], r[2], r[3], r[4], r[5], t
local n = os.tmpname() local f = io.open(n, "w+") f:write("a\nb\n\nc") f:seek("set") local r = {f:read("l", "L", "l", "L", "l")} f:close() os.remove(n) return table.unpack(r, 1, 5)
local n = os.tmpname() local f = io.open(n, "w+") f:write("abcdef") f:seek("set") local r = {f:read(2, 0, 3, 10, 1, 0)} f:close() os.remove(n) return table.unpack(r, 1, 6)
local n = os.tmpname() local f = io.open(n, "w+") f:write("x\ny") f:seek("set") local r = {f:read("*l", "*a", "*n")} f:close() os.remove(n) return table.unpack(r, 1, 3)
local n = os.tmpname() local f = io.open(n, "w+") f:write("hello") local r = {f:seek(), f:seek("set", 1), f:read(1), f:seek("cur"), f:seek("end", -1), f:read("a"), f:seek("end")} f:close() os.remove(n) return table.unpack(r)
local n = os.tmpname() local f = io.open(n, "w+") f:write("hello") f:seek("set", 0) f:read(2) f:write("XX") f:seek("set") local s = f:read("a") f:close() os.remove(n) return s
local n = os.tmpname() local f = io.open(n, "a") f:write("1") f:close() f = io.open(n, "a+") f:write("2") f:seek("set") local s = f:read("a") f:close() os.remove(n) return s
local n = os.tmpname() local f = io.open(n) local r = {f:write("x")} f:close() os.remove(n) return r[1], r[2], r[3]
local n = os.tmpname() local f = io.open(n, "w") local r = {f:read()} f:close() os.remove(n) return r[1], r[2], r[3]
local n = os.tmpname() local f = io.open(n) local r = {f:read("a"), f:read("a"), f:read("l"), f:read("n"), f:read(0)} f:close() os.remove(n) return r[1], r[2], r[3], r[4], r[5]
local f = io.tmpfile() f:write("abc") f:seek("set") local s = f:read("a") return s, f:close(), io.type(f), tostring(f)
io.type(io.stdout), io.type(1), io.type({}), tostring(io.stdout):match("^file %(0x%x+%)$") ~= nil
io.type()
io.stdout:close()
io.stderr:close()
io.close(io.stdin)
local f = io.tmpfile() f:close() return f:read()
local f = io.tmpfile() f:close() return f:close()
local f = io.tmpfile() f:close() return f:lines()
io.stdout.read(1)
io.stdout.write()
io.stdout:seek("bad")
io.stdout:seek("set", "x")
io.stdout:seek("set", 1.5)
io.stdout:setvbuf("bad")
io.stdout:setvbuf("full"), io.stdout:setvbuf("no"), io.stdout:setvbuf("line", 1024)
io.stdout:write({})
io.stdout:write(nil)
io.write({})
io.write("x", nil)
io.write() == io.stdout
io.tmpfile():read("x")
io.tmpfile():read("*x")
io.tmpfile():read("")
io.tmpfile():read({})
io.tmpfile():read(1.5)
io.tmpfile():read(nil)
io.lines("/nonexistent/file")
io.lines({})
for l in io.lines("/nonexistent/file") do end
local n = os.tmpname() local f = io.open(n, "w") f:write("abc") f:close() local r = {} for a, b in io.lines(n, 1, 1) do r[#r+1] = a .. (b or "-") end os.remove(n) return table.concat(r, " ")
local n = os.tmpname() local f = io.open(n, "w") f:write("1 2 3") f:close() local r = {} for a in io.lines(n, "n") do r[#r+1] = a end os.remove(n) return #r, r[3]
local n = os.tmpname() local f = io.lines(n) f() os.remove(n) return f()
local n = os.tmpname() local a, b, c, d = io.lines(n) os.remove(n) return type(a), b, c, io.type(d)
local n = os.tmpname() local f = io.open(n) local g = f:lines() f:close() os.remove(n) return g()
local n = os.tmpname() io.lines(n, "x")()
local n = os.tmpname() local f = io.open(n, "w") f:write("a\nb") f:close() local old = io.input() io.input(n) local r = {io.read(), io.read(), io.read()} io.close(io.input()) io.input(old) os.remove(n) return r[1], r[2], r[3]
local n = os.tmpname() local old = io.output() io.output(n) io.write("q") io.close() local r = {pcall(io.write, "x")} io.output(old) local f = io.open(n) local s = f:read("a") f:close() os.remove(n) return s, r[1], r[2]
local n = os.tmpname() local old = io.input() io.input(n) io.input():close() local r = {pcall(io.read)} io.input(old) os.remove(n) return r[1], r[2]
io.input("/nonexistent/file")
io.output("/nonexistent/file")
io.input({})
io.input() == io.stdin, io.output() == io.stdout
local f = io.popen("echo hi; exit 3") local s = f:read("a") return s, f:close()
local f = io.popen("cat >/dev/null", "w") f:write("x") return f:close()
local f = io.popen("true") return f:close()
io.popen("true", "x")
io.popen("true", "rw")
io.popen()
io.popen({})
getmetatable(io.stdout).__name, type(getmetatable(io.stdout).__index), getmetatable(io.stdout).__index.write == io.stdout.write
table.concat((function() local r = {} for k in pairs(io) do r[#r+1] = k end table.sort(r) return r end)(), " ")
table.concat((function() local r = {} for k in pairs(getmetatable(io.stdout).__index) do r[#r+1] = k end table.sort(r) return r end)(), " ")
table.concat((function() local r = {} for k in pairs(getmetatable(io.stdout)) do r[#r+1] = k end table.sort(r) return r end)(), " ")
io.stdout.x
local f <close> = io.tmpfile() return io.type(f)
local g do local f <close> = io.tmpfile() g = f end return io.type(g)
local n = os.tmpname() local f = io.open(n, "w") f:setvbuf("full") f:write("kept") local before = io.open(n):read("a") f:flush() local after = io.open(n):read("a") f:close() os.remove(n) return before, after
io.read("n", "x")
local n = os.tmpname() local f = io.open(n, "w+") f:write("0x 1e 5. .5 -. nan 99999999999999999999 0x1p4") f:seek("set") local r = {} for i = 1, 3 do r[i] = tostring(f:read("n")) end f:close() os.remove(n) return table.concat(r, " ")
local n = os.tmpname() local f = io.open(n, "w+") f:write(".5 5. 0x.8 1e+2 0x1p4") f:seek("set") local r = {} for i = 1, 5 do r[i] = f:read("n") end f:close() os.remove(n) return r[1], r[2], r[3], r[4], r[5]
