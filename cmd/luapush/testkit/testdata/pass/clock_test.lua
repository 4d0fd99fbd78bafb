local t = require "luapush.test"
local START = 1767225600
local h

t.before(function() h = t.load("clock.lua") end)

t.case("stands still", function()
  t.equal(os.time(), START)
  t.equal(h:call("now"), START)
  t.equal(h:call("gettime"), START)
  t.equal(h:call("unix"), START)
  t.equal(h:call("clock"), 0)
  t.equal(h:call("date", "%Y-%m-%d %H:%M:%S"), "2026-01-01 00:00:00")
end)

t.case("advances", function()
  t.advance("1h30m")
  t.advance(30)
  t.advance("2d")
  t.equal(h:call("now"), START + 5400 + 30 + 2 * 86400)
  t.equal(h:call("clock"), 5430 + 2 * 86400)
  t.equal(os.time(), h:call("now"))
end)

t.case("is set", function()
  t.clock("2030-05-06T07:08:09Z")
  t.equal(h:call("date", "%H:%M:%S"), "07:08:09")
  t.clock("2030-05-06 07:08:10")
  t.equal(os.date("%S"), "10")
  t.clock("2030-05-06")
  t.equal(os.date("%H"), "00")
  t.clock(1.5)
  t.equal(t.now(), 1.5)
  t.equal(h:call("now"), 1)
end)

t.case("sleeps take no time", function()
  t.equal(h:call("slept", 3600), 7200)
end)

t.case("Dovecot 2.4 has clocks of its own", function()
  local new = t.load("clock.lua", {dovecot = "2.4.1"})
  t.advance("2s")
  local seconds, nano, micro = new:call("dovecot_time")
  t.equal(seconds, START + 2)
  t.equal(nano, (START + 2) * 1e9)
  t.equal(micro, (START + 2) * 1e6)
end)

t.describe("HTTP", function()
  t.case("a slow answer", function()
    t.http{["*"] = {200, slow = "3s", body = "ok"}}
    t.same({h:call("status", {request_timeout_msecs = 5000})}, {200, "ok"})
    t.equal(os.time(), START + 3)
  end)
  t.case("an answer that comes too late", function()
    t.http{["*"] = {200, slow = "3s"}}
    t.equal(h:call("status", {request_timeout_msecs = 2000, connect_timeout_msecs = 9000}), 9008)
    t.equal(os.time(), START + 2)
  end)
  t.case("an absolute timeout", function()
    t.http{["*"] = {200, slow = "3s"}}
    t.equal(h:call("status", {request_absolute_timeout_msecs = 1000}), 9008)
  end)
  t.case("a wait that the server asks for", function()
    t.http{["*"] = {{503, headers = {["Retry-After"] = "20", Date = "Thu, 01 Jan 2026 00:00:00 GMT"}}, {200, body = "now"}}}
    t.same({h:call("status", {max_attempts = 2, request_timeout_msecs = 30000})}, {200, "now"})
    t.equal(os.time(), START + 20)
  end)
  t.case("LuaSocket's TIMEOUT", function()
    t.http{["*"] = {200, slow = "3s", body = "text"}}
    local body, message = h:call("luasocket", 2)
    t.equal(body, nil)
    t.equal(message, "timeout")
    t.equal(h:call("luasocket", 5), "text")
    t.equal(os.time(), START + 5)
  end)
end)

t.case("errors of Dovecot's functions have their own place", function()
  local message = t.raises(function() h:call("wrong_client") end)
  t.match(message, "^[^:]*clock.lua:18: bad argument #1 to 'client' %(table expected, got number%)")
end)

t.case("numbers by chance are the seed's", function()
  t.same({h:call("numbers")}, {t.load("clock.lua"):call("numbers")})
end)
