local client
function script_init()
  client = dovecot.http.client({request_timeout_msecs = 1000})
  return 0
end
function dovecot_lua_notify_begin_txn(user) return {user = user, hook = user:plugin_getenv("hook")} end
function dovecot_lua_notify_event_message_new(ctx, event)
  local r = client:request({url = ctx.hook, method = "POST"})
  r:add_header("X-Token", "secret-17")
  r:set_payload('{"subject":"' .. event.subject .. '","list":[1,2]}')
  dovecot.i_info("sent " .. r:submit():status())
  ctx.user:metadata_set("/private/a", "1")
end
function dovecot_lua_notify_event_message_read(ctx, event) error("read is not supported") end
function dovecot_lua_notify_end_txn() end
function forever() while true do end end
function leave() os.exit(1) end
function raise() error({code = 5}) end
