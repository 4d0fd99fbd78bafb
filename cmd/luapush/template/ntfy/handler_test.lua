-- Run it with "luapush test"; what a test can do: spec/testing.md of luapush.

local t = require "luapush.test"

local TOPIC = "https://ntfy.example.com/mail-of-alice"
local h

t.before(function()
  t.http{["POST " .. TOPIC] = 200}
  h = t.load("handler.lua", {settings = {ntfy_url = TOPIC, ntfy_priority = "4"}})
end)

t.case("sends the sender as title and the subject as message", function()
  h:play(t.message_new{subject = "Lunch", snippet = "At noon?", from = "Dana Writer <dana@example.net>"})
  h:expect_request{"POST " .. TOPIC,
    headers = {Title = "Dana Writer", Priority = "4", Authorization = t.absent},
    body = "Lunch\nAt noon?",
  }
end)

t.case("encodes a title that is not ASCII", function()
  h:play(t.message_new{from = "=?utf-8?q?J=C3=BCrgen?= <j@example.net>"})
  h:expect_request{headers = {Title = t.like("^=%?UTF%-8%?B%?")}}
end)

t.case("has a title for broken headers", function()
  h:play(t.message_new{from = ""})
  h:expect_request{headers = {Title = "New message"}}
end)

t.case("logs a failure and goes on", function()
  t.http{["POST " .. TOPIC] = {{"timeout", times = 2}, 200}}
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_log{"ntfy: 9008", level = "error", count = 1}
  h:expect_request{status = 200, count = 1}
end)

t.case("plays the recorded mail", function()
  h:play("fixture.jsonl")
  h:expect_request{headers = {Title = "Dana Writer"}}
end)
