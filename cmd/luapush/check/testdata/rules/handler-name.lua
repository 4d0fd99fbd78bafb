--- misspellings
function dovecot_lua_notify_event_message_create(ctx, event) end --> handler-name: Dovecot calls no function dovecot_lua_notify_event_message_create
function dovecot_lua_notify_event_messagenew(ctx, event) end --> handler-name: dovecot_lua_notify_event_messagenew
function dovecot_lua_notify_message_append(ctx, event) end --> handler-name: dovecot_lua_notify_message_append
dovecot_lua_notify_begin_transaction = function(user) end --> handler-name: begin_transaction
function dovecot_lua_notify_event_something() end --> handler-name: event_something
function dovecot_lua_notfy_end_txn() end --> handler-name: notfy_end_txn
function script_int() return 0 end --> handler-name: script_int
function mail_user_create(user) end --> handler-name: mail_user_create
--- the right names, and helpers
function script_init() return 0 end
function script_deinit() end
function mail_user_created(user) return 0 end
function mail_user_deinit(user) end
function dovecot_lua_notify_begin_txn(user) return {} end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot_lua_notify_send(ctx)
  send(ctx)
end
function dovecot_lua_notify_send(ctx) end
function send(ctx) end
function script_exit() end
function dovecot_lua_notify_end_txn(ctx, success)
  script_exit()
end
