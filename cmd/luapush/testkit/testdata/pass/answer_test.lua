local t = require "luapush.test"
local h
t.before(function() h = t.load("clock.lua") end)

local function status() return (h:call("status", {})) end

t.case("a function is asked each time", function()
  local seen = {}
  t.http(function(request)
    seen[#seen + 1] = request.method .. " " .. request.url .. " " .. request.number
    if request.number == 2 then return "refused" end
    return {status = 200 + request.number, json = {n = request.number}}
  end)
  t.same({h:call("status", {})}, {201, '{"n":1}'})
  t.equal(status(), 9003)
  t.equal(status(), 203)
  t.same(seen, {"POST http://hook.example/ 1", "POST http://hook.example/ 2", "POST http://hook.example/ 3"})
end)

t.case("a failing expectation in it fails the case", function()
  t.http(function() t.fail("in the answer") end)
  t.raises(status, "in the answer")
end)

t.case("the most exact rule counts", function()
  t.http{["*"] = 500, ["http://hook.example/*"] = 501, ["http://hook.example/"] = 502, ["POST http://hook.example/"] = 503}
  t.equal(status(), 503)
  t.http{["*"] = 500, ["http://hook.example/*"] = 501}
  t.equal(status(), 501)
end)

t.case("sequences", function()
  t.http{["*"] = {500, {501, times = 2}, "timeout", 200}}
  local got = {}
  for i = 1, 6 do got[i] = status() end
  t.same(got, {500, 501, 501, 9008, 200, 200})
end)

t.case("every fault", function()
  for fault, expected in pairs{refused = 9003, timeout = 9008, dns = 9002, reset = 9005, badresponse = 9007, badjson = 200} do
    t.http(fault)
    t.equal(status(), expected, fault)
  end
end)

t.case("a reason and headers", function()
  t.http{["*"] = {status = 299, reason = "Fine", headers = {["X-A"] = "1"}}}
  status()
  t.has(h.requests[1], {status = 299, reason = "Fine"})
end)

t.case("without rules there is an answer, and no network", function()
  t.equal(status(), 200)
end)

t.case("a rule fits however its URL is written", function()
  for _, key in ipairs{"HTTP://Hook.Example", "POST http://hook.example:80/", "http://hook.example/#part"} do
    t.http{[key] = 204}
    t.equal(status(), 204, key)
  end
end)

t.case("requests of LuaSocket are found by their URLs", function()
  local asked
  t.http{
    ["GET http://hook.example/get"] = {200, body = "a page"}, ["http://hook.example/get?q=1"] = {200, body = "a query"},
    ["http://hook.example//a%2Fb"] = {200, body = "as written"}, ["http://other.example:8080/"] = {200, body = "a port"},
    ["http://asked.example/*"] = function(request) asked = request.url return {200, body = "asked"} end,
  }
  for address, expected in pairs{
    ["http://hook.example/get"] = "a page", ["http://hook.example:80/get?q=1"] = "a query", ["http://hook.example//a%2Fb"] = "as written",
    ["http://other.example:8080"] = "a port", ["http://asked.example/x?y=%20"] = "asked",
  } do
    t.equal(h:call("fetch", address), expected, address)
  end
  t.equal(asked, "http://asked.example/x?y=%20")
end)
