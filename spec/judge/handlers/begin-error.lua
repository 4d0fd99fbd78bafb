-- Fails in begin_txn, after which Dovecot's process ends itself.

function dovecot_lua_notify_begin_txn(user)
  error("begin")
end

function dovecot_lua_notify_event_mailbox_rename(ctx, event)
end

function dovecot_lua_notify_end_txn()
  dovecot.i_error("called")
end
