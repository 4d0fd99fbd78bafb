-- Run it with "luapush test"; what a test can do: spec/testing.md of luapush.

local t = require "luapush.test"

local URL = "https://status.example.com/mailbox"
local h

t.before(function()
  t.http{["POST " .. URL] = 200}
  h = t.load("handler.lua", {
    settings = {status_url = URL},
    mailboxes = {INBOX = {messages = 12, unseen = 3, uidnext = 14, uidvalidity = 7}, Old = false},
  })
end)

t.case("reports the counters once a mailbox", function()
  h:play{t.message_new{uid = 12}, t.message_new{uid = 13}, t.flags_set{uid = 12, flags = {"\\Seen"}}}
  h:expect_requests{{"POST " .. URL,
    json = {user = "alice@example.com", mailbox = "INBOX", messages = 12, unseen = 3, uidnext = 14, uidvalidity = 7}}}
end)

t.case("goes on when a mailbox is gone", function()
  h:play{t.message_expunge{mailbox = "Old"}, t.message_expunge{}}
  h:expect_log{"status of Old", level = "warning"}
  h:expect_request{json = {mailbox = "INBOX"}}
end)

t.case("logs a failure", function()
  t.http("timeout")
  h:play(t.message_new{})
  h:expect_log{"status of INBOX: 9008", level = "error"}
end)

t.case("plays the recorded changes", function()
  h:play("fixture.jsonl")
  h:expect_request{json = {mailbox = "INBOX"}}
end)
