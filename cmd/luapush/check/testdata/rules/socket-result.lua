--- unchecked
local http = require "socket.http"
local https = require("ssl.https")
function dovecot_lua_notify_end_txn(ctx, success)
  local body, code = http.request("http://x/")
  local e = dovecot.event()
  e:add_int("result_code", code) --> socket-result: code is the message of the error
  if code >= 300 then --> socket-result: >= raises an error
    return
  end
  local _, status = https.request({url = "https://x/"})
  e:add_int("result_code", status) --> socket-result: status is the message
  e:log_info("x" .. tostring(status))
end
--- unchecked, in global variables
local http = require "socket.http"
function dovecot_lua_notify_end_txn(ctx, success)
  res, code = http.request("http://x/") --> global-assign: res --> global-assign: code
  dovecot.event():add_int("result_code", code):log_info("x") --> socket-result: code is the message
end
function dovecot_lua_notify_begin_txn(user)
  r2, c2 = http.request("http://x/") --> global-assign: r2 --> global-assign: c2
  if not r2 then return end
  dovecot.event():add_int("result_code", c2):log_info("x")
end
--- checked
local http = require "socket.http"
function dovecot_lua_notify_end_txn(ctx, success)
  local e = dovecot.event()
  local body, code, headers, line = http.request("http://x/")
  if not body then
    dovecot.i_error("failed: " .. tostring(code) .. code)
    return
  end
  e:add_int("result_code", code)
  local ok, status = http.request {url = "http://x/"}
  if type(status) == "number" then
    e:add_int("result_code", status)
  end
  local r, c = http.request("http://x/")
  if r and c < 300 then
    return
  end
  local r2, c2 = http.request("http://x/")
  e:add_int("result_code", tonumber(c2) or 0)
  local r3, c3 = http.request("http://x/")
  assert(r3, c3)
  e:add_int("result_code", c3)
  local _, c4 = http.request("http://x/")
  if c4 ~= 200 then
    e:log_info("status " .. c4)
  end
  local r6, c6 = http.request("http://x/")
  if r6 == 1 then
    e:add_int("result_code", c6)
  end
  local r5, c5 = http.request("http://x/")
  if r5 == nil then return end
  e:add_int("result_code", c5)
end
