-- lua5.4 dkjson
local j = require "dkjson" local n = {} for k, v in pairs(j) do n[k] = type(v) end n.use_lpeg = nil return n, j.version, j.null == j.null
---
local j = require "dkjson" return j.encode(j.null), j.encode{a = j.null}, j.encode{j.null, 1}
---
local j = require "dkjson" return j.encode(setmetatable({}, {__jsontype = "object"})), j.encode(setmetatable({}, {__jsontype = "array"})), j.encode(setmetatable({}, {__jsontype = "object"}), {indent = true})
---
local j = require "dkjson" return j.encode(setmetatable({x = 1, y = 2, z = 3}, {__jsonorder = {"z", "y", "x"}}))
---
local j = require "dkjson" return j.encode(setmetatable({}, {__tojson = function(self, state) return '"custom"' end}))
---
local j = require "dkjson" return j.encode({1, setmetatable({}, {__tojson = function(self, state) state.buffer[state.bufferlen + 1] = "written" state.bufferlen = state.bufferlen + 1 return true end}), 3})
---
local j = require "dkjson" return j.encode({a = setmetatable({}, {__tojson = function() return nil, "will not" end})})
---
local j = require "dkjson" return j.encode({a = setmetatable({}, {__tojson = function() return nil end})})
---
local j = require "dkjson" local t = {} t.t = t return j.encode(t)
---
local j = require "dkjson" local t = {} return j.encode{t, t}
---
local j = require "dkjson" return j.encode(print)
---
local j = require "dkjson" return j.encode({[{}] = 1})
---
local j = require "dkjson" return j.encode({a = print}, {exception = function(reason, value, state, message) return '"' .. reason .. "/" .. type(value) .. "/" .. message .. '"' end})
---
local j = require "dkjson" return j.encode({print, 1}, {exception = j.encodeexception})
---
local j = require "dkjson" return j.encode({print}, {exception = function() return nil, "other message" end})
---
local j = require "dkjson" return j.encode({print}, {exception = function() return nil end})
---
local j = require "dkjson" local t = {} t[1] = t return j.encode(t, {exception = j.encodeexception})
---
local j = require "dkjson" local state = {buffer = {}} local r = j.encode({1, {a = 2}}, state) return r, table.concat(state.buffer), state.bufferlen == #state.buffer
---
local j = require "dkjson" local state = {buffer = {"x="}, bufferlen = 1} local r = j.encode("y", state) return r, table.concat(state.buffer)
---
local j = require "dkjson" local state = {} local r = j.encode({}, state) return r, state
---
local j = require "dkjson" local state = {indent = true, buffer = {}, bufferlen = 0, level = 2} j.addnewline(state) return table.concat(state.buffer), state.bufferlen
---
local j = require "dkjson" return j.addnewline({})
---
local j = require "dkjson" local o = j.decode('{"a":[]}') return getmetatable(o), getmetatable(o.a)
---
local j = require "dkjson" local o = j.decode('{"a":[]}', 1, nil, nil) return getmetatable(o), getmetatable(o.a)
---
local j = require "dkjson" local m = {} local o = j.decode('{"a":[]}', 1, nil, m, nil) return getmetatable(o) == m, getmetatable(o.a)
---
local j = require "dkjson" return j.decode('{"a":null}', 1, j.null).a == j.null, j.encode(j.decode('{"a":{},"b":[]}').a), j.encode(j.decode('[{},[]]'))
---
local j = require "dkjson" return j.encode({1, 2, n = 4}), j.encode({n = 0}), j.encode({[1] = 1, [20] = 2}), j.encode({[20] = 1, n = 20})
---
local j = require "dkjson" local text = j.encode({name = "x", list = {1, {k = "v"}}, sub = {}}, {indent = true, keyorder = {"name", "list", "sub"}}) return text
---
local j = require "dkjson" return j.encode(setmetatable({}, {__index = {a = 1}})), j.encode(setmetatable({a = 1}, {__jsonorder = {"b", "a"}, __index = {b = 2}}))
---
local j = require "dkjson" return j.encode({a = {b = {c = {}}}}, {indent = true, level = 1})
---
local j = require "dkjson" local seen = {} return j.encode({{}}, {tables = seen}), next(seen)
