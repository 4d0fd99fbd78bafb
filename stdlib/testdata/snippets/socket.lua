-- lua5.4 socket
local s = require "socket" return s._VERSION, s.BLOCKSIZE, type(s.gettime()), math.abs(s.gettime() - os.time()) < 5
---
local s = require "socket" return s.skip(1, "a", "b", "c")
---
local s = require "socket" return s.skip(9, "a")
---
local s = require "socket" return s.skip(0, "a", nil)
---
local s = require "socket" return s.try(1, 2, 3)
---
local s = require "socket" local f = s.protect(function(x) return s.try(x, "message") end) return {f(5)}, {f(nil)}, {f(false)}
---
local s = require "socket" local f = s.protect(function() error("plain") end) return f()
---
local s = require "socket" local f = s.protect(function() error({code = 5}) end) return f()
---
local s = require "socket" local n = 0 local try = s.newtry(function() n = n + 1 end) local f = s.protect(function(x) return try(x, "why") end) local a = {f(nil)} local b = {f("ok")} return a, b, n
---
local s = require "socket" local f = s.protect(function() local g = s.protect(function() return s.try(nil, "inner") end) local a, b = g() return s.try(nil, b .. " outer") end) return f()
---
local s = require "socket" local f = s.newtry(function() error("finalizer") end) return s.protect(function() f(nil, "why") end)()
---
local s = require "socket" local a = s.gettime() s.sleep(0.02) return s.gettime() - a >= 0.02, select("#", s.sleep(0)), s.sleep(-1)
---
local s = require "socket" local a = s.gettime() local r, w, e = s.select(nil, nil, 0.02) return r, w, e, s.gettime() - a >= 0.02
---
local s, u, h = require "socket", require "socket.url", require "socket.http" require "socket.headers" return s.url == u, s.http == h, h.TIMEOUT, h.USERAGENT, h.PROXY, type(s.headers.canonic)
---
return require"socket.headers".canonic
---
local c = require"socket".choose{a = function(x, y) return "a", x, y end, default = function(x, y) return "d", x, y end} return {c("a", 1, 2)}, {c(1, 2)}, {c()}
---
local c = require"socket".choose{} return c("x")
---
local h = require "socket.http" local g = h.genericform("http://h/", "body") local t = {} for k, v in pairs(g) do t[k] = type(v) end return t, g.headers, g.method, g.source(), g.source()
---
local h = require "socket.http" local g = h.genericform("http://h/") local t = {} for k, v in pairs(g) do t[k] = type(v) end return t
---
return require"socket.http".request()
---
return require"socket.http".request{url = "ftp://host/"}
---
return require"socket.http".request("http:///path")
---
return require"socket.http".request{}
---
return require"socket.http".request{host = "127.0.0.1", port = 1, scheme = "http"}
---
return require"socket.http".request{url = "http://127.0.0.1:1/", method = "PUT", headers = 5}
