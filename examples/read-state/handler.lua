-- Keeps another system's read and flagged marks the same as the mailbox's:
-- one PUT for each message that was read, or whose flags changed.
--
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/read-state.lua
--     read_state_url = https://sync.example.com/messages
--   }
--
-- Works with Dovecot 2.3.19 and later of 2.3, and needs the Lua module
-- socket.url (LuaSocket).

local url = require "socket.url"

-- The marks that the other system knows.
local marks = {["\\Seen"] = "read", ["\\Flagged"] = "starred"}

local client

function script_init()
  client = dovecot.http.client({request_timeout_msecs = 2000, max_attempts = 2})
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user.username, url = user:plugin_getenv("read_state_url"), changes = {}, order = {}}
end

-- The changes of a message, gathered over the events of the transaction:
-- FlagsClear comes for each change of flags, also when nothing was cleared.
local function change(ctx, event)
  local id = string.format("%s/%d/%d", url.escape(event.mailbox), event.uid_validity, event.uid)
  if not ctx.changes[id] then
    ctx.changes[id] = {}
    table.insert(ctx.order, id)
  end
  return ctx.changes[id]
end

local function mark(ctx, event, value)
  for _, flag in ipairs(event.flags) do
    if marks[flag] then
      change(ctx, event)[marks[flag]] = value
    end
  end
end

function dovecot_lua_notify_event_flags_set(ctx, event)
  mark(ctx, event, "yes")
end

function dovecot_lua_notify_event_flags_clear(ctx, event)
  mark(ctx, event, "no")
end

function dovecot_lua_notify_event_message_expunge(ctx, event)
  change(ctx, event).gone = "yes"
end

function dovecot_lua_notify_end_txn(ctx, success)
  if not success or not ctx.url then
    return
  end
  for _, id in ipairs(ctx.order) do
    local parts = {}
    for _, name in ipairs({"read", "starred", "gone"}) do
      if ctx.changes[id][name] then
        table.insert(parts, name .. "=" .. ctx.changes[id][name])
      end
    end
    local request = client:request({url = ctx.url .. "/" .. id, method = "PUT"})
    request:add_header("Content-Type", "application/x-www-form-urlencoded")
    request:set_payload("user=" .. url.escape(ctx.user) .. "&" .. table.concat(parts, "&"))
    local response = request:submit()
    if response:status() ~= 200 and response:status() ~= 204 then
      dovecot.i_warning("read-state: " .. id .. ": " .. response:status() .. " " .. response:reason())
    end
  end
end
