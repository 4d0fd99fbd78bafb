package.config
type(package.path), type(package.cpath), type(package.loaded), type(package.preload), type(package.searchers), #package.searchers
package.loaded._G == _G, package.loaded.string == string, package.loaded.package == package, package.loaded.math == math
table.concat((function() local r = {} for k in pairs(package.loaded) do r[#r+1] = k end table.sort(r) return r end)(), " ")
table.concat((function() local r = {} for k in pairs(package) do r[#r+1] = k end table.sort(r) return r end)(), " ")
require("string") == string, require("_G") == _G
select('#', require("string"))
require("no.such.module")
require("nosuch")
require()
require({})
package.preload.pre = function(...) return {...} end local m, d = require("pre") local again = select('#', require("pre")) package.preload.pre = nil package.loaded.pre = nil return m[1], m[2], d, again
package.preload.pre = function() end local m = require("pre") package.preload.pre = nil package.loaded.pre = nil return m
package.preload.pre = function() return false end local m, d = require("pre") package.preload.pre = nil package.loaded.pre = nil return m, d
package.preload.pre = function() error("loading") end local ok, e = pcall(require, "pre") package.preload.pre = nil return ok, e
package.preload.pre = function(n) package.loaded[n] = "set" end local m = require("pre") package.preload.pre = nil package.loaded.pre = nil return m
package.loaded.fake = 5 local m, d = require("fake") package.loaded.fake = nil return m, d
package.searchpath("x", "./?.lua;/nonexistent/?.lua")
package.searchpath("a.b", "/nonexistent/?.lua;/nonexistent/?/init.lua")
package.searchpath("a-b", "/nonexistent/?", "-", "+")
package.searchpath("passwd", "/etc/?")
package.searchpath("x", "")
package.searchpath("x")
package.searchpath()
package.searchpath("a.b", "/nonexistent/?", "")
package.loadlib("x.so", "f") == nil
package.loadlib()
local n = os.tmpname() local f = io.open(n, "w") f:write("return {name=..., path=select(2, ...)}") f:close() local old = package.path package.path = n:gsub("[^/]+$", "?") local name = n:match("[^/]+$") local m, d = require(name) package.path = old package.loaded[name] = nil os.remove(n) return m.name == name, m.path == n, d == n
local n = os.tmpname() local f = io.open(n, "w") f:write("x = = 1") f:close() local old = package.path package.path = n:gsub("[^/]+$", "?") local name = n:match("[^/]+$") local ok, e = pcall(require, name) package.path = old os.remove(n) return ok, (e:gsub("lua_%w+", "F"))
local n = os.tmpname() local f = io.open(n, "w") f:write("error('boom')") f:close() local old = package.path package.path = n:gsub("[^/]+$", "?") local name = n:match("[^/]+$") local ok, e = pcall(require, name) package.path = old os.remove(n) return ok, (e:gsub("lua_%w+", "F"))
local old = package.path package.path = nil local ok, e = pcall(require, "zzz") package.path = old return ok, e
local old = package.path package.path = 12 local ok, e = pcall(require, "zzz") package.path = old return ok, e:sub(1, 60)
local old = package.searchers package.searchers = nil local ok, e = pcall(require, "zzz") package.searchers = old return ok, e
local old = package.searchers package.searchers = {function(n) return "said " .. n end, function(n) return nil end, function(n) return 12 end} local ok, e = pcall(require, "zzz") package.searchers = old return ok, e
local old = package.searchers package.searchers = {function(n) return function(...) return {...} end, "data" end} local m, d = require("zzz") package.searchers = old package.loaded.zzz = nil return m[1], m[2], d
local n = os.tmpname() local f = io.open(n, "w") f:write("#!/usr/bin/lua\nreturn 7") f:close() local r = dofile(n) os.remove(n) return r
local n = os.tmpname() local f = io.open(n, "w") f:write("\xEF\xBB\xBFreturn ...") f:close() local r = loadfile(n)(8) os.remove(n) return r
local n = os.tmpname() local f = io.open(n, "w") f:write("return v") f:close() local r = loadfile(n, "t", {v=9})() os.remove(n) return r
local n = os.tmpname() local f = io.open(n, "w") f:write("return = v") f:close() local a, b = loadfile(n) os.remove(n) return a, (b:gsub("lua_%w+", "F"))
local n = os.tmpname() local f = io.open(n, "w") f:write("return 1") f:close() local a, b = loadfile(n, "b") os.remove(n) return a, (b:gsub("lua_%w+", "F"))
package.loaders, package.seeall, module
