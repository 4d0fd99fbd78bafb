-- Tests of ox.lua: luapush test scripts/ox_test.lua
--
-- What the driver puts on the wire, byte for byte, is held to the real one by
-- the Go tests. Here is what it is for, a case each.

local t = require "luapush.test"

local URL = "https://login:secret@ox.example/preliminary/http-notify/v1/notify"
local ENTRY = "/private/vendor/vendor.dovecot/http-notify"

-- A session of a user who has logged in at OX App Suite. What a case wants
-- different goes into more.
local function ox(more)
  more = more or {}
  local options = {url = URL}
  for name, value in pairs(more.options or {}) do options[name] = value end
  return t.load("ox.lua", {
    options = options,
    user = "alice@example.com",
    metadata = {[ENTRY] = more.entry or "user=11@3"},
    mailboxes = more.mailboxes or {INBOX = {messages = 5, unseen = 2}},
    messages = more.messages,
    dovecot = more.dovecot,
    debug = true,
  })
end

t.before(function() t.http{["PUT https://ox.example/preliminary/http-notify/v1/notify"] = 200} end)

t.describe("new mail in INBOX", function()
  t.case("becomes a notification", function()
    local h = ox()
    h:play(t.message_new{
      uid = 17, uid_validity = 4, from = "Dana Writer <dana@example.net>", subject = "Lunch", snippet = "Today at noon?",
    })
    h:expect_request{
      headers = {["Content-Type"] = "application/json; charset=utf-8"},
      json = t.exactly{
        user = "alice@example.com", event = "messageNew", folder = "INBOX", ["imap-uid"] = 17, ["imap-uidvalidity"] = 4,
        from = "Dana Writer <dana@example.net>", subject = "Lunch", snippet = "Today at noon?", unseen = 2,
      },
      count = 1,
    }
    h:expect_log{"Notification sent successfully: 200 OK", level = "debug"}
  end)

  t.case("has its members in Dovecot's order", function()
    local h = ox()
    h:play(t.message_new{uid = 1, uid_validity = 4, from = "a@example.net", subject = "s", snippet = "text"})
    h:expect_request{body = '{"user":"alice@example.com","event":"messageNew","folder":"INBOX","imap-uidvalidity":4,"imap-uid":1,'
      .. '"from":"a@example.net","subject":"s","snippet":"text","unseen":2}'}
  end)

  t.case("is told message by message", function()
    local h = ox()
    h:play{t.message_new{uid = 1, subject = "one"}, t.message_new{uid = 2, subject = "two"}}
    h:expect_requests{{json = {subject = "one", ["imap-uid"] = 1}}, {json = {subject = "two", ["imap-uid"] = 2}}}
  end)

  t.case("keeps what JSON and headers need escaped", function()
    local h = ox()
    h:play(t.message_new{from = '"D\\W" <d@example.net>', subject = "Grüße", snippet = "a\ttab, \226\130\172 and a bad byte: \255"})
    h:expect_request{json = {
      from = '"D\\W" <d@example.net>', subject = "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", snippet = "a\ttab, € and a bad byte: \u{FFFD}",
    }}
  end)

  t.case("has the headers as they stand in the message where its text is known", function()
    local raw = "From: =?utf-8?q?J=C3=BCrgen?= <j@example.net>\nSubject: =?iso-8859-1?q?Gr=FC=DFe?=\n\nHello\n"
    local h = ox{messages = {{mailbox = "INBOX", uid = 3, raw = raw}}}
    h:play(t.message_new{uid = 3, from = "Jürgen <j@example.net>", subject = "Grüße"})
    h:expect_request{json = {from = "=?utf-8?q?J=C3=BCrgen?= <j@example.net>", subject = "=?iso-8859-1?q?Gr=FC=DFe?="}}
  end)
end)

t.describe("who and what is left alone", function()
  t.case("users without the METADATA entry", function()
    local h = t.load("ox.lua", {options = {url = URL}, debug = true})
    h:play(t.message_new{}):expect_no_request()
    h:expect_log{"Skipped because not active", level = "debug"}
  end)

  t.case("entries without a user", function()
    local h = ox{entry = "events=all"}
    h:play(t.message_new{}):expect_no_request()
    h:expect_log{"No user provided in config", level = "error"}
  end)

  t.case("other mailboxes", function()
    local h = ox()
    h:play(t.message_new{mailbox = "Work"}):expect_no_request()
    h:expect_log("Skipped because Work is not a watched mailbox")
  end)

  t.case("everything but new mail", function()
    local h = ox()
    h:play{
      t.message_append{uid = 1}, t.message_read{uid = 1}, t.message_trash{uid = 1}, t.message_expunge{uid = 1},
      t.flags_set{uid = 1, flags = {"\\Flagged"}}, t.flags_clear{uid = 1}, t.mailbox_subscribe{mailbox = "INBOX"},
    }
    h:expect_no_request()
    h:expect_no_error()
  end)
end)

t.describe("the options", function()
  local function body(h)
    return h:play(t.message_new{}).requests[1].json
  end

  t.case("user_from_metadata sends the entry's user", function()
    t.equal(body(ox{options = {user_from_metadata = "yes"}}).user, "11@3")
    t.equal(body(ox{options = {user_from_metadata = "yes"}, entry = "user=1@3\tuser=4@3\tevents=x"}).user, "4@3")
  end)

  t.case("ends the entry's items at a NUL byte, as text in Dovecot does", function()
    local options = {user_from_metadata = "yes"}
    t.equal(body(ox{options = options, entry = "user=4@3\0010x\tuser\0010=5@3"}).user, "4@3")
  end)

  t.case("event_name is the value of event", function()
    t.equal(body(ox{options = {event_name = "mailNew"}}).event, "mailNew")
  end)

  t.case("url has to be there, and be a URL", function()
    t.raises(function() t.load("ox.lua", {options = {}}) end, "Driver requires the url parameter")
    t.raises(function() ox{options = {url = "ox.example"}} end, "Failed to parse OX REST URL ox.example")
  end)

  t.case("cache_lifetime has to be a time", function()
    t.raises(function() ox{options = {cache_lifetime = "60"}} end, "missing units")
    t.raises(function() ox{options = {cache_lifetime = "soon"}} end, "Invalid time interval: soon")
  end)
end)

t.describe("the METADATA entry", function()
  t.case("is remembered for cache_lifetime, and read again after it", function()
    local h = ox{options = {cache_lifetime = "2 mins", user_from_metadata = "yes"}}
    local function user(entry)
      local transaction = t.transaction{t.message_new{}, metadata = {[ENTRY] = entry}}
      return h:play(transaction).requests[1].json.user
    end
    t.equal(user("user=1@1"), "1@1")
    t.advance("119s")
    t.equal(user("user=2@1"), "1@1")
    t.advance("1s")
    t.equal(user("user=3@1"), "3@1")
  end)
end)

t.describe("a server that fails", function()
  t.case("is asked once more, and then the log says so", function()
    t.http{["*"] = "timeout"}
    local h = ox()
    h:play{t.message_new{uid = 1}}
    h:expect_request{status = 9008, attempts = 2}
    h:expect_log{"Error when sending notification: ", level = "error", count = 1}
    h:expect_no_log("9008") -- a number of Dovecot's own says nothing to people
    h:expect_no_error()
  end)

  t.case("is asked as often as max_retries says", function()
    t.http{["*"] = "timeout"}
    ox{options = {max_retries = "3"}}:play(t.message_new{}):expect_request{attempts = 4}
    ox{options = {max_retries = "0"}}:play(t.message_new{}):expect_request{attempts = 1}
  end)

  t.case("is waited for as long as timeout_msecs says", function()
    t.http{["*"] = {200, slow = "3s"}}
    ox{options = {timeout_msecs = "2500", max_retries = "0"}}:play(t.message_new{}):expect_request{status = 9008}
    ox{options = {timeout_msecs = "3500", max_retries = "0"}}:play(t.message_new{}):expect_request{status = 200}
  end)

  t.case("does not keep the next message from being sent", function()
    t.http{["*"] = {503, 200}}
    local h = ox()
    h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
    h:expect_requests{{status = 503}, {status = 200}}
    h:expect_log{"Error when sending notification: 503 Service Unavailable", level = "error", count = 1}
  end)
end)

t.case("a mailbox that cannot be opened sends a notification without unseen", function()
  local h = ox{mailboxes = {INBOX = false}}
  h:play(t.message_new{uid = 8}):expect_request{json = {["imap-uid"] = 8, unseen = t.absent}}
  h:expect_log{"Mailbox doesn't exist: INBOX", level = "error"}
end)

t.case("works the same on other releases", function()
  for _, release in ipairs{"2.3.4", "2.3.21", "2.4.0", "2.4.3"} do
    t.case(release, function()
      local h = ox{dovecot = release}
      h:play(t.message_new{uid = 5, subject = "x"}):expect_request{json = {["imap-uid"] = 5, subject = "x"}, count = 1}
    end)
  end
end)
