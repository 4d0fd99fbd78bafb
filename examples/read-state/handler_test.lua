local t = require "luapush.test"

local URL = "https://sync.example.com/messages"
local h

t.before(function()
  t.http{["PUT " .. URL .. "/*"] = 204}
  h = t.load("handler.lua", {settings = {read_state_url = URL}})
end)

-- What Dovecot says when a message gets flags.
local function store(uid, set, cleared)
  return {
    t.flags_clear{uid = uid, uid_validity = 7, flags = cleared or {}, flags_old = cleared or {}},
    t.flags_set{uid = uid, uid_validity = 7, flags = set},
  }
end

t.describe("marks", function()
  local cases = {
    {name = "read", set = {"\\Seen"}, form = {read = "yes", starred = t.absent}},
    {name = "starred", set = {"\\Flagged"}, form = {starred = "yes", read = t.absent}},
    {name = "both", set = {"\\Seen", "\\Flagged"}, form = {read = "yes", starred = "yes"}},
    {name = "unread", set = {}, cleared = {"\\Seen"}, form = {user = "alice@example.com", read = "no"}},
  }
  for _, c in ipairs(cases) do
    t.case(c.name, function()
      h:play(store(3, c.set, c.cleared))
      h:expect_requests{{"PUT " .. URL .. "/INBOX/7/3", form = c.form}}
    end)
  end
end)

t.case("other flags are not told", function()
  h:play(store(3, {"\\Answered", "\\Deleted"}))
  h:expect_no_request()
end)

t.case("a message that goes", function()
  h:play(t.message_expunge{uid = 4, uid_validity = 7, mailbox = "Spam & more"})
  h:expect_request{url = URL .. "/Spam%20%26%20more/7/4", form = {gone = "yes"}}
end)

t.case("goes on after a failure", function()
  t.http{["PUT " .. URL .. "/INBOX/7/1"] = "refused", ["PUT " .. URL .. "/INBOX/7/2"] = 200}
  h:play{t.flags_set{uid = 1, uid_validity = 7, flags = {"\\Seen"}}, t.flags_set{uid = 2, uid_validity = 7, flags = {"\\Seen"}}}
  h:expect_request{url = URL .. "/INBOX/7/2", status = 200}
  h:expect_log{"read-state: INBOX/7/1: 9003", level = "warning"}
end)
