-- Does not compile.

function dovecot_lua_notify_begin_txn(user)
  return user +
end
