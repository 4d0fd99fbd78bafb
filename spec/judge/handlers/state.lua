-- Keeps things in globals for as long as a session lasts, and in closures and
-- coroutines.

counter = 0
local seen = setmetatable({}, {__index = function(t, k) return 0 end})
local worker = coroutine.wrap(function(event)
  local n = 0
  while true do
    n = n + 1
    event = coroutine.yield(string.format("%d %s", n, event.name))
  end
end)

function script_init()
  counter = counter + 100
  dovecot.i_info("init " .. string.format("%d", counter))
  return 0
end

function script_deinit()
  local names = {}
  for k, v in pairs(seen) do names[#names + 1] = k .. "=" .. string.format("%d", v) end
  table.sort(names)
  dovecot.i_info("deinit " .. string.format("%d ", counter) .. table.concat(names, " "))
end

function dovecot_lua_notify_begin_txn(user)
  counter = counter + 1
  return nil
end

local function each(ctx, event)
  assert(ctx == nil)
  seen[event.name] = seen[event.name] + 1
  dovecot.i_info(worker(event))
end

dovecot_lua_notify_event_message_new = each
dovecot_lua_notify_event_flags_set = each
dovecot_lua_notify_event_flags_clear = each
dovecot_lua_notify_event_message_read = each
dovecot_lua_notify_event_message_trash = each
dovecot_lua_notify_event_message_expunge = each
dovecot_lua_notify_event_mailbox_create = function(ctx, event)
  each(ctx, event)
  -- A handler may be made and taken away while it runs.
  dovecot_lua_notify_event_mailbox_delete = each
  dovecot_lua_notify_event_message_append = dovecot_lua_notify_event_message_append and nil or each
end

function dovecot_lua_notify_end_txn(ctx, success)
  dovecot.i_info(string.format("end %d %s", counter, tostring(success)))
end
