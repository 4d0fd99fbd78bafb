--- neither begin nor end
function dovecot_lua_notify_event_message_new(ctx, event) end --> handler-missing: there is no dovecot_lua_notify_begin_txn --> handler-missing: there is no dovecot_lua_notify_end_txn
--- no end
function dovecot_lua_notify_begin_txn(user) end
function dovecot_lua_notify_event_message_new(ctx, event) end --> handler-missing: there is no dovecot_lua_notify_end_txn
--- both
function dovecot_lua_notify_begin_txn(user) end
dovecot_lua_notify_event_message_new = function(ctx, event) end
_G["dovecot_lua_notify_end_txn"] = function(ctx, success) end
--- made by the script
function dovecot_lua_notify_event_message_new(ctx, event) end
for _, name in ipairs({"begin_txn", "end_txn"}) do
  _G["dovecot_lua_notify_" .. name] = function() end
end
