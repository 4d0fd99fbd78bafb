--- a fraction
local client
local http = require "socket.http"
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1})
  local r = client:request({url = "http://x/"}):submit()
  if r:status()/100 ~= 2 then --> status-division: for status 201 r:status()/100
    return
  end
  local status = r:status()
  if (status / 100) == 2 then --> status-division: status/100
    return
  end
  local body, code = http.request("http://x/")
  if not body or code / 100 ~= 2 then --> status-division: code/100
    return
  end
end
--- kept in a variable
function report(client)
  local class = dovecot.http.client({request_timeout_msecs = 1}):request({url = "http://x/"}):submit():status() / 100
  if class ~= 2 then --> status-division: class is 2.01
    return
  end
end
--- without one
local client
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1})
  local r = client:request({url = "http://x/"}):submit()
  local status = r:status()
  if status // 100 ~= 2 or math.floor(status / 100) ~= 2 or status < 200 or status ~= 204 or status / 100 >= 3 then
    return
  end
  local percent = ctx.n / 100
  if percent == 2 or ctx.m / 100 == 2 then
    return
  end
end
