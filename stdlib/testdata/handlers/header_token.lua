-- A form post with a token in a header; the body comes from cjson.
local http = require("socket.http")
local ltn12 = require("ltn12")
local cjson = require("cjson")
http.TIMEOUT = 1

function dovecot_lua_notify_begin_txn(user)
  return {user = user:plugin_getenv("push_url") and user.username or nil, url = user:plugin_getenv("push_url"), token = "s3cret"}
end

function dovecot_lua_notify_event_message_append(ctx, event)
  dovecot_lua_notify_event_message_new(ctx, event)
end

function dovecot_lua_notify_event_message_new(ctx, event)
  local payload = cjson.encode({uid = string.format("%d", event.uid)})
  local sink, response = ltn12.sink.table()
  local r, c = http.request {
    method = "POST", url = ctx.url, sink = sink,
    source = ltn12.source.string(payload),
    headers = {["X-Push-Token"] = ctx.token, ["Content-Length"] = payload:len(), ["Content-Type"] = "application/json"},
  }
  if r == nil then
    dovecot.i_error("cannot reach the push service: " .. c)
  elseif c >= 400 then
    dovecot.i_error("the push service answered " .. c)
  end
  local ok, answer = pcall(cjson.decode, table.concat(response))
  dovecot.i_debug(ok and ("answer: " .. tostring(answer.ok)) or "no JSON in the answer")
end

function dovecot_lua_notify_end_txn(ctx, success) end
