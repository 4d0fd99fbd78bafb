local t = require "luapush.test"

local HOOK = "https://hooks.example.com/mail"
local settings = {webhook_url = HOOK, webhook_token = "secret"}

t.case("posts new mail as JSON", function()
  t.http{["POST " .. HOOK] = 204}
  local h = t.load("handler.lua", {settings = settings})
  h:play(t.message_new{subject = "Lunch", from = "Dana Writer <dana@example.net>", snippet = "At noon?", uid = 17})
  h:expect_request{"POST " .. HOOK,
    headers = {["Content-Type"] = t.like("^application/json"), Authorization = "Bearer secret"},
    json = {user = "alice@example.com", mailbox = "INBOX", uid = "17", from = "dana@example.net", name = "Dana Writer",
      subject = "Lunch", snippet = "At noon?"},
  }
  h:expect_no_log()
end)

t.case("sends nothing", function()
  local h = t.load("handler.lua", {settings = settings})
  t.case("for a transaction that was rolled back", function()
    h:play(t.transaction{t.message_new{}, success = false}):expect_no_request()
  end)
  t.case("for a user without a hook", function()
    local other = t.load("handler.lua", {user = "bob@example.com"})
    other:play(t.message_new{}):expect_no_request()
  end)
  t.case("for mail that was read", function()
    h:play{t.flags_set{flags = {"\\Seen"}}, t.message_read{}}:expect_no_request()
  end)
end)

t.case("goes on after a failure", function()
  t.http{["POST " .. HOOK] = {500, 200}}
  local h = t.load("handler.lua", {settings = settings})
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_requests{{json = {uid = "1"}, status = 500}, {json = {uid = "2"}, status = 200}}
  h:expect_log{"webhook: uid 1: 500", level = "error", count = 1}
end)

for _, fault in ipairs{"refused", "timeout", "dns", "reset", "badresponse"} do
  t.case("says why there was no answer: " .. fault, function()
    t.http(fault)
    local h = t.load("handler.lua", {settings = settings})
    h:play(t.message_new{uid = 3})
    h:expect_log{"webhook: uid 3: 90", level = "error"}
  end)
end

t.case("gives up after two seconds", function()
  t.http{["*"] = {200, slow = "3s"}}
  local h = t.load("handler.lua", {settings = settings})
  local before = t.now()
  h:play(t.message_new{})
  h:expect_request{status = 9008}
  t.near(t.now() - before, 4, 0.5, "two tries")
end)

t.case("plays what a Dovecot recorded", function()
  local h = t.load("handler.lua", {settings = {webhook_url = HOOK}})
  h:play("fixture.jsonl", {scenario = "deliver-encoded-headers"})
  h:expect_request{json = {subject = "Grüße aus München", name = "Jürgen Müller"}}
end)
