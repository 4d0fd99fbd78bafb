--- user and keywords_set
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("for " .. event.user) --> documented-field: event.user is nil in Dovecot
  local user = event.user --> documented-field: event.user
end
function dovecot_lua_notify_event_flags_set(ctx, event)
  local n = #event.keywords_set --> documented-field: event.keywords_set
end
function dovecot_lua_notify_event_flags_clear(ctx, event)
  for _, k in ipairs(event.keywords_clear) do --> documented-field: event.keywords_clear
    dovecot.i_info(k)
  end
end
--- the script is ready for both
function dovecot_lua_notify_event_message_new(ctx, event)
  local user = event.user or ctx.username
  if event.user then
    dovecot.i_info(event.mailbox)
  end
end
function dovecot_lua_notify_event_flags_set(ctx, event)
  local list = event.keywords_set or event.keywords
  if event.keywords_set ~= nil then
    list = {}
  end
end
