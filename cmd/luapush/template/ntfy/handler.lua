-- Tells a user of new messages by ntfy (https://ntfy.sh): the sender is the
-- title, the subject and the beginning of the text are the message.
--
-- In Dovecot's configuration (2.3.19 and later of 2.3):
--
--   mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/ntfy.lua
--     # The server and the topic; who knows the topic can read along.
--     ntfy_url = https://ntfy.example.com/mail-of-alice
--     # Optional: an access token, and a priority from 1 (min) to 5 (max).
--     ntfy_token = tk_secret
--     ntfy_priority = 3
--   }
--
-- Topics belong to users: let the userdb give ntfy_url. It needs the Lua module
-- mime, which is part of LuaSocket (Debian: lua-socket).

local mime = require "mime"

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
    url = user:plugin_getenv("ntfy_url"),
    token = user:plugin_getenv("ntfy_token"),
    priority = user:plugin_getenv("ntfy_priority") or "3",
    messages = {},
  }
end

-- The text of a header: what is not plain ASCII is encoded (RFC 2047), which
-- also keeps line breaks of a sender's name out of the request.
local function header(text)
  if text:find("[^\32-\126]") then
    return "=?UTF-8?B?" .. mime.b64(text) .. "?="
  end
  return text
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
  table.insert(ctx.messages, {title = title, text = text})
end

local function send(ctx, message)
  local request = client:request({url = ctx.url, method = "POST"})
  request:add_header("Content-Type", "text/plain; charset=utf-8")
  request:add_header("Title", header(message.title))
  request:add_header("Priority", ctx.priority)
  request:add_header("Tags", "email")
  if ctx.token then
    request:add_header("Authorization", "Bearer " .. ctx.token)
  end
  request:set_payload(message.text)
  local response = request:submit()
  local status = response:status()
  if status ~= 200 then
    -- A status of 9000 and more means that there was no answer at all.
    dovecot.i_error("ntfy: " .. status .. " " .. response:reason())
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
