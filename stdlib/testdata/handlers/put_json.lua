-- New mail as JSON by PUT, with socket.http, ltn12 and lua-json.
local http = require "socket.http"
local url = require "socket.url"
local ltn12 = require "ltn12"
local json = require "json"

function table_get(t, k, d)
  return t[k] or d
end

function script_init()
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user, username = user.username, push = user:plugin_getenv("push_url")}
end

function dovecot_lua_notify_event_message_new(ctx, event)
  local body = json.encode({event = "messageNew"})
  local target = ctx.push .. "?user=" .. url.escape(ctx.username) .. "&subject=" .. url.escape(table_get(event, "subject", ""))
  local answer = {}
  local ok, code, headers, status = http.request {
    url = target,
    method = "PUT",
    source = ltn12.source.string(body),
    sink = ltn12.sink.table(answer),
    headers = {
      ["content-type"] = "application/json; charset=utf-8",
      ["content-length"] = tostring(#body),
    },
  }
  if not ok then
    dovecot.i_warning("push failed: " .. tostring(code))
    return
  end
  if code ~= 200 then
    dovecot.i_warning("push refused: " .. tostring(status))
    return
  end
  dovecot.i_info("push sent, answer " .. table.concat(answer))
end

function dovecot_lua_notify_end_txn(ctx, success)
end
