--- after free, and before open
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  box:metadata_set("/private/x", "1") --> mailbox-use: box is not open yet
  box:free()
  local s = box:status(1) --> mailbox-use: box has been freed on this path
end
--- in a loop
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  for i = 1, 2 do
    box:sync() --> mailbox-use: box has been freed
    box:free()
  end
end
--- in order
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  box:sync()
  box:metadata_set("/private/x", "1")
  box:free()
  box:free()
  local other = user:mailbox("x")
  local v = other:metadata_get("/private/x")
  if v then
    other:metadata_unset("/private/x")
  end
  other:free()
  box = user:mailbox("y")
  box:open()
  box:metadata_set("/private/x", "1")
  box:free()
end
local function opened(box)
  box:open()
  return box
end
function dovecot_lua_notify_event_message_new(ctx, event)
  local box = ctx.user:mailbox(event.mailbox)
  opened(box)
  box:metadata_set("/private/x", "1")
  box:free()
end
--- freed in a branch that ends
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  if user.service == "imap" then
    box:free()
    return
  end
  box:sync()
  box:free()
end
