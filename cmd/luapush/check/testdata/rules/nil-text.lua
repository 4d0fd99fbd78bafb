--- used as text
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("s: " .. event.subject) --> nil-text: event.subject is nil for a message without one
  local id = event.message_id
  dovecot.i_info(id) --> nil-text: id is nil
  dovecot.i_info(event.subject:lower()) --> nil-text: event.subject
  local s = string.gsub(event.subject, "x", "y") --> nil-text: event.subject
end
--- looked at, or replaced, or no matter
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("s: " .. (event.subject or ""))
  local subject = event.subject
  if not subject then
    subject = "(none)"
  end
  dovecot.i_info(subject .. event.from .. event.mailbox)
  local id = event.message_id
  if id then
    dovecot.i_info(id)
  end
  dovecot.i_info(tostring(event.snippet))
  dovecot.i_info(("%s"):format(id))
  table.insert(ctx.list, {id = id})
end
function dovecot_lua_notify_event_message_append(ctx, event)
  if event.subject and event.subject ~= "" then
    dovecot.i_info(event.subject)
  end
  local id = assert(event.message_id)
  dovecot.i_info(id)
end
