-- Run it with "luapush test"; what a test can do: spec/testing.md of luapush.

local t = require "luapush.test"

local SERVER = "https://gotify.example.com"
local h

t.before(function()
  t.http{["POST " .. SERVER .. "/message"] = 200}
  h = t.load("handler.lua", {settings = {gotify_url = SERVER, gotify_key = "Akey"}})
end)

t.case("sends the sender as title and the subject as message", function()
  h:play(t.message_new{subject = "Lunch", snippet = "At noon?", from = "Dana Writer <dana@example.net>"})
  h:expect_request{"POST " .. SERVER .. "/message",
    headers = {["X-Gotify-Key"] = "Akey"},
    json = {title = "Dana Writer", message = "Lunch\nAt noon?", priority = 5},
  }
end)

t.case("never sends an empty message", function()
  h:play(t.message_new{})
  h:expect_request{json = {message = "(no text)", title = "New message"}}
end)

t.case("logs a failure and goes on", function()
  t.http{["POST " .. SERVER .. "/message"] = {500, 200}}
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_log{"gotify: 500", level = "error", count = 1}
  h:expect_request{status = 200}
end)

t.case("plays the recorded mail", function()
  h:play("fixture.jsonl")
  h:expect_request{json = {title = "Dana Writer"}}
end)
