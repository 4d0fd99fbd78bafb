-- Logs through events, with prefixes, levels and fields.

function dovecot_lua_notify_begin_txn(user)
  local e = dovecot.event()
  e:append_log_prefix("txn: ")
  e:add_str("user", user.username)
  e:add_int("n", 3)
  local replaced = dovecot.event()
  replaced:replace_log_prefix("judge: ")
  return {event = e, replaced = replaced}
end

local function each(ctx, event)
  local e = dovecot.event(ctx.event)
  e:set_name("judge_" .. event.name)
  e:append_log_prefix(event.name .. ": ")
  e:log_debug("not shown")
  e:log_info("info %s %d")
  e:log_warning("warning\nof two lines")
  e:log_error("error " .. (event.subject or "without a subject"))
  ctx.replaced:log_info("replaced")
  local more = dovecot.event(ctx.replaced)
  more:append_log_prefix("more: ")
  more:log_error("and appended")
  dovecot.i_warning("plain warning")
  dovecot.i_error("plain error \1\27[31m")
  dovecot.i_debug("plain debug")
  local ok, err = pcall(e.log_info, e)
  dovecot.i_info(tostring(err))
end

dovecot_lua_notify_event_message_new = each
dovecot_lua_notify_event_message_append = each
dovecot_lua_notify_event_mailbox_create = each
dovecot_lua_notify_event_message_trash = each

function dovecot_lua_notify_end_txn(ctx, success)
  ctx.event:log_info("end")
end
