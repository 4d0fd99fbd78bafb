-- Makes requests of all kinds, and tells what came of them.

local client, patient

function script_init()
  client = dovecot.http.client({request_timeout_msecs = 2000, max_attempts = 2})
  patient = dovecot.http.client({user_agent = "judge/1.0", max_redirects = 3, auto_retry = false})
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {url = user:plugin_getenv("push_lua_url"), hook = user:plugin_getenv("webhook_url")}
end

local function send(from, method, url, headers, payload)
  local ok, request = pcall(from.request, from, {url = url, method = method})
  if not ok then
    dovecot.i_info(method .. ": " .. tostring(request))
    return
  end
  for _, h in ipairs(headers) do request:add_header(h[1], h[2]) end
  if payload then request:set_payload(payload) end
  local response = request:submit()
  dovecot.i_info(string.format("%s: %d %s [%s] [%s]", method, response:status(), response:reason(), response:payload(),
    tostring(response:header("content-length"))))
end

function dovecot_lua_notify_event_message_new(ctx, event)
  send(client, "GET", ctx.url .. "?uid=" .. string.format("%d", event.uid), {})
  send(client, "POST", ctx.url, {{"Content-Type", "text/plain"}, {"X-One", "1"}, {"x-one", "2"}}, event.snippet or "")
  send(patient, "PUT", ctx.url .. "/a/b", {{"X-Empty", ""}}, "from " .. event.from)
  send(patient, "DELETE", ctx.hook, {{"Accept", "*/*"}})
  send(client, "POST", ctx.url, {}, "")
  send(client, "POST", "no url", {})
  send(client, "POST", "http://127.0.0.1:1/refused", {}, "x")
end

function dovecot_lua_notify_event_message_append(ctx, event)
  send(client, "HEAD", ctx.url, {})
  send(client, "POST", ctx.hook, {{"Authorization", "Bearer t"}}, string.rep("x", 100000))
end

function dovecot_lua_notify_end_txn(ctx, success)
end
