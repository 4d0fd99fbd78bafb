-- Counts what happens in its session.
local log = {}
local function note(text) log[#log + 1] = text dovecot.i_info(text) end
calls = 0
function script_init(settings)
  note("init" .. (settings and settings.color and " " .. settings.color or ""))
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  calls = calls + 1
  note("begin " .. user.username .. " " .. calls)
  return {user = user.username, nested = {1, 2}, fn = note, object = user, back = log}
end
function dovecot_lua_notify_event_message_new(ctx, event)
  ctx.touched = true
  if event.subject == "user" then note("documented " .. tostring(event.user)) end
  if event.subject == "exit" then os.exit(0) end
end
function dovecot_lua_notify_end_txn(ctx, success) note("end " .. tostring(success)) end
function script_deinit() note("deinit") end
function dovecot_lua_notify_event_mailbox_rename(ctx, event) note(event.mailbox_old .. " > " .. event.mailbox) end
