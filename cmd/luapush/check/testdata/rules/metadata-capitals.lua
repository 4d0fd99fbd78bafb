--- capitals
function dovecot_lua_notify_begin_txn(user)
  user:metadata_set("/private/LastSeen", "1") --> metadata-capitals: they never see "/private/LastSeen"
  local v = user:metadata_get("/private/Vendor/" .. user.service) --> metadata-capitals: "/private/Vendor/"
end
--- small letters, and capitals in the value
function dovecot_lua_notify_begin_txn(user)
  user:metadata_set("/private/last-seen", "NOW")
  local v = user:metadata_get("/shared/vendor/" .. user.username)
end
