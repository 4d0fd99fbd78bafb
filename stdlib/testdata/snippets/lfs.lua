-- lua5.4 lfs
local lfs = require "lfs" return lfs.attributes("/etc", "mode"), lfs.attributes("/dev/null", "mode"), lfs.attributes("/etc/passwd", "permissions"), lfs.attributes("/etc/passwd", "size") > 0
---
local lfs = require "lfs" local a, t = lfs.attributes("/etc/passwd"), {} for k, v in pairs(a) do t[k] = type(v) end return t, a.mode, a.nlink
---
local lfs = require "lfs" return lfs.attributes("/nonexistent")
---
local lfs = require "lfs" return lfs.attributes("/etc/passwd", "colour")
---
local lfs = require "lfs" local t = {x = 1} return lfs.attributes("/etc", t) == t, t.x, t.mode
---
local lfs = require "lfs" return lfs.symlinkattributes("/proc/self", "mode"), lfs.symlinkattributes("/etc/passwd", "mode"), (lfs.symlinkattributes("/proc/self", "target") or ""):match("^%d+$") ~= nil, lfs.attributes("/proc/self", "mode")
---
local lfs = require "lfs" return lfs.symlinkattributes("/nonexistent")
---
local lfs = require "lfs" local t = {} for name in lfs.dir("/etc/apt") do t[name] = true end return t["."], t[".."], t["sources.list.d"]
---
local lfs = require "lfs" return lfs.dir("/nonexistent")
---
local lfs = require "lfs" local n, d = lfs.dir("/etc") local a = type(d:next()) d:close() return a, pcall(d.next, d)
---
local lfs = require "lfs" local n, d = lfs.dir("/etc/apt") while n(d) do end return pcall(n, d)
---
local lfs = require "lfs" return select("#", lfs.dir("/etc")), lfs.currentdir():sub(1, 1), lfs._VERSION
---
local lfs = require "lfs" return lfs.attributes()
---
local lfs = require "lfs" return lfs.dir(nil)
---
local lfs = require "lfs" return lfs.attributes("/nonexistent\0x"), pcall(lfs.attributes, "/etc", 5), lfs.symlinkattributes("/nonexistent", "target")
---
local lfs = require "lfs" return lfs.attributes("/etc\0x", "mode"), lfs.symlinkattributes("/etc", "target"), pcall(lfs.dir, "/nonexistent\0x")
