--- twice on a path
local client
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1})
  local r = client:request({url = "http://x/"})
  r:set_payload("a")
  if success then
    r:set_payload("b") --> request-reuse: r has a payload on this path
  end
  local a = r:submit()
  r:add_header("x", "y") --> request-reuse: using it afterwards crashes Dovecot
  local b = r:submit():status() --> request-reuse: Dovecot crashes when a request is submitted again
end
--- in a loop
local client
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1})
  local r = client:request({url = "http://x/"})
  while r:submit():status() ~= 200 do
  end
  local again = client:request({url = "http://x/"})
  repeat
    local a = again:submit() --> request-reuse: again has been submitted
  until a:status() == 200
end
--- one for each, or one of them
local client
function dovecot_lua_notify_end_txn(ctx, success)
  client = client or dovecot.http.client({request_timeout_msecs = 1})
  for i = 1, 3 do
    local r = client:request({url = "http://x/"})
    if success then
      r:set_payload("a")
    else
      r:set_payload("b")
    end
    if r:submit():status() == 200 then
      break
    end
  end
  local r = client:request({url = "http://x/"})
  if success then
    return r:submit()
  end
  r:submit()
  r = client:request({url = "http://x/"})
  r:submit()
  local once = client:request({url = "http://x/"})
  while true do
    once:submit()
    break
  end
end
