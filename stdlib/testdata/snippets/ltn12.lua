-- lua5.4 ltn12
local l = require "ltn12" local names = {} for _, g in ipairs{"filter","source","sink","pump"} do for k, v in pairs(l[g]) do names[g.."."..k] = type(v) end end return names, l.BLOCKSIZE, l._VERSION
---
local l = require "ltn12" local t = {} return l.pump.all(l.source.string("hello"), l.sink.table(t)), t
---
local l = require "ltn12" local s = l.source.string(("x"):rep(5000)) return #s(), #s(), #s(), s(), s()
---
local l = require "ltn12" l.BLOCKSIZE = 3 local s = l.source.string("abcdefgh") local a,b,c,d = s(), s(), s(), s() l.BLOCKSIZE = 2048 return a,b,c,d
---
local l = require "ltn12" return l.source.string(nil)(), l.source.string("")(), l.source.empty()()
---
local l = require "ltn12" return l.source.error("bad")()
---
local l = require "ltn12" return l.pump.all(l.source.error("bad"), l.sink.null())
---
local l = require "ltn12" return l.pump.all(l.source.string("x"), l.sink.error("full"))
---
local l = require "ltn12" return l.pump.step(l.source.string("x"), l.sink.null()), select("#", l.pump.step(l.source.empty(), l.sink.null()))
---
local l = require "ltn12" return l.pump.all(nil, l.sink.null())
---
local l = require "ltn12" return l.pump.all(l.source.empty())
---
local l = require "ltn12" local s = l.source.table{"a","b","c"} return s(), s(), s(), s()
---
local l = require "ltn12" return l.source.table("x")
---
local l = require "ltn12" local s = l.source.cat(l.source.string("a"), l.source.empty(), l.source.string("b")) return s(), s(), s(), s()
---
local l = require "ltn12" local s = l.source.cat(l.source.string("a"), l.source.error("e"), l.source.string("b")) return s(), {s()}, {s()}
---
local l = require "ltn12" local s = l.source.rewind(l.source.string("abc")) local a = s() s(a) s("zz") return a, s(), s(), s()
---
local l = require "ltn12" return l.source.rewind()
---
local l = require "ltn12" local n = 0 local function fancy() n = n + 1 if n == 1 then return "one", function() return nil, "end" end end end local s = l.source.simplify(fancy) return s(), {s()}
---
local l = require "ltn12" local got = {} local function second(c) got[#got+1] = "2:" .. tostring(c) return 1 end local function first(c) got[#got+1] = "1:" .. tostring(c) return 1, second end local s = l.sink.simplify(first) return s("a"), s("b"), s(nil), got
---
local l = require "ltn12" local s = l.sink.simplify(function() return nil, "no" end) return s("a")
---
local l = require "ltn12" local s, t = l.sink.table() s("a") s(nil) s("b") return t, s("c"), #t
---
local l = require "ltn12" local f, e = io.open("/nonexistent/file") return l.source.file(f, e)()
---
local l = require "ltn12" return l.source.file(nil)()
---
local l = require "ltn12" return l.sink.file(nil, "why")("x")
---
local l = require "ltn12" local f = io.tmpfile() local ok = l.pump.all(l.source.string("text of a file"), l.sink.file(f)) return ok, pcall(f.write, f, "x")
---
local l = require "ltn12" local f = io.tmpfile() f:write("some text") f:seek("set") local t = {} local ok = l.pump.all(l.source.file(f), l.sink.table(t)) return ok, t, io.type(f)
---
local l = require "ltn12" local function upper(c) return c and c:upper() end local s = l.source.chain(l.source.string("abc"), upper) return s(), s()
---
local l = require "ltn12" local function upper(c) return c and c:upper() end local s = l.source.chain(l.source.string("abc"), upper) s() s() return s()
---
local l = require "ltn12" local function upper(c) return c and c:upper() end local function twice(c) return c and c .. c end local s = l.source.chain(l.source.string("abc"), upper, twice) return s(), s()
---
local l = require "ltn12" return l.source.chain(l.source.string("x"))
---
local l = require "ltn12" return l.source.chain(nil, print)
---
local l, m = require "ltn12", require "mime" local t = {} local s = l.sink.chain(m.encode("base64"), l.sink.table(t)) local a, b, c = s("hello "), s("world"), s(nil) return a, b, c, table.concat(t)
---
local l, m = require "ltn12", require "mime" local t = {} l.pump.all(l.source.chain(l.source.string(("0123456789"):rep(700)), l.filter.chain(m.encode("base64"), m.wrap("base64", 60))), l.sink.table(t)) local s = table.concat(t) return #s, s:sub(1, 130), s:sub(-30)
---
local l, m = require "ltn12", require "mime" local t = {} l.pump.all(l.source.string("a=b \tc\nd"), l.sink.chain(m.normalize(), m.encode("quoted-printable"), m.wrap("quoted-printable"), l.sink.table(t))) return table.concat(t)
---
local l = require "ltn12" return l.sink.chain(nil, l.sink.null())
---
local l = require "ltn12" local s = l.sink.chain(function(c) return c end, l.sink.error("full")) return s("x")
---
local l = require "ltn12" local s = l.sink.chain(function(c) return c end, l.sink.null()) return s("")
---
local l = require "ltn12" local f = l.filter.cycle(function(ctx, chunk, extra) return (chunk or "end") .. ctx .. extra, ctx + 1 end, 1, "!") return f("a"), f("b"), f(nil)
---
local l = require "ltn12" return l.filter.cycle()
---
local l = require "ltn12" local f = l.filter.chain(function(c) return nil end) return f("x")
---
local l = require "ltn12" local f = l.filter.chain(function(c) return c end, function(c) return nil end, function(c) return c end) return f("x")
---
local l = require "ltn12" local f = l.filter.chain(function(c) return c end, function(c) if c == nil then return nil end return c == "" and "" or c .. "!" end) return f("x"), f(""), f(nil)
---
local l = require "ltn12" local s = l.source.chain(l.source.string("ab"), function(c) if c == nil then return "tail" end return c end) return s(), s()
---
local l = require "ltn12" local s = l.source.chain(l.source.string("ab"), function() return nil end) return s()
---
local l = require "ltn12" local calls = 0 local function step(src, snk) calls = calls + 1 return l.pump.step(src, snk) end local ok = l.pump.all(l.source.string(("y"):rep(4097)), l.sink.null(), step) return ok, calls
---
local l = require "ltn12" local s = l.source.chain(l.source.error("broken"), function(c) return c end) return s()
---
local l = require "ltn12" local t = setmetatable({}, {__call = function(self) self.n = (self.n or 0) + 1 return self.n < 3 and "c" .. self.n or nil end}) local out = {} return l.pump.all(t, l.sink.table(out)), out
