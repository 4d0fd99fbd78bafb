local t = require "luapush.test"

local URL = "https://status.example.com/mailbox"
local options = {
  settings = {status_url = URL},
  mailboxes = {INBOX = {messages = 12, unseen = 3}, ["Sent Mail"] = {messages = 1, unseen = 0}, Old = false},
}

local h

t.before(function()
  t.http{["POST " .. URL] = 200}
  h = t.load("handler.lua", options)
end)

t.case("reports each mailbox once", function()
  h:play{
    t.message_new{uid = 1}, t.message_new{uid = 2}, t.message_read{uid = 1}, t.message_append{mailbox = "Sent Mail", uid = 9},
  }
  h:expect_requests{
    {form = {user = "alice@example.com", mailbox = "INBOX", messages = "12", unseen = "3"}},
    {form = {mailbox = "Sent Mail", messages = "1", unseen = "0"}},
  }
end)

t.case("logs a named event for statistics", function()
  h:play(t.message_expunge{})
  h:expect_event("mailbox_status_sent", {owner = "alice@example.com", mailbox = "INBOX", result_code = 200})
end)

t.case("goes on when a mailbox is gone", function()
  h:play{t.message_expunge{mailbox = "Old"}, t.message_new{}}
  h:expect_requests{{form = {mailbox = "INBOX"}}}
  h:expect_log{"status of Old", level = "error"}
end)

t.case("logs the status of a failure", function()
  t.http(503)
  h:play(t.message_new{})
  h:expect_event("mailbox_status_sent", {result_code = 503})
end)

t.case("sends nothing without a URL or after a rollback", function()
  h:play(t.transaction{t.message_new{}, success = false})
  t.load("handler.lua", {mailboxes = options.mailboxes}):play(t.message_new{}):expect_no_request()
  h:expect_no_request()
end)
