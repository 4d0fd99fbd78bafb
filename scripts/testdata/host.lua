-- A stand-in for Dovecot, as little as the drivers need: it runs the script
-- arg[1] with the options and the transactions of the Lua file arg[2], and
-- prints what is logged.
local function out(level, text) io.write(level, " ", (text:gsub("\n", "\\n")), "\n") end

local event = {}
event.__index = event
function event:replace_log_prefix(prefix) self.prefix = prefix return self end
function event:log_debug(text) out("debug", self.prefix .. text) end
function event:log_error(text) out("error", self.prefix .. text) end

local request = {}
request.__index = request
function request:add_header() end
function request:set_payload() end
function request:submit()
  return {status = function() return 200 end, reason = function() return "OK" end}
end

dovecot = {
  event = function() return setmetatable({prefix = "lua: "}, event) end,
  i_debug = function(text) out("debug", text) end,
  storage = {STATUS_UNSEEN = 16},
  http = {client = function() return {request = function() return setmetatable({}, request) end} end},
}

local given = dofile(arg[2])
dofile(arg[1])
assert(script_init(given.options) == 0)
for _, txn in ipairs(given) do
  local user = {username = txn.user}
  function user:metadata_get() return txn.registration end
  function user:mailbox()
    return {
      sync = function() end, free = function() end,
      status = function() return {unseen = txn.unseen} end,
    }
  end
  local ctx = dovecot_lua_notify_begin_txn(user)
  for _, e in ipairs(txn) do
    local name = e.name:gsub("%u", function(c) return "_" .. c:lower() end)
    _G["dovecot_lua_notify_event" .. name](ctx, e)
  end
  dovecot_lua_notify_end_txn(ctx, true)
end
if script_deinit then script_deinit() end
