-- Has no end function.

function dovecot_lua_notify_begin_txn(user)
  return user.username
end

function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info(ctx .. " " .. event.mailbox)
end

function dovecot_lua_notify_event_mailbox_subscribe(ctx, event)
  dovecot.i_info(ctx .. " subscribed " .. event.mailbox)
end
