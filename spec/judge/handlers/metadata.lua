-- Reads, sets and takes away metadata of the user and of mailboxes.

local function list(object, key)
  local names = {}
  for name, value in object:metadata_list(key) do names[#names + 1] = name .. "=" .. tostring(value) end
  table.sort(names)
  return table.concat(names, " ")
end

function dovecot_lua_notify_begin_txn(user)
  return user
end

local function try(what, f, ...)
  dovecot.i_info(what .. ": " .. tostring(select(2, pcall(f, ...))))
end

function dovecot_lua_notify_event_message_new(user, event)
  local a = user:metadata_get("/private/judge/a")
  dovecot.i_info("a was " .. tostring(a))
  if event.uid % 3 == 0 then
    user:metadata_unset("/private/judge/a")
  else
    user:metadata_set("/private/judge/a", string.format("%d", event.uid))
  end
  user:metadata_set("/private/judge/b", "tab\tline\nnul\0 " .. (event.subject or "none"))
  dovecot.i_info("user has " .. tostring(user:metadata_get("/private/judge/a")))
  local mailbox = user:mailbox(event.mailbox)
  mailbox:sync()
  mailbox:metadata_set("/private/judge/last", event.message_id or "none")
  if event.uid % 2 == 0 then mailbox:metadata_unset("/private/judge/last") end
  dovecot.i_info("mailbox has " .. tostring(mailbox:metadata_get("/private/judge/last")))
  mailbox:free()
  try("no key", user.metadata_get, user)
  try("a bad key", user.metadata_get, user, "judge")
  try("another bad key", user.metadata_set, user, "private/judge", "x")
  try("no value", user.metadata_set, user, "/private/judge/c")
end

function dovecot_lua_notify_end_txn(user)
end
