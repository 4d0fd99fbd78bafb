--- local
local function dovecot_lua_notify_event_message_new(ctx, event) end --> handler-local: dovecot_lua_notify_event_message_new is local
local dovecot_lua_notify_end_txn = function(ctx, success) end --> handler-local: dovecot_lua_notify_end_txn
--- made global afterwards
local function dovecot_lua_notify_event_message_new(ctx, event) end
_G.dovecot_lua_notify_event_message_new = dovecot_lua_notify_event_message_new
--- local, but for others
local function new(ctx, event) end
dovecot_lua_notify_event_message_new = new
