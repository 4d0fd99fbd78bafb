-- Notifies only the users who asked for it, and leaves a mark of the newest
-- message, both by metadata of the user (IMAP METADATA, RFC 5464):
--
--   doveadm mailbox metadata set -u user@example.com -s "" \
--     /private/vendor/example.com/notify https://push.example.com/device/17
--
--   plugin {
--     push_notification_driver = lua:file=/etc/dovecot/registered-users.lua
--   }
--
-- Works with Dovecot 2.3.19 and later of 2.3. Metadata needs
-- mail_attribute_dict.

local REGISTRATION = "/private/vendor/example.com/notify"
local NEWEST = "/private/vendor/example.com/newest"

local client

-- Metadata that cannot be changed raises an error, which would end the function
-- for this message; a line in the log is enough.
local function change(action, ...)
  local done, reason = pcall(action, ...)
  if not done then
    dovecot.i_error("registered-users: " .. tostring(reason))
  end
end

function script_init()
  client = dovecot.http.client({request_timeout_msecs = 2000})
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user, endpoint = user:metadata_get(REGISTRATION)}
end

function dovecot_lua_notify_event_message_new(ctx, event)
  if not ctx.endpoint or ctx.endpoint == "" then
    return
  end
  local newest = string.format("%d:%d", event.uid_validity, event.uid)
  if ctx.user:metadata_get(NEWEST) == newest then
    return
  end
  local request = client:request({url = ctx.endpoint, method = "POST"})
  request:add_header("Content-Type", "text/plain; charset=utf-8")
  -- Broken headers and address groups give no address.
  local sender = event.from_address ~= "" and event.from_address or event.from
  request:set_payload("New mail from " .. sender .. ": " .. (event.subject or ""))
  local status = request:submit():status()
  if status >= 200 and status <= 299 then
    change(ctx.user.metadata_set, ctx.user, NEWEST, newest)
  elseif status == 404 or status == 410 then
    -- The device is gone for good: forget it.
    change(ctx.user.metadata_unset, ctx.user, REGISTRATION)
  else
    dovecot.i_warning("registered-users: " .. ctx.endpoint .. " answered " .. status)
  end
end

function dovecot_lua_notify_end_txn(ctx, success)
end
