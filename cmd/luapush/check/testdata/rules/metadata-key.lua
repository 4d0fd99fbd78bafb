--- no prefix
local KEY = "vendor/x"
function dovecot_lua_notify_begin_txn(user)
  local a = user:metadata_get(KEY) --> metadata-key: for "vendor/x"
  local b, c = user:metadata_get("/private/a", "/b") --> metadata-key: for "/b"
  user:metadata_set("/Private/x", "1") --> metadata-key: for "/Private/x"
  user:metadata_unset(dovecot.storage.MAILBOX_ATTRIBUTE_PREFIX_DOVECOT .. "x") --> metadata-key: vendor/vendor.dovecot/
  local t = user:metadata_list("") --> metadata-key: for ""
  user:metadata_set("vendor/" .. a, "1") --> metadata-key: for "vendor/"
end
--- with one, or not known
local PREFIX = "/private/vendor/x/"
function dovecot_lua_notify_begin_txn(user)
  local a = user:metadata_get("/private/x", "/shared/y", PREFIX .. user.username)
  user:metadata_set("/private/" .. dovecot.storage.MAILBOX_ATTRIBUTE_PREFIX_DOVECOT .. "http-notify", "value")
  user:metadata_set("/" .. user.service .. "/x", "no/prefix")
  user:metadata_set(user:plugin_getenv("key"), "1")
  local t = user:metadata_list("/private/")
  local key = "x"
  key = "/private/" .. key
  user:metadata_unset(key)
end
