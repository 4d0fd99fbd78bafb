-- lua5.3 inspect
local i = require "inspect" return i(1), i(1.5), i("x"), i(nil), i(true), i.inspect("y"), i._VERSION
---
local i = require "inspect" return i('a "q" b'), i([[it's "both"]]), i("it's"), i("\\ \n \r \t \a \b \f \v"), i("\0\1\0012\127\200")
---
local i = require "inspect" return i{}, i{1, 2, 3}, i{"a", {}, {1}}
---
local i = require "inspect" return i{a = 1, b = "x", [true] = 2, [1.5] = 3, ["a b"] = 4, _x9 = 5, ["9x"] = 6}
---
local i = require "inspect" return i{1, 2, nil, 4}, i{[2] = "b"}, i{1, a = 2}
---
local i = require "inspect" return i{a = {b = {c = {d = 1}}}}, i({a = {b = {c = {}}}}, {depth = 2}), i({{}}, {depth = 0}), i({{}}, {depth = 1})
---
local i = require "inspect" local t = {x = 1} t.self = t return i(t)
---
local i = require "inspect" local s = {1} return i{s, s, {s}}
---
local i = require "inspect" local f, g = print, function() end return i{f, g, f, coroutine.create(g), io.stdout}
---
local i = require "inspect" return i(setmetatable({1}, {__index = {a = 1}}))
---
local i = require "inspect" return i(setmetatable({}, {__tostring = function() return "hello\nworld" end}))
---
local i = require "inspect" return (i(setmetatable({1, 2}, {__tostring = function() return "list" end})))
---
local i = require "inspect" return i(setmetatable({}, {__tostring = function() return 5 end}))
---
local i = require "inspect" return i(setmetatable({}, {__metatable = "hidden"}))
---
local i = require "inspect" return i({a = {1, b = 2}}, {newline = "@", indent = "->"}), i({a = {b = 1}}, {newline = "", indent = ""})
---
local i = require "inspect" return i({a = 1, secret = 2, list = {1, 2}}, {process = function(item, path) if path[#path] ~= "secret" then return item end end})
---
local i = require "inspect" return i({a = 1, b = {2}}, {process = function(item) if type(item) == "number" then return item * 10 end return item end})
---
local i = require "inspect" return i({a = 1}, {process = function(item, path) if path[#path] == i.KEY then return item .. "!" end return item end})
---
local i = require "inspect" return i(setmetatable({a = 1}, {b = 2}), {process = function(item, path) if path[#path] ~= i.METATABLE then return item end end})
---
local i = require "inspect" return tostring(i.KEY), tostring(i.METATABLE), i{i.KEY, i.METATABLE}
---
local i = require "inspect" return i({[{}] = 1, [{1}] = {}}):gsub("%b{}", "T")
---
local i = require "inspect" local mt = {} mt.__index = mt return i(setmetatable({x = 1}, mt))
---
local inspect = require "inspect" return inspect(setmetatable({1, a = 2}, {__metatable = false})), inspect(setmetatable({}, {__metatable = false})), inspect(setmetatable({}, {__metatable = "no"}))
