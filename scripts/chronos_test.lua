-- Tests of chronos.lua: luapush test scripts/chronos_test.lua

local t = require "luapush.test"

local URL = "https://login:secret@ox.example/chronos/v1/itip/pushmail"

local INVITE = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"

-- A message with a Message-ID of its own, and what else stands in it.
local function mail(id, rest) return "Message-ID: <" .. id .. "@example.net>\nSubject: Meeting\n" .. rest end

local function multipart(...)
  local text = "Content-Type: multipart/mixed; boundary=b\n\n"
  for _, part in ipairs{...} do text = text .. "--b\n" .. part .. "\n" end
  return text .. "--b--\n"
end

-- A session whose INBOX has the messages, by uid.
local function chronos(messages, options)
  local list = {}
  for uid, raw in pairs(messages) do list[#list + 1] = {mailbox = "INBOX", uid = uid, raw = raw} end
  options = options or {}
  options.url = options.url or URL
  return t.load("chronos.lua", {options = options, user = "alice@example.com", messages = list, debug = true})
end

-- What is sent of one message: the request, or nil.
local function sent(raw, options)
  return chronos({raw}, options):play(t.message_new{uid = 1}).requests[1]
end

t.before(function() t.http{["PUT https://ox.example/*"] = 200} end)

t.case("hands a mail with an invite over, whole", function()
  local raw = mail(1, INVITE)
  local h = chronos{[7] = raw}
  h:play(t.message_new{uid = 7})
  h:expect_request{
    headers = {["Content-Type"] = "application/json; charset=utf-8"},
    json = t.exactly{
      user = "alice@example.com", folder = "INBOX", event = "messageNew",
      -- Dovecot's messages have CR LF at the ends of their lines.
      body = function(body) return body:gsub("\r\n", "\n") == raw end,
    },
    count = 1,
  }
  h:expect_log{"http callback: Notification sent successfully: 200 OK", level = "debug"}
end)

t.describe("finds an invite", function()
  local attached = "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="
  for name, raw in pairs{
    ["in a part"] = multipart("Content-Type: text/plain\n\nHello\n", INVITE),
    ["in a part of a part"] = multipart("Content-Type: multipart/alternative; boundary=i\n\n--i\n" .. INVITE .. "--i--\n"),
    ["by the name of a file"] = multipart(attached .. "\"Invite.ICS\"\n\nBEGIN:VCALENDAR\n"),
    ["by a name in RFC 2231"] = multipart(attached:gsub("filename=", "filename*=") .. "utf-8''f%C3%BCr%20Dana.ics\n\nBEGIN:VCALENDAR\n"),
  } do
    t.case(name, function() t.truthy(sent(mail(1, raw))) end)
  end
end)

t.describe("leaves other mail alone", function()
  for name, raw in pairs{
    ["a plain text"] = "\nBEGIN:VCALENDAR is what an invite begins with.\n",
    ["text/calendar as words"] = multipart("Content-Type: text/plain\n\nContent-Type: text/calendar\n"),
    ["a file of another kind"] = multipart("Content-Type: text/plain\nContent-Disposition: attachment; filename=a.ics.txt\n\nHello\n"),
  } do
    t.case(name, function()
      local h = chronos{mail(1, raw)}
      h:play(t.message_new{uid = 1}):expect_no_request()
      h:expect_log{"Mail does not contain calendar invite", level = "debug"}
    end)
  end

  t.case("what is not new", function()
    local h = chronos{mail(1, INVITE)}
    h:play{t.message_append{uid = 1}, t.message_read{uid = 1}, t.flags_set{uid = 1}}
    h:expect_no_request()
  end)
end)

t.describe("a mail that comes twice", function()
  t.case("is sent once in a session", function()
    local h = chronos{mail("same", INVITE), mail("same", INVITE)}
    h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
    h:expect_request{count = 1}
    h:expect_log{"Message UID 2 Message-ID <same@example.net> is a duplicate", level = "debug"}
  end)

  t.case("is sent again in another session", function()
    for _ = 1, 2 do t.truthy(sent(mail("same", INVITE))) end
  end)

  t.case("is sent twice where it has no Message-ID", function()
    local h = chronos{INVITE, INVITE}
    h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
    h:expect_request{count = 2}
  end)
end)

t.describe("the options", function()
  t.case("msg_max_size is the largest mail that is sent", function()
    local raw = mail(1, INVITE) .. ("x"):rep(2000)
    t.truthy(sent(raw, {msg_max_size = "3kb"}))
    t.falsy(sent(raw, {msg_max_size = "1kb"}))
  end)

  t.case("timeout is how long an answer is waited for", function()
    t.http{["*"] = {200, slow = "3s"}}
    t.equal(sent(mail(1, INVITE), {max_retries = "0"}).status, 9008, "two seconds by default")
    t.equal(sent(mail(1, INVITE), {max_retries = "0", timeout = "4 secs"}).status, 200)
    t.equal(sent(mail(1, INVITE), {max_retries = "0", timeout = "2999ms"}).status, 9008)
  end)

  t.case("max_retries is how often a request is sent again", function()
    t.http{["*"] = "timeout"}
    t.equal(sent(mail(1, INVITE)).attempts, 2, "once by default")
    t.equal(sent(mail(1, INVITE), {max_retries = "4"}).attempts, 5)
  end)

  t.case("event_name is the value of event", function()
    t.equal(sent(mail(1, INVITE), {event_name = "invite"}).json.event, "invite")
  end)

  t.case("url has to be there, and be a URL", function()
    t.raises(function() t.load("chronos.lua", {options = {}}) end, "Driver requires the url parameter")
    t.raises(function() chronos({}, {url = "ox.example"}) end, "Failed to parse Chronos Push Notification URL")
  end)

  t.case("one that cannot be read is worth a warning and the default", function()
    local h = chronos({mail(1, INVITE)}, {timeout = "soon", msg_max_size = "big", max_retries = "-1"})
    h:expect_logs{
      {'Unable to parse setting for "max_retries" value: -1. Using default value: 1.', level = "warning"},
      {'Unable to parse setting for "timeout" value: soon. Using default value: 2000ms.', level = "warning"},
      {'Unable to parse setting for "msg_max_size" value: big. Using default value: 1048576B.', level = "warning"},
      {"Using config: max retries = 1, timeout = 2000ms, msg max size = 1048576B", level = "debug"},
    }
    h:play(t.message_new{uid = 1}):expect_request()
  end)
end)

t.case("logs what it cannot do, and goes on with the next mail", function()
  t.http{["*"] = {500, 200}}
  local h = chronos{[2] = mail(2, INVITE), [3] = mail(3, INVITE)}
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}, t.message_new{uid = 3}}
  h:expect_log{"Unable to fetch email with uid UID=1: ", level = "error"}
  h:expect_log{"http callback: Error when sending notification: 500 Internal Server Error", level = "error", count = 1}
  h:expect_requests{{status = 500}, {status = 200}}
  h:expect_no_error()
end)
