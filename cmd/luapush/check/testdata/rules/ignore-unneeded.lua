--- nothing to silence
local x = 1 -- luapush: ignore float-text --> ignore-unneeded: nothing breaks the rule float-text here
-- luapush: ignore-file os-exit --> ignore-unneeded: nothing breaks the rule os-exit in this file
function dovecot_lua_notify_event_message_new(ctx, event)
  -- luapush: ignore float-text --> ignore-unneeded: float-text here
  local a = 1
  dovecot.i_info("" .. event.uid) --> float-text: event.uid
  local b = 1 -- luapush: ignore float-text --> ignore-unneeded: float-text here
  dovecot.i_info("" .. event.uid) --> float-text: event.uid
end
--- something to silence
-- luapush: ignore-file handler-missing
function dovecot_lua_notify_event_message_new(ctx, event)
  -- luapush: ignore float-text
  -- luapush: ignore global-assign
  body = "" .. event.uid
  dovecot.i_info("" .. event.uid .. event.tz) -- luapush: ignore float-text
end
