-- For Dovecot 2.4: settings come with script_init, times have units, and there is no plugin_getenv.
local client, url

function script_init(settings)
  url = settings.push_url
  client = dovecot.http.client({request_timeout = "2s", request_max_attempts = 2, auto_retry = "yes"})
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user:var_expand("%{user | domain}")}
end

function dovecot_lua_notify_event_message_new(ctx, event)
  local request = client:request({url = url, method = "POST"})
  request:add_header("Content-Type", "application/json")
  request:set_payload(dovecot.base64.encode(ctx.user .. " " .. string.format("%d", event.uid)))
  local response = request:submit()
  if response:status() // 100 ~= 2 then
    dovecot.event():set_name("push_failed"):add_int("status", response:status()):log_error("push failed: " .. response:status())
  end
end

function dovecot_lua_notify_end_txn(ctx, success) end
