--- nil by mistake
function dovecot_lua_notify_begin_txn(user)
  local on = True --> global-undefined: True is not defined: it is nil
  if on == null then --> global-undefined: null
    return
  end
  clinet:request({}) --> global-undefined: indexing it is an error
  unpack({}) --> global-undefined: unpack is not defined: calling it is an error
  local x = {y = fasle} --> global-undefined: fasle
  return cjson.encode({}) --> global-undefined: cjson
end
--- looked for before
local unpack = table.unpack or unpack
local setfenv = setfenv
  or function() end
if not table.pack and pack then
  unpack = nil
end
local json = rawget(_G, "json")
local has = type(jit) == "table"
local also = _G.ngx
local third = bit32 ~= nil
--- defined further down, by another name, by a module
function dovecot_lua_notify_begin_txn(user)
  send(user.username)
  return {x = socket.gettime()}
end
function send(x)
  dovecot.i_info(x .. later .. _VERSION .. tostring(utf8) .. tostring(warn))
end
_G.later = "x"
require "socket"
--- where globals come from elsewhere
dofile("/etc/dovecot/common.lua")
common(x)
--- a script that brings names from a table
setmetatable(_G, {__index = function(t, k) return k end})
local x = anything
--- a module of the user's own may define globals, but not these
require "mymodule"
send_push(other)
local x = True --> global-undefined: True
