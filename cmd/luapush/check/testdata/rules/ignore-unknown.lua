--- no such rule, no rule, no such word
local x = 1 -- luapush: ignore flaot-text --> ignore-unknown: there is no rule flaot-text
local y = 2 -- luapush: ignore --> ignore-unknown: the comment names no rule
local z = 3 -- luapush: disable float-text --> ignore-unknown: no comment that luapush knows
-- luapush: ignore-file nothing-like-it --> ignore-unknown: there is no rule nothing-like-it
--- rules that are known, also with a reason, and texts that are no comments
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info("" .. event.uid) -- luapush: ignore float-text (the receiver wants it so)
  -- luapush: ignore global-assign, float-text
  body = "" .. event.uid
  local s = "-- luapush: ignore nonsense"
  local t = [[
-- luapush: ignore nonsense
]]
  local u = "a\z
    -- luapush: ignore nonsense"
  --[==[ luapush: ignore nonsense
-- luapush: ignore nonsense
]==]
end
