-- Looks at mailboxes.

function dovecot_lua_notify_begin_txn(user)
  return user
end

local function look(user, name)
  local mailbox = user:mailbox(name)
  mailbox:sync()
  local s = dovecot.storage
  local status = mailbox:status(s.STATUS_MESSAGES, s.STATUS_UNSEEN, s.STATUS_UIDNEXT, s.STATUS_UIDVALIDITY, s.STATUS_RECENT,
    s.STATUS_KEYWORDS, s.STATUS_FIRST_UNSEEN_SEQ, s.STATUS_HIGHESTMODSEQ)
  local keys = {}
  for k, v in pairs(status) do
    keys[#keys + 1] = k .. "=" .. (type(v) == "number" and string.format("%d", v) or tostring(type(v) == "table" and table.concat(v, ",") or v))
  end
  table.sort(keys)
  dovecot.i_info(mailbox.name .. " " .. mailbox.vname .. " " .. table.concat(keys, " "))
  mailbox:free()
end

local function seen(user, event)
  local ok, err = pcall(look, user, event.mailbox)
  if not ok then dovecot.i_info("no status: " .. tostring(err)) end
end

dovecot_lua_notify_event_message_new = seen
dovecot_lua_notify_event_message_append = seen
dovecot_lua_notify_event_message_expunge = seen
dovecot_lua_notify_event_flags_set = seen
dovecot_lua_notify_event_mailbox_rename = seen

function dovecot_lua_notify_end_txn()
end
