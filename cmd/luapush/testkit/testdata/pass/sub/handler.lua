local part = require "part"
function dovecot_lua_notify_begin_txn() return {} end
function dovecot_lua_notify_event_message_new() dovecot.i_info(part) end
function dovecot_lua_notify_end_txn() end
