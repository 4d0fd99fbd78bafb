--- too few and too many
function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info() --> arity: expected 1 arguments, got 0
  dovecot.i_info("a", "b") --> arity: expected 1 arguments, got 2
  local v = user:plugin_getenv("a", "default") --> arity: expected 2 arguments, got 3
  local box = user:mailbox() --> arity: expected 2 to 3 arguments, got 1
  box:free()
  local e = dovecot.event():add_str("k") --> arity: expected 3 arguments, got 2
  local s = user:mailbox("INBOX"):status() --> arity: expecting at least 1 parameter --> mailbox-free: nothing can free
  user:metadata_set("/private/x") --> arity: expected 3 arguments, got 2
end
--- the second result of gsub
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info(event.mailbox:gsub("a", "b")) --> arity: expected 1 arguments, got 2
  dovecot.i_info(string.gsub("a", "b", "c")) --> arity: expected 1 arguments, got 2
  dovecot.i_info(ctx.x:gsub("a", "b")) --> arity: expected 1 arguments, got 2
  dovecot.i_info((event.mailbox:gsub("a", "b")))
  dovecot.event():add_str("x", (event.mailbox:gsub("a", "b")))
end
--- right, or not known
function dovecot_lua_notify_begin_txn(user)
  local function pair() return "k", "v" end
  dovecot.event():add_str(pair())
  dovecot.event():add_str(table.unpack({"k", "v"}))
  local a, b = user:metadata_get("/private/a", "/private/b")
  local box = user:mailbox("INBOX", 1)
  local s = box:status(1, 2, 4, 8)
  box:sync()
  box:sync(1)
  box:free()
end
function dovecot_lua_notify_end_txn(...)
  dovecot.i_info(...)
end
--- 2.4 has a second argument [2.4]
local client
function script_init()
  client = dovecot.http.client({request_timeout = "2s"})
  dovecot.gettimeofday(1, 2, 3)
end
function dovecot_lua_notify_end_txn(ctx, success)
  local r = client:request({url = "http://x/"})
  r:set_payload("x", true)
end
--- 2.3 has not [2.3 2.4]
local client
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1}) --> http-setting: no setting of Dovecot 2.4.4
  local r = client:request({url = "http://x/"})
  r:set_payload("x", true) --> arity: expected 2 arguments, got 3
end
