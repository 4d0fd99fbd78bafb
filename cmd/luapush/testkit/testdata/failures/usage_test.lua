local t = require "luapush.test"
local function handler(options) return t.load("handler.lua", options) end

t.case("event field", function()
  t.message_new{subjct = "x"} --> events have no field subjct; did you mean subject?
end)
t.case("event name", function()
  t.event("MessageNews", {}) --> MessageNew
end)
t.case("event type", function()
  handler():play(t.message_new{uid = "x"}) --> handler:play: events[0].uid
end)
t.case("no event", function()
  handler():play(5) --> give a fixture's path, an event such as t.message_new{…}
end)
t.case("no transaction", function()
  handler():play{1} --> handler:play: 1 is not an event
end)
t.case("load option", function()
  t.load("handler.lua", {setings = {}}) --> the field "setings" is unknown; did you mean settings?
end)
t.case("load status", function()
  t.load("handler.lua", {mailboxes = {INBOX = {mesages = 1}}}) --> INBOX has no field mesages; did you mean messages?
end)
t.case("load dovecot", function()
  t.load("handler.lua", {dovecot = "5"}) --> t.load: dovecot:
end)
t.case("load nothing", function()
  t.load("none.lua") --> no such file
end)
t.case("fixture", function()
  handler():play("none.jsonl") --> no such file
end)
t.case("http status", function()
  t.http{["POST http://x/"] = 17} --> the status 17 is not between 100 and 999
end)
t.case("http word", function()
  t.http{["POST http://x/"] = "refusd"} --> "refusd" is no answer
end)
t.case("http key", function()
  t.http{["post http://x/"] = 200} --> write the method as it is sent, POST
end)
t.case("http scheme", function()
  t.http{["POST x.example"] = 200} --> the URL has no scheme
end)
t.case("http field", function()
  t.http{["*"] = {statis = 200}} --> give an answer
end)
t.case("http field two", function()
  t.http{["*"] = {status = 200, bdy = ""}} --> an answer has no field "bdy"; did you mean body?
end)
t.case("answer function", function()
  t.http{["*"] = function() return "nothing" end}
  handler{settings = {hook = "http://x/"}}:play(t.message_new{subject = ""}) --> "nothing" is no answer
end)
t.case("time", function()
  t.advance("an hour") --> "an hour" is no time
end)
t.case("clock", function()
  t.clock("tomorrow") --> "tomorrow" is no time
end)
t.case("module", function()
  t.eqal(1, 1) --> luapush.test has nothing called "eqal"; did you mean equal?
end)
t.case("require", function()
  require "socket.http" --> module 'socket.http' is for handlers
end)
t.case("files", function()
  io.open("x.txt", "w") --> a test file may read files
end)
t.case("processes", function()
  os.execute("true") --> a test file may read files
end)
t.case("function", function()
  handler():call("nothing") --> the handler has no global function nothing
end)
t.case("argument", function()
  handler():call("raise", function() end) --> a function cannot be handed to a handler
end)
t.case("describe", function()
  t.describe("x", function() end) --> t.describe is for the file
end)
t.case("too few", function()
  t.equal(1) --> t.equal(got, expected) takes 2 values, and got 1
end)
t.case("closed", function()
  local h = handler()
  h:close()
  h:play(t.message_new{}) --> the handler's session is closed
end)
t.case("play options", function()
  handler():play({t.message_new{}}, "plain") --> table expected, got string
end)
t.case("message options", function()
  t.from_eml("usage_test.lua", "MessageNew") --> table expected, got string
end)
t.case("http body", function()
  t.http{["*"] = {200, body = {ok = true}}} --> body: {ok = true} is no text: give a text; json = {…} makes one of a table
end)
t.case("http header", function()
  t.http{["*"] = {200, headers = {["X-A"] = {"1", "2"}}}} --> headers: {"1", "2"} is no text: give a text for X-A
end)
t.case("http fraction", function()
  t.http{["*"] = 200.5} --> 200.5 is no status
end)
t.case("http times", function()
  t.http{["*"] = {{503, times = 1.5}, 200}} --> times: 1.5 is no number from 1 on
end)
t.case("skip reason", function()
  t.case("x", {skip = 5}, function() end) --> skip: give the reason as a text, or true
end)
