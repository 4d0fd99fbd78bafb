-- A case fails at the line with the arrow, for the reason behind it.
local t = require "luapush.test"
local h
t.before(function()
  t.http{["POST http://hook.example/"] = 200}
  h = t.load("handler.lua", {settings = {hook = "http://hook.example/"}})
end)
local function hello() return h:play(t.message_new{subject = "Hello"}) end

t.case("header", function() hello()
  h:expect_request{"POST http://hook.example/", headers = {["x-token"] = "other"}} --> POST http://hook.example/ differs in headers.x-token
end)
t.case("json", function() hello()
  h:expect_request{json = {subject = "Hello", list = {1, 3}}} --> POST http://hook.example/ differs in json.list[2]
end)
t.case("json path", function() hello()
  h:expect_request{json = {["$.list[1]"] = 2}} --> differs in json $.list[1]
end)
t.case("longer list", function() hello()
  h:expect_request{json = {list = {1}}} --> differs in json.list[2]
end)
t.case("nothing", function()
  h:expect_request("POST http://hook.example/") --> no request matched; the handler made none
end)
t.case("count", function() hello()
  h:expect_request{method = "POST", count = 2} --> 1 request matched, and 2 should have
end)
t.case("too many", function() hello()
  h:expect_no_request("POST http://hook.example/") --> there should be no such request, and there is
end)
t.case("all", function() hello() hello()
  h:expect_requests{"POST http://hook.example/"} --> there should be 1 request, and there are 2
end)
t.case("order", function() h:play{t.message_new{subject = "a"}, t.message_new{subject = "b"}}
  h:expect_requests{{json = {subject = "b"}}, {json = {subject = "a"}}} --> number 1, POST http://hook.example/, differs in json.subject
end)
t.case("log", function() hello()
  h:expect_log("received") --> info "sent 200" differs in message
end)
t.case("event", function() hello()
  h:expect_event("mail_sent") --> no named event matched; the handler made none
end)
t.case("metadata", function() hello()
  h:expect_metadata("/private/a", "2") --> set /private/a differs in value
end)
t.case("calls", function() hello()
  h:expect_calls{"message_new", "message_read"} --> the functions that were called are not as expected
end)
t.case("no error", function() h:play(t.message_read{})
  h:expect_no_error() --> there should be no such error, and there is
end)
t.case("wrong field", function() hello()
  h:expect_request{methd = "POST"} --> a request has no field "methd"; did you mean method?
end)
t.case("wrong method", function() hello()
  h:expect_requset{} --> a handler has nothing called "expect_requset"; did you mean expect_request?
end)
t.case("wrong kind", function() hello()
  h:expect_request(5) --> give the request that is expected, as a text or a table; this is 5
end)
t.case("predicate", function() hello()
  h:expect_request{status = function(s) return s > 200 end} --> differs in status
end)
t.case("raises", function()
  t.raises(function() end) --> the function raised no error
end)
t.case("raises another", function()
  t.raises(function() error("x") end, "y") --> the function raised another error
end)
t.case("equal", function()
  t.equal({1}, {1}) --> compare those with t.same
end)
t.case("types", function()
  t.equal("1", 1, "the id") --> the id: the values are not equal
end)
t.case("same", function()
  t.same({a = {b = 1}}, {a = {b = 2}}) --> differs in a.b
end)
t.case("more", function()
  t.same({a = 1, b = 2}, {a = 1}) --> differs in b
end)
t.case("has", function()
  t.has({a = 1}, {b = t.any}) --> differs in b (not there)
end)
t.case("match", function()
  t.match("abc", "^b") --> the text does not match the pattern
end)
t.case("contains", function()
  t.contains({1, 2}, 3) --> it does not contain what was expected
end)
t.case("near", function()
  t.near(1, 2, 0.5) --> 2 ± 0.5
end)
t.case("truthy", function()
  t.truthy(nil) --> the value should be true
end)
t.case("falsy", function()
  t.falsy(0) --> the value should be false
end)
t.case("not equal", function()
  t.not_equal(1, 1) --> the values are equal
end)
t.case("fail", function()
  t.fail("as it should") --> as it should
end)
t.case("a second value", function() hello()
  h:expect_request("POST http://hook.example/", {body = "other"}) --> give one value for the request that is expected
end)
t.case("a second value after a table", function() hello()
  h:expect_metadata({key = "/private/a"}, "2") --> give one value for the change of metadata
end)
t.case("fields that are none", function() hello()
  h:expect_event("mail_sent", 200) --> give the fields of a named event as a table
end)
t.case("a misspelt name", function() hello()
  h:expect_log(exspected) --> the log line that is expected is nil
end)
t.case("a misspelt value", function() hello()
  h:expect_metadata("/private/a", exspected) --> the value that is expected is nil
end)
t.case("count as a text", function() hello()
  h:expect_request{method = "POST", count = "1"} --> count: "1" is no number of requests
end)
t.case("count below none", function() hello()
  h:expect_request{method = "POST", count = -1} --> count: -1 is no number of requests
end)
t.case("count of none", function() hello()
  h:expect_no_request{method = "POST", count = 1} --> expect_no_request takes no count
end)
t.case("count in a list", function() hello()
  h:expect_requests{{method = "POST", count = 1}} --> expect_requests takes no count
end)
t.case("calls by table", function() hello()
  h:expect_calls{{"message_new"}} --> item 1 is {"message_new"}
end)
t.case("deep", function()
  local function deep(n, x) for _ = 1, n do x = {x} end return x end
  t.same(deep(1000, "a"), deep(1000, "a"))
  t.same(deep(1000, "a"), deep(1000, "b")) --> differs in [1][1]
end)
t.case("deeper than is compared", function()
  local function deep(n, x) for _ = 1, n do x = {x} end return x end
  t.same(deep(5000, "a"), deep(5000, "b")) --> differs in [1][1]
end)
t.case("exactly in itself", function()
  local want, got = {}, {y = 1} want.x = t.exactly(want) got.x = got
  t.same(got, want) --> differs in y
end)
t.case("exactly in itself, shown", function()
  local want = {} want.x = t.exactly(want) want[t.exactly(want)] = 1
  t.equal(1, want) --> x = t.exactly({…})
end)
t.case("a long text", function()
  t.equal(("x"):rep(3000) .. "a", ("x"):rep(3000) .. "b") --> differs from byte 3001 on, …"xxxxxxxxxxxxxxxxxxxxa" and not …"xxxxxxxxxxxxxxxxxxxxb"
end)
t.case("a long text in a table", function()
  t.same({a = {("x"):rep(3000) .. "é"}}, {a = {("x"):rep(3000)}}) --> differs in a[1] (from byte 3001 on, …"xxxxxxxxxxxxxxxxxxxxé" and not
end)
t.case("not a number", function()
  t.equal(0/0, 0/0) --> both are NaN
end)
t.case("a list with names", function()
  h:expect_requests{method = "POST"} --> expect_requests: give a list, {{…}, {…}}, whose items are what is expected; this table has the field "method"
end)
t.case("calls with names", function()
  h:expect_calls{name = "message_new"} --> expect_calls: give a list
end)
