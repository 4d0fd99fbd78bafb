--- of every kind
local client
function script_init()
  local other = dovecot.http.clent({request_timeout_msecs = 1}) --> unknown-member: dovecot.http has no clent
  client = dovecot.http.client({request_timeout_msecs = 1})
  dovecot.restrict_globals(true) --> unknown-member: dovecot has no restrict_globals
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  dovecot.log_info("x") --> unknown-member: dovecot has no log_info
  local name = user.usernme --> unknown-member: a user (mail_user) has no usernme
  local v = user:plugin_get_env("x") --> unknown-member: has no plugin_get_env
  local e = dovecot.event()
  e:log_warn("x") --> unknown-member: an event of dovecot.event() has no log_warn
  e:add_str("a", "b"):add_string("c", "d") --> unknown-member: has no add_string
  local box = user:mailbox("INBOX")
  box:synch() --> unknown-member: a mailbox has no synch
  local s = box:status(dovecot.storage.STATUS_UNREAD) --> unknown-member: dovecot.storage has no STATUS_UNREAD
  local f = dovecot.storage.MAILBOX_FLAG_AUTO_CREATE --> unknown-member: is in the documentation only
  box:free()
  local n = s.total --> unknown-member: the status of a mailbox has no total
  return {user = user}
end
function dovecot_lua_notify_end_txn(ctx, success)
  local u = ctx.user.usrname or "" --> unknown-member: has no usrname
  local r = client:request({url = "http://x/"})
  r:addheader("a", "b") --> unknown-member: an HTTP request has no addheader
  local a = r:submit()
  dovecot.i_info(a.body) --> unknown-member: an HTTP response has no body
end
--- what is there, what is looked for, what the script adds
local client
function script_init()
  client = dovecot.http.client({request_timeout_msecs = 1})
  if dovecot.dict then
    dovecot.dict.x()
  end
  dovecot.my_helper = function() end
  dovecot.my_helper()
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  local item = user.item
  local t = {user.username, user.home, user.service, user.session_id, user.mail_debug}
  local box = user:mailbox("INBOX", dovecot.storage.MAILBOX_FLAG_READONLY)
  local s = box:status(dovecot.storage.STATUS_KEYWORDS)
  dovecot.i_info(s.mailbox .. box.vname .. box.name)
  if s.keywords then dovecot.i_info(s.keywords[1]) end
  box:free()
  dovecot.i_info(("x"):rep(3):upper())
end
