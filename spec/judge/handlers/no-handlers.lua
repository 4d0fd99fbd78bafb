-- Has no event function: nothing is called.

function script_init()
  dovecot.i_info("init")
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  dovecot.i_error("called")
end

function dovecot_lua_notify_end_txn()
  dovecot.i_error("called")
end
