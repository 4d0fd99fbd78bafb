-- Run it with "luapush test"; what a test can do: spec/testing.md of luapush.

local t = require "luapush.test"

local URL = "https://appsuite.example.com/preliminary/http-notify/v1/notify"
local REGISTRATION = "/private/vendor/vendor.dovecot/http-notify"
local h

local function load(registration)
  return t.load("handler.lua", {
    settings = {ox_url = URL},
    metadata = {[REGISTRATION] = registration},
    mailboxes = {INBOX = {messages = 5, unseen = 2}},
  })
end

t.before(function()
  t.http{["PUT " .. URL] = 200}
  h = load("user=11@3")
end)

t.case("tells App Suite of new mail in INBOX", function()
  h:play(t.message_new{subject = "Lunch", from = "Dana <dana@example.net>", uid = 17, uid_validity = 4})
  h:expect_request{"PUT " .. URL, json = {
    user = "11@3", event = "messageNew", folder = "INBOX", ["imap-uid"] = 17, ["imap-uidvalidity"] = 4,
    from = "Dana <dana@example.net>", subject = "Lunch", unseen = 2,
  }}
end)

t.case("leaves other mailboxes and users alone", function()
  h:play(t.message_new{mailbox = "Spam"}):expect_no_request()
  load(nil):play(t.message_new{}):expect_no_request()
  load("other=1"):play(t.message_new{}):expect_no_request()
end)

t.case("logs a failure and goes on", function()
  t.http{["PUT " .. URL] = {503, 200}}
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_log{"ox: 11@3: 503", level = "error", count = 1}
  h:expect_request{status = 200}
end)

t.case("plays the recorded mail", function()
  h:play("fixture.jsonl")
  h:expect_request{json = {event = "messageNew"}}
end)
