-- Has no begin function, so nothing is called, and Dovecot says so.

function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_error("called")
end

function dovecot_lua_notify_end_txn()
end
