--- a bitmask and a text
function dovecot_lua_notify_event_flags_set(ctx, event)
  if dovecot.has_flag(event.flags, 8) then --> flags-list: event.flags is a list of strings, not a bitmask
    return
  end
  if event.flags & 8 == 8 then --> flags-list: & raises an error
    return
  end
  if event.flags == 8 then --> flags-list: it never equals a number
    return
  end
  if event.flags > 0 then --> flags-list: > raises an error
    return
  end
  dovecot.i_info("flags " .. event.flags) --> flags-list: concatenated
  dovecot.i_info(tostring(event.keywords)) --> flags-list: written as text
  local set = event.flags
  local new = dovecot.set_flag(set, 1) --> flags-list: set is a list
end
--- a list
function dovecot_lua_notify_event_flags_set(ctx, event)
  for i, flag in ipairs(event.flags) do
    dovecot.i_info(i .. flag)
  end
  dovecot.i_info(#event.flags .. " " .. table.concat(event.flags, ",") .. event.flags[1])
  if #event.keywords > 0 and event.keywords[1] == "$Junk" then
    dovecot.i_info(event.keywords[1])
  end
  if type(event.flags) == "number" then
    local mask = event.flags
  end
end
--- status has flags, too, and they are a number
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  local s = box:status(dovecot.storage.STATUS_PERMANENT_FLAGS, dovecot.storage.STATUS_KEYWORDS)
  box:free()
  if dovecot.has_flag(s.flags, 8) then
    dovecot.i_info(table.concat(s.keywords, " "))
  end
end
