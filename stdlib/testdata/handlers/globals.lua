-- Everything global, as many public scripts have it.
http = require "socket.http"
url = require "socket.url"
json = require "cjson.safe"
mime = require "mime"

function dovecot_lua_notify_begin_txn(user)
  username = user.username
  push = user:plugin_getenv("push_url")
  count = (count or 0) + 1
  return {}
end

function send(what)
  text = json.encode({what})
  body, code, answer = http.request(push .. "?" .. url.escape(username), "data=" .. url.escape(mime.b64(text)))
  if body == nil then
    failed = (failed or 0) + 1
    dovecot.i_info("failed " .. failed .. " of " .. count .. ": " .. tostring(code))
  else
    decoded, problem = json.decode(body)
    dovecot.i_info("code " .. code .. ", " .. tostring(decoded and decoded.ok or problem))
  end
end

function dovecot_lua_notify_event_message_new(ctx, event)
  _, at = string.find(event.from_address or "", "@")
  send(event.uid)
end

function dovecot_lua_notify_event_message_trash(ctx, event) send("trash") end
function dovecot_lua_notify_end_txn() end
