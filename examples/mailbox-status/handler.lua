-- Tells a server how many messages a mailbox holds after each change in it,
-- once a mailbox and transaction, and logs what happened as named events that
-- Dovecot's statistics can count.
--
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/mailbox-status.lua
--     status_url = https://status.example.com/mailbox
--   }
--
-- Works with Dovecot 2.3.19 and later of 2.3, and needs the Lua module
-- socket.url (LuaSocket).

local url = require "socket.url"

local client

function script_init()
  client = dovecot.http.client({request_timeout_msecs = 2000})
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {
    user = user,
    url = user:plugin_getenv("status_url"),
    event = dovecot.event():add_str("owner", user.username),
    changed = {},
    order = {},
  }
end

local function changed(ctx, event)
  if not ctx.changed[event.mailbox] then
    ctx.changed[event.mailbox] = true
    table.insert(ctx.order, event.mailbox)
  end
end

dovecot_lua_notify_event_message_new = changed
dovecot_lua_notify_event_message_append = changed
dovecot_lua_notify_event_message_expunge = changed
dovecot_lua_notify_event_message_read = changed

local function status_of(user, name)
  local mailbox = user:mailbox(name)
  mailbox:sync()
  local status = mailbox:status(dovecot.storage.STATUS_MESSAGES, dovecot.storage.STATUS_UNSEEN)
  mailbox:free()
  return status
end

local function report(ctx, name)
  local e = dovecot.event(ctx.event)
  local ok, status = pcall(status_of, ctx.user, name)
  if not ok then
    e:log_error("status of " .. name .. ": " .. tostring(status))
    return
  end
  local body = string.format("user=%s&mailbox=%s&messages=%d&unseen=%d",
    url.escape(ctx.user.username), url.escape(name), status.messages, status.unseen)
  local request = client:request({url = ctx.url, method = "POST"})
  request:add_header("Content-Type", "application/x-www-form-urlencoded")
  request:set_payload(body)
  local code = request:submit():status()
  e:set_name("mailbox_status_sent")
  e:add_str("mailbox", name)
  e:add_int("result_code", code)
  e:log_info("Sent status of " .. name .. ": " .. tostring(code))
end

function dovecot_lua_notify_end_txn(ctx, success)
  if not success or not ctx.url then
    return
  end
  for _, name in ipairs(ctx.order) do
    report(ctx, name)
  end
end
