--- gone with 2.4 [2.3 2.4]
function dovecot_lua_notify_begin_txn(user)
  local debug = user.mail_debug --> release-api: Dovecot 2.4.4 has no user.mail_debug: it went with 2.4.0
  local box = user:mailbox("INBOX")
  box:sync(dovecot.storage.MAILBOX_SYNC_FLAG_FULL_WRITE) --> release-api: Dovecot 2.4.4 has no dovecot.storage.MAILBOX_SYNC_FLAG_FULL_WRITE
  box:free()
  return {url = user:plugin_getenv("url")} --> release-api: Dovecot 2.4.4 has no user:plugin_getenv
end
--- new in 2.4
function dovecot_lua_notify_begin_txn(user)
  local t = dovecot.gettimeofday() --> release-api: Dovecot 2.3.19.1 has no dovecot.gettimeofday: it came with 2.4.0
  local s = dovecot.base64.encode("x") --> release-api: Dovecot 2.3.19.1 has no dovecot.base64: it came with 2.4.2
  dovecot.event():set_forced_debug():log_debug("x") --> release-api: it came with 2.4.1
end
--- too early for 2.4.1 [2.4.0]
function dovecot_lua_notify_begin_txn(user)
  dovecot.event():set_forced_debug():log_debug("x") --> release-api: it came with 2.4.1
  local t = dovecot.nanoseconds()
end
--- before HTTP [2.3.18]
function script_init()
  local c = dovecot.http.client({request_timeout_msecs = 1}) --> release-api: Dovecot 2.3.18 has no dovecot.http: it came with 2.3.19
  return 0
end
--- before metadata [2.3.6]
function dovecot_lua_notify_begin_txn(user)
  local v = user:metadata_get("/private/x") --> release-api: it came with 2.3.7
  dovecot.restrict_global_variables(true) --> release-api: it came with 2.3.17
end
--- looked for before [2.3.4 2.3 2.4]
local settings = {}
function script_init(given)
  settings = given or settings
  if dovecot.http and dovecot.base64 then
    local c = dovecot.http
  end
  if dovecot.restrict_global_variables then
    dovecot.restrict_global_variables(true)
  end
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  local url = user.plugin_getenv and user:plugin_getenv("url") or settings.url
end
--- there in all [2.3.4 2.3 2.4]
function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info(user.username)
  local box = user:mailbox("INBOX")
  box:free()
end
--- in the branch for releases that have it [2.3 2.4]
function script_init()
  if dovecot.net_ip_family then
    local t = dovecot.nanoseconds()
  else
    local t = dovecot.microseconds() --> release-api: Dovecot 2.3.19.1 has no dovecot.microseconds
  end
  local t = dovecot.gettimeofday() --> release-api: Dovecot 2.3.19.1 has no dovecot.gettimeofday
  return 0
end
