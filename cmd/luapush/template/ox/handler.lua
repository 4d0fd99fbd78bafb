-- Tells OX App Suite of new messages in INBOX, as Dovecot's own driver "ox" does:
-- a start for what that driver cannot do. Other than there, the subject is sent
-- decoded.
--
-- In Dovecot's configuration (2.3.19 and later of 2.3):
--
--   mail_plugins = $mail_plugins mail_lua notify push_notification push_notification_lua
--   mail_attribute_dict = file:%h/dovecot-attributes
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/ox.lua
--     ox_url = https://login:secret@appsuite.example.com/preliminary/http-notify/v1/notify
--   }
--
-- App Suite registers a user by METADATA (RFC 5464), whose value is fields with
-- tabs between, user=USERID@CONTEXTID among them. It needs the Lua module cjson
-- (Debian: lua-cjson).

local json = require "cjson"

local REGISTRATION = "/private/vendor/vendor.dovecot/http-notify"

local client

function script_init()
  client = dovecot.http.client({
    -- Delivery waits for App Suite, so give up soon and try only twice.
    request_timeout_msecs = 2000,
    max_attempts = 2,
  })
  return 0
end

-- The last user= of a registration, as in Dovecot's driver.
local function registered(value)
  local user
  for field in (value or ""):gmatch("[^\t]+") do
    user = field:match("^user=(.*)$") or user
  end
  return user
end

---@param user dovecot.mail_user
function dovecot_lua_notify_begin_txn(user)
  return {user = user, url = user:plugin_getenv("ox_url"), messages = {}}
end

---@param event dovecot.MessageNew
function dovecot_lua_notify_event_message_new(ctx, event)
  if not ctx.url or event.mailbox ~= "INBOX" then
    return
  end
  if ctx.registered == nil then
    -- Once a transaction, and only for new mail: metadata is slow to read.
    ctx.registered = registered(ctx.user:metadata_get(REGISTRATION)) or false
  end
  if not ctx.registered then
    return
  end
  table.insert(ctx.messages, {
    user = ctx.registered,
    event = "messageNew", -- with a small m, other than the event's name
    folder = event.mailbox,
    ["imap-uidvalidity"] = event.uid_validity,
    ["imap-uid"] = event.uid,
    from = event.from ~= "" and event.from or nil,
    subject = event.subject,
    snippet = event.snippet,
  })
end

---@param user dovecot.mail_user
local function unseen_of(user, name)
  local mailbox = user:mailbox(name)
  mailbox:sync()
  local status = mailbox:status(dovecot.storage.STATUS_UNSEEN)
  mailbox:free()
  return status.unseen
end

local function send(ctx, message)
  local request = client:request({url = ctx.url, method = "PUT"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  request:set_payload(json.encode(message))
  local response = request:submit()
  local status = response:status()
  if status < 200 or status > 299 then
    -- A status of 9000 and more means that there was no answer at all.
    dovecot.i_error("ox: " .. message.user .. ": " .. status .. " " .. response:reason())
  end
end

---@param success boolean
function dovecot_lua_notify_end_txn(ctx, success)
  if not success or #ctx.messages == 0 then
    return
  end
  local ok, unseen = pcall(unseen_of, ctx.user, "INBOX")
  if not ok then
    dovecot.i_warning("ox: status of INBOX: " .. tostring(unseen))
  end
  for _, message in ipairs(ctx.messages) do
    message.unseen = ok and unseen or nil
    send(ctx, message)
  end
end
