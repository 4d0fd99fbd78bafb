-- Dovecot's own client: a failure of the network is a status of 9000 and more.
local json = require "JSON"
local client = dovecot.http.client{timeout = 500, max_attempts = 1, debug = false, user_agent = "push/1"}

function dovecot_lua_notify_begin_txn(user)
  return {url = user:plugin_getenv("push_url"), messages = {}}
end

function dovecot_lua_notify_event_message_new(ctx, event)
  table.insert(ctx.messages, {subject = event.subject, mailbox = event.mailbox})
end

function dovecot_lua_notify_end_txn(ctx, success)
  for _, message in ipairs(ctx.messages) do
    local rq = client:request{url = ctx.url, method = "POST"}
    rq:add_header("content-type", "application/json")
    rq:set_payload(json:encode(message))
    local rs = rq:submit()
    local code = rs:status()
    if code >= 9000 then
      dovecot.i_error(string.format("network: %d", code))
    elseif code / 100 ~= 2 then
      dovecot.i_error(string.format("server: %d", code))
    end
  end
end
