-- Tells a server the counters of a mailbox after each change in it, once a
-- mailbox and transaction, as JSON.
--
-- In Dovecot's configuration (2.3.19 and later of 2.3):
--
--   mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/status.lua
--     status_url = https://status.example.com/mailbox
--   }
--
-- A user without status_url is not reported. It needs the Lua module cjson
-- (Debian: lua-cjson).

local json = require "cjson"

local client

function script_init()
  client = dovecot.http.client({
    -- The mail session waits for the server, so give up soon.
    request_timeout_msecs = 2000,
  })
  return 0
end

---@param user dovecot.mail_user
function dovecot_lua_notify_begin_txn(user)
  return {user = user, url = user:plugin_getenv("status_url"), seen = {}, mailboxes = {}}
end

-- Many messages may change in a transaction: each mailbox is reported once.
local function changed(ctx, event)
  if not ctx.seen[event.mailbox] then
    ctx.seen[event.mailbox] = true
    table.insert(ctx.mailboxes, event.mailbox)
  end
end

dovecot_lua_notify_event_message_new = changed
dovecot_lua_notify_event_message_append = changed
dovecot_lua_notify_event_message_expunge = changed
dovecot_lua_notify_event_flags_set = changed
dovecot_lua_notify_event_flags_clear = changed

---@param user dovecot.mail_user
local function status_of(user, name)
  local mailbox = user:mailbox(name)
  mailbox:sync()
  local storage = dovecot.storage
  local status = mailbox:status(storage.STATUS_MESSAGES, storage.STATUS_UNSEEN, storage.STATUS_UIDNEXT, storage.STATUS_UIDVALIDITY)
  mailbox:free()
  return status
end

local function report(ctx, name)
  -- The mailbox may be gone by now.
  local ok, status = pcall(status_of, ctx.user, name)
  if not ok then
    dovecot.i_warning("status of " .. name .. ": " .. tostring(status))
    return
  end
  local request = client:request({url = ctx.url, method = "POST"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  request:set_payload(json.encode({
    user = ctx.user.username,
    mailbox = name,
    messages = status.messages,
    unseen = status.unseen,
    uidnext = status.uidnext,
    uidvalidity = status.uidvalidity,
  }))
  local response = request:submit()
  local code = response:status()
  if code < 200 or code > 299 then
    -- A status of 9000 and more means that there was no answer at all.
    dovecot.i_error("status of " .. name .. ": " .. code .. " " .. response:reason())
  end
end

---@param success boolean
function dovecot_lua_notify_end_txn(ctx, success)
  if not success or not ctx.url then
    return
  end
  for _, name in ipairs(ctx.mailboxes) do
    report(ctx, name)
  end
end
