--- both ways
function dovecot_lua_notify_begin_txn(user)
  local v = user.plugin_getenv("x") --> method-colon: plugin_getenv is a method, and is called without its object
  dovecot:i_info("x") --> method-colon: dovecot.i_info is no method
  local e = dovecot.event()
  e.log_info("x") --> method-colon: log_info is a method
  dovecot.http:client({}) --> method-colon: dovecot.http.client is no method
end
--- right, also with the object handed over
function dovecot_lua_notify_begin_txn(user)
  local v = user.plugin_getenv(user, "x")
  local ok, box = pcall(user.mailbox, user, "INBOX")
  local log = dovecot.i_info
  log("x")
  local e = dovecot.event()
  e.log_info(e, "x")
end
