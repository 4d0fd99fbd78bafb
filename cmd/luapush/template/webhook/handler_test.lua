-- Run it with "luapush test"; what a test can do: spec/testing.md of luapush.

local t = require "luapush.test"

local HOOK = "https://hooks.example.com/mail"
local h

t.before(function()
  t.http{["POST " .. HOOK] = 200}
  h = t.load("handler.lua", {settings = {webhook_url = HOOK, webhook_token = "secret"}})
end)

t.case("posts new mail as JSON", function()
  h:play(t.message_new{subject = "Lunch", from = "Dana Writer <dana@example.net>", uid = 17})
  h:expect_request{"POST " .. HOOK,
    headers = {Authorization = "Bearer secret"},
    json = {event = "MessageNew", uid = "17", from = "dana@example.net", name = "Dana Writer", subject = "Lunch"},
  }
end)

t.case("goes on after a failure", function()
  t.http{["POST " .. HOOK] = {{500, times = 1}, 200}}
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_requests{{json = {uid = "1"}}, {json = {uid = "2"}}}
  h:expect_log{"webhook: uid 1: 500", level = "error"}
end)

for _, fault in ipairs{"refused", "timeout", "dns", "reset"} do
  t.case("logs why there was no answer: " .. fault, function()
    t.http(fault)
    h:play(t.message_new{})
    h:expect_log{"webhook: uid 1: 9", level = "error"}
  end)
end

t.case("plays the recorded mail", function()
  h:play("fixture.jsonl")
  h:expect_request{count = 3}
end)
