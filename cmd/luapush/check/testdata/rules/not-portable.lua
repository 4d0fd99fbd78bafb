--- as if Dovecot had it
local luapush = require "luapush" --> not-portable: Dovecot has no module luapush
local version = require("luapush").version --> not-portable: Dovecot has no module luapush
local function later()
  return require "luapush" --> not-portable: Dovecot has no module luapush
end
later()
function dovecot_lua_notify_event_message_new(ctx, event)
  local message = luapush.message(event.mailbox, event.uid)
  local n = #luapush.message("INBOX", 1):text()
end
--- in a function that is called otherwise
local ok, luapush = pcall(function()
  local inner = function() return require "luapush" end --> not-portable: Dovecot has no module luapush
  return inner()
end)
--- asked for first
local ok, luapush = pcall(require, "luapush")
local has, again = xpcall(require, print, "luapush")
local fine, module = pcall(function() return require "luapush" end)
local function later() return require "luapush" end
local good, third = pcall(later)
function dovecot_lua_notify_event_message_new(ctx, event)
  local message, reason = nil, luapush
  if ok then
    message, reason = luapush.message(event.mailbox, event.uid)
  else
    dovecot.i_info(tostring(luapush))
  end
  if message then
    dovecot.i_info(message:header("Subject") or "no subject")
  end
end
--- for luapush alone
-- luapush: ignore not-portable
local luapush = require "luapush"
--- its parts are known
-- luapush: ignore-file not-portable
local luapush = require "luapush"
function dovecot_lua_notify_event_message_new(ctx, event)
  local message = luapush.message(event.mailbox, event.uid)
  local subject = message.header("Subject") --> method-colon: header is a method
  local size = message:siz() --> unknown-member: a luapush.message has no siz
  local physical, virtual = message:size()
  luapush:message("INBOX", 1) --> method-colon: message is no method
end
--- other modules
local url = require "socket.url"
local own = require "luapush.own"
