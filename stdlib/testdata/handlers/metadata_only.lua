-- No network at all: the newest message of each mailbox is left in the user's metadata, where a mail program finds it.
local PREFIX = "/private/vendor/vendor.example/newest/"

function dovecot_lua_notify_begin_txn(user)
  return {user = user, newest = {}}
end

function dovecot_lua_notify_event_message_new(ctx, event)
  local uid = string.format("%d", event.uid)
  if not ctx.newest[event.mailbox] or tonumber(uid) > tonumber(ctx.newest[event.mailbox]) then
    ctx.newest[event.mailbox] = uid
  end
end

dovecot_lua_notify_event_message_append = dovecot_lua_notify_event_message_new

function dovecot_lua_notify_event_message_expunge(ctx, event)
  local key = PREFIX .. event.mailbox
  if ctx.user:metadata_get(key) == string.format("%d", event.uid) then
    ctx.user:metadata_unset(key)
  end
end

function dovecot_lua_notify_end_txn(ctx, success)
  for mailbox, uid in pairs(ctx.newest) do
    ctx.user:metadata_set(PREFIX .. mailbox, uid)
  end
end
