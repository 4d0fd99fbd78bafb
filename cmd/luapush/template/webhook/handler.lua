-- Posts each new message as JSON to a web hook.
--
-- In Dovecot's configuration (2.3.19 and later of 2.3):
--
--   mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/webhook.lua
--     webhook_url = https://hooks.example.com/mail
--     webhook_token = secret
--   }
--
-- A user without webhook_url has no hook. Each setting can also come from the
-- user's userdb. It needs the Lua module cjson (Debian: lua-cjson).

local json = require "cjson"

local client

function script_init()
  client = dovecot.http.client({
    -- Delivery waits for the hook, so give up soon and try only twice.
    request_timeout_msecs = 2000,
    max_attempts = 2,
  })
  return 0
end

---@param user dovecot.mail_user
function dovecot_lua_notify_begin_txn(user)
  return {
    user = user.username,
    url = user:plugin_getenv("webhook_url"),
    token = user:plugin_getenv("webhook_token"),
    messages = {},
  }
end

---@param event dovecot.MessageNew
function dovecot_lua_notify_event_message_new(ctx, event)
  table.insert(ctx.messages, {
    event = event.name,
    user = ctx.user,
    mailbox = event.mailbox,
    -- Dovecot gives numbers as floats: "%d" keeps 17 from becoming 17.0.
    uid = string.format("%d", event.uid),
    uid_validity = string.format("%d", event.uid_validity),
    message_id = event.message_id,
    from = event.from_address,
    name = event.from_display_name,
    subject = event.subject or "",
    snippet = event.snippet or "",
  })
end

local function send(ctx, message)
  local request = client:request({url = ctx.url, method = "POST"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  if ctx.token then
    request:add_header("Authorization", "Bearer " .. ctx.token)
  end
  request:set_payload(json.encode(message))
  local response = request:submit()
  local status = response:status()
  if status < 200 or status > 299 then
    -- A status of 9000 and more means that there was no answer at all.
    dovecot.i_error("webhook: uid " .. message.uid .. ": " .. status .. " " .. response:reason())
  end
end

---@param success boolean
function dovecot_lua_notify_end_txn(ctx, success)
  if not success or not ctx.url then
    return
  end
  for _, message in ipairs(ctx.messages) do
    send(ctx, message)
  end
end
