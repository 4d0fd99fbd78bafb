--- in functions
function dovecot_lua_notify_event_message_new(ctx, event)
  body = event.mailbox --> global-assign: body is assigned as a global variable: the next call
  body = body .. "x"
  for i = 1, 2 do
    count = i --> global-assign: count
  end
end
--- shared by functions
function script_init()
  client = dovecot.http.client({request_timeout_msecs = 1}) --> global-assign: other functions use it, but nothing declares it
  return 0
end
function dovecot_lua_notify_end_txn(ctx, success)
  client:request({url = "http://x/"}):submit()
end
--- forbidden
function script_init()
  dovecot.restrict_global_variables(true)
  counter = 0 --> global-assign: restrict_global_variables makes this an error
  return 0
end
--- declared, local, or a function
client = nil
VERSION = "1"
local state
function script_init()
  client = dovecot.http.client({request_timeout_msecs = 1})
  state = {}
  helper = function() end
  function other() end
  state.x = 1
  _G.client = client
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  local a, b = 1, 2
  a, b = b, a
  helper(other)
end
--- an environment of the script's own
local _ENV = {dovecot = dovecot}
function f()
  x = 1
end
