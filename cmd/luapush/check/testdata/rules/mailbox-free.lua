--- never
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX") --> mailbox-free: mailbox box is never freed
  box:sync()
  local s = user:mailbox("INBOX"):status(1) --> mailbox-free: nothing can free this mailbox
  dovecot.i_info(string.format("%d", s.messages))
end
--- not on every way out
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX") --> mailbox-free: mailbox box is not freed on the way out at line 5
  local s = box:status(1)
  if s.messages == 0 then
    return {}
  end
  box:free()
  return {}
end
--- not in one of the branches
function dovecot_lua_notify_begin_txn(user)
  for _, name in ipairs({"a", "b"}) do
    local box = user:mailbox(name) --> mailbox-free: is not freed on the way out at line 11
    if name == "a" then
      box:free()
    elseif name == "b" then
      box:sync()
    else
      box:free()
    end
  end
end
--- left by break
function dovecot_lua_notify_begin_txn(user)
  while true do
    local box = user:mailbox("INBOX") --> mailbox-free: is not freed on the way out at line 5
    if box:status(1).messages == 0 then
      break
    end
    box:free()
  end
end
--- a global
function dovecot_lua_notify_begin_txn(user)
  mbox = user:mailbox("INBOX") --> mailbox-free: mailbox mbox is never freed --> global-assign: mbox
  mbox:sync()
end
--- freed everywhere
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  local s = box:status(1)
  if s.messages == 0 then
    box:free()
    return {}
  elseif s.messages == 1 then
    box:free()
    error("no")
  else
    while true do
      if s.recent > 0 then
        box:free()
        return
      end
    end
  end
end
--- in a loop, in pcall, in both branches
function dovecot_lua_notify_begin_txn(user)
  for _, name in ipairs({"a", "b"}) do
    local box = user:mailbox(name)
    local ok, s = pcall(function() box:sync() return box:status(1) end)
    box:free()
    if not ok then
      break
    end
  end
  local box = user:mailbox("c")
  if user.service == "imap" then
    box:sync()
    box:free()
  else
    box:free()
  end
end
--- somebody else may free it
local function done(box)
  box:free()
end
local boxes = {}
function dovecot_lua_notify_begin_txn(user)
  local a = user:mailbox("a")
  done(a)
  local b = user:mailbox("b")
  boxes[1] = b
  local c = user:mailbox("c")
  local function close() c:free() end
  close()
  local d = user:mailbox("d")
  return d
end
--- the scope ends at an error
function dovecot_lua_notify_begin_txn(user)
  local box = user:mailbox("INBOX")
  if not user.home then
    box:free()
    return
  end
  do
    box:sync()
  end
  repeat
    box:free()
  until true
end
