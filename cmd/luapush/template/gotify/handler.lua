-- Tells a user of new messages by Gotify (https://gotify.net): the sender is the
-- title, the subject and the beginning of the text are the message.
--
-- In Dovecot's configuration (2.3.19 and later of 2.3):
--
--   mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/gotify.lua
--     gotify_url = https://gotify.example.com
--     # The token of an application that the user made in Gotify.
--     gotify_key = Asecret
--     # Optional, from 0 to 10.
--     gotify_priority = 5
--   }
--
-- Applications belong to users: let the userdb give gotify_key. It needs the Lua
-- module cjson (Debian: lua-cjson).

local json = require "cjson"

local client

function script_init()
  client = dovecot.http.client({
    -- Delivery waits for the server, so give up soon and try only twice.
    request_timeout_msecs = 2000,
    max_attempts = 2,
  })
  return 0
end

---@param user dovecot.mail_user
function dovecot_lua_notify_begin_txn(user)
  return {
    url = user:plugin_getenv("gotify_url"),
    key = user:plugin_getenv("gotify_key"),
    priority = tonumber(user:plugin_getenv("gotify_priority") or "") or 5,
    messages = {},
  }
end

---@param event dovecot.MessageNew
function dovecot_lua_notify_event_message_new(ctx, event)
  local title = event.from_display_name
  if title == "" then
    -- Broken headers have neither name nor address.
    title = event.from_address ~= "" and event.from_address or "New message"
  end
  local text = event.subject or ""
  if event.snippet and event.snippet ~= "" then
    text = text .. "\n" .. event.snippet
  end
  if text == "" then
    text = "(no text)" -- Gotify refuses an empty message.
  end
  table.insert(ctx.messages, {title = title, message = text, priority = ctx.priority})
end

local function send(ctx, message)
  local request = client:request({url = ctx.url .. "/message", method = "POST"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  request:add_header("X-Gotify-Key", ctx.key)
  request:set_payload(json.encode(message))
  local response = request:submit()
  local status = response:status()
  if status ~= 200 then
    -- A status of 9000 and more means that there was no answer at all.
    dovecot.i_error("gotify: " .. status .. " " .. response:reason())
  end
end

---@param success boolean
function dovecot_lua_notify_end_txn(ctx, success)
  if not success or not ctx.url or not ctx.key then
    return
  end
  for _, message in ipairs(ctx.messages) do
    send(ctx, message)
  end
end
