--- every way of text
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("uid=" .. event.uid) --> float-text: event.uid is concatenated
  dovecot.i_info(event.uid_validity .. "/") --> float-text: event.uid_validity
  dovecot.i_info(tostring(event.date)) --> float-text: event.date is written as text
  dovecot.i_info(string.format("%s %d", event.tz, event.tz)) --> float-text: written with %s
  dovecot.i_info(("%5.2f %% %s"):format(1.5, event.uid)) --> float-text: written with %s
  dovecot.i_info(event.uid) --> float-text: used as text
  dovecot.event():add_str("uid", event.uid):log_info("x") --> float-text: event.uid
  print("uid", event.uid) --> float-text: printed
  dovecot.i_info(table.concat({event.uid, event.tz}, ",")) --> float-text: joined
  dovecot.i_info(event["uid"] .. "") --> float-text: event["uid"]
end
--- through variables, contexts and helper functions
local url = require "socket.url"
function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info("begin " .. user.uid) --> float-text: user.uid
  return {user = user, uid = user.gid, list = {}}
end
local function key(event)
  return event.mailbox .. "/" .. event.uid --> float-text: event.uid
end
function dovecot_lua_notify_event_message_new(ctx, event)
  local uid = event.uid
  local mailbox = ctx.user:mailbox(event.mailbox)
  local status = mailbox:status(dovecot.storage.STATUS_MESSAGES)
  mailbox:free()
  table.insert(ctx.list, {uid = uid, unseen = status.unseen + 1})
  dovecot.i_info(key(event) .. ctx.uid) --> float-text: ctx.uid
  dovecot.i_info("next " .. status.uidnext - 1) --> float-text: concatenated
end
function dovecot_lua_notify_end_txn(ctx, success)
  for i, message in ipairs(ctx.list) do
    dovecot.i_info(i .. ": " .. message.uid) --> float-text: message.uid
    dovecot.i_info("unseen=" .. url.escape(message.unseen)) --> float-text: message.unseen
  end
  dovecot.i_info("items " .. dovecot.storage.STATUS_UNSEEN) --> float-text: 16.0
end
--- // 1 is still a float, and unary minus, and or with a number
function dovecot_lua_notify_event_message_new(ctx, event)
  local uid = event.uid // 1
  dovecot.i_info("" .. uid) --> float-text: uid
  dovecot.i_info("" .. -event.tz) --> float-text: concatenated
  dovecot.i_info("" .. (event.uid or 0)) --> float-text: concatenated
end
--- what converts is right
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("" .. string.format("%d", event.uid))
  dovecot.i_info("" .. math.tointeger(event.uid))
  dovecot.i_info("" .. math.floor(event.uid))
  dovecot.i_info("" .. (event.uid // 1 | 0))
  dovecot.i_info("" .. (event.uid | 0))
  dovecot.i_info(("%d/%05d"):format(event.uid, event.uid_validity))
  local tz = event.tz
  tz = math.tointeger(tz)
  dovecot.i_info("" .. tz)
  local seen = {}
  seen[event.uid] = true
  for uid in pairs(seen) do
    dovecot.i_info("" .. uid)
  end
  dovecot.event():add_int("uid", event.uid):log_info("x")
  dovecot.i_info("" .. #event.flags .. os.time())
  dovecot.i_info(tostring(event.mailbox))
end
--- the script changes the field itself
local function whole(event)
  event.uid = math.tointeger(event.uid)
  return event
end
function dovecot_lua_notify_event_message_new(ctx, event)
  whole(event)
  dovecot.i_info("uid=" .. event.uid)
end
--- a variable that may hold either
function dovecot_lua_notify_event_message_new(ctx, event)
  local n = 0
  if event.date > 0 then
    n = event.date
  end
  dovecot.i_info("" .. n)
  local uid = math.tointeger and math.tointeger(event.uid) or event.uid
  dovecot.i_info("" .. uid)
end
--- an HTTP status is an integer
local client
function script_init()
  client = dovecot.http.client({request_timeout_msecs = 1000})
  return 0
end
function dovecot_lua_notify_end_txn(ctx, success)
  local r = client:request({url = "http://x/"}):submit()
  dovecot.i_info("status " .. r:status())
end
