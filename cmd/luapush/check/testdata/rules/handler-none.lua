--- nothing at all
local x = 1 --> handler-none: the script handles no event
--- begin and end only
function dovecot_lua_notify_begin_txn(user) end --> handler-none: the script handles no event
function dovecot_lua_notify_end_txn(ctx, success) end
--- a script for mail_lua
function mail_user_created(user) return 0 end
--- a module
local M = {}
function M.escape(s) return s end
return M
--- a test of handlers
local t = require "luapush.test"
t.case("posts", function() t.load("handler.lua") end)
--- what others make
load("function dovecot_lua_notify_event_message_new() end")()
