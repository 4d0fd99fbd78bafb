--- fields of other events, and of none
function dovecot_lua_notify_event_message_expunge(ctx, event)
  dovecot.i_info(event.subject) --> event-field: MessageExpunge has no subject
  dovecot.i_info(event.fromm) --> event-field: no event has a field fromm
end
function dovecot_lua_notify_event_message_new(ctx, event)
  local x = event.sender --> event-field: no event has a field sender
  local y = event.subjct or "" --> event-field: no event has a field subjct
  local z = event.mailbox_old --> event-field: MessageNew has no mailbox_old; that comes with MailboxRename
  local u = event["uidvalidity"] --> event-field: no event has a field uidvalidity
  event:log_info("hello") --> event-field: log_info belongs to the events of dovecot.event()
end
--- in helper functions, for the events they are called with
local function flagged(event)
  return #event.flags > 0 --> event-field: MessageRead and MessageTrash have no flags
end
function dovecot_lua_notify_event_message_read(ctx, event)
  flagged(event)
end
dovecot_lua_notify_event_message_trash = function(c, e) return flagged(e) end
--- kept in the context
function dovecot_lua_notify_begin_txn(user)
  return {events = {}}
end
function dovecot_lua_notify_event_mailbox_create(ctx, event)
  ctx.events[#ctx.events + 1] = event
end
function dovecot_lua_notify_end_txn(ctx, success)
  for _, e in ipairs(ctx.events) do
    dovecot.i_info(string.format("%d", e.uid)) --> event-field: MailboxCreate has no uid
  end
end
--- a release before the field [2.3.7]
function dovecot_lua_notify_event_message_new(ctx, event)
  local id = event.message_id --> release-api: Dovecot 2.3.7 has no event.message_id: it came with 2.3.8
  local a = event.from_address --> release-api: it came with 2.3.9
end
function dovecot_lua_notify_event_message_append(ctx, event)
  local guarded = event.message_id or ""
end
--- the list of 2.3.4 [2.3.4]
function dovecot_lua_notify_event_flags_set(ctx, event)
  local seen = dovecot.has_flag(event.flags, 8)
  local k = event.keywords_set[1]
  local n = event.keywords --> release-api: it came with 2.3.5
end
function dovecot_lua_notify_event_flags_clear(ctx, event)
  local f = event.flags --> release-api: it came with 2.3.5
end
--- what each event has
function dovecot_lua_notify_event_message_new(ctx, event)
  local all = {event.name, event.mailbox, event.uid, event.uid_validity, event.date, event.tz, event.from, event.to,
    event.subject, event.snippet, event.message_id, event.flags, event.keywords, event.from_address,
    event.from_display_name, event.to_address, event.to_display_name}
end
function dovecot_lua_notify_event_flags_clear(ctx, event)
  local all = {event.flags, event.flags_old, event.keywords, event.keywords_old, event.uid}
end
function dovecot_lua_notify_event_mailbox_rename(ctx, event)
  local all = {event.mailbox, event.mailbox_old}
end
--- one helper for several events
local function any(ctx, event)
  if event.name == "MessageNew" then
    dovecot.i_info(event.subject)
  end
  if event.mailbox_old then
    dovecot.i_info(event.mailbox_old)
  end
  local flags = event.flags or {}
  local k = event.user or event.keywords_old or ""
  local text = event.subject and event.subject:lower()
end
dovecot_lua_notify_event_message_new = any
dovecot_lua_notify_event_message_expunge = any
dovecot_lua_notify_event_mailbox_create = any
--- fields that the script adds
function dovecot_lua_notify_event_message_new(ctx, event)
  event.owner = ctx.owner
  dovecot.i_info(event.owner)
end
--- any field may be added
function dovecot_lua_notify_event_message_new(ctx, event)
  for _, name in ipairs({"a", "b"}) do
    event[name] = name
  end
  dovecot.i_info(event.a)
end
--- the same name is something else
function dovecot_lua_notify_event_message_new(ctx, event)
  local event = {anything = 1}
  dovecot.i_info(event.anything)
  local other = dovecot.event()
  other:log_info("x")
end
