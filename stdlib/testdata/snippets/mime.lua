-- lua5.4 mime
local m = require "mime" local names = {} for k, v in pairs(m) do names[k] = type(v) end for _, g in ipairs{"encodet","decodet","wrapt"} do for k, v in pairs(m[g]) do names[g.."."..k] = type(v) end end return names, m._VERSION
---
local f = require"mime".encode("base64") return f("ab"), f("cd"), f("efg"), f(nil), f(nil)
---
local f = require"mime".decode("base64") return f("YW"), f("JjZ"), f("GVm"), f(nil)
---
local f = require"mime".encode("quoted-printable") return f("é "), f("\r"), f("\nx"), f(nil)
---
local f = require"mime".encode("quoted-printable", "binary") return f("a\r\nb"), f(nil)
---
local f = require"mime".decode("quoted-printable") return f("=4"), f("1=\r"), f("\nz"), f(nil)
---
local f = require"mime".wrap() return f(("w"):rep(80)), f("x"), f(nil), f(nil)
---
local f = require"mime".wrap(10) return f("0123456789ab"), f("c\nd"), f(nil)
---
local f = require"mime".wrap("text", 5) return f("0123456789ab"), f(nil)
---
local f = require"mime".wrap("quoted-printable") return f(("=41"):rep(30)), f(nil)
---
local f = require"mime".normalize() return f("a\r"), f("\nb\n\nc\r\rd"), f(nil)
---
local f = require"mime".normalize("<nl>") return f("a\rb\nc\r\nd\n\re"), f(nil)
---
local f = require"mime".stuff() return f(".a\r\n"), f("..b"), f("\r\n."), f(nil)
---
return require"mime".encode("rot13")
---
return require"mime".encode()
---
return require"mime".decode(nil)
---
local m = require "mime" m.encodet["same"] = function(a, b) return function(c) return tostring(a) .. tostring(b) .. tostring(c) end end local f = m.encode("same", 1, 2) m.encodet.same = nil return f("x")
