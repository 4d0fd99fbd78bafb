-- Tests of relay.lua: luapush test scripts/relay_test.lua
--
-- The handler runs with files in memory, see testdata/relay/memory.lua. What it
-- writes inside a real Dovecot is held to recordings by the Go tests.

local t = require "luapush.test"

-- A session; its settings are plugin settings, and lua_settings for Dovecot 2.4.
local function relay(more)
  more = more or {}
  local settings = {luapush_spool = "/spool"}
  for name, value in pairs(more.settings or {}) do settings[name] = value end
  return t.load("testdata/relay/memory.lua", {
    settings = settings,
    user = {username = "alice@example.com", session_id = "S+1/x"},
    metadata = {["/private/vendor/hook"] = "on"},
    mailboxes = more.mailboxes or {INBOX = {messages = 3, unseen = 1, uidnext = 9}},
    dovecot = more.dovecot,
    lua_settings = more.lua_settings or settings,
  })
end

-- The names of the files, sorted, and the documents in them.
local function spool(h)
  local names, documents = {}, {}
  for name in pairs(h:global("files")) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do documents[i] = t.json(h:global("files")[name]) end
  return names, documents
end

t.case("writes a transaction down as one document", function()
  local h = relay()
  h:play{
    t.message_new{uid = 8, uid_validity = 4, from = "Dana <dana@example.net>", subject = "Grüße", snippet = "a \"quoted\"\ttext"},
    t.flags_set{uid = 8, uid_validity = 4, flags = {"\\Seen"}, keywords = {"$Label1"}},
  }
  local names, documents = spool(h)
  t.equal(#names, 1)
  t.has(documents[1], {
    version = 1, success = true,
    user = {username = "alice@example.com", session_id = "S+1/x"},
    events = {
      {name = "MessageNew", mailbox = "INBOX", uid = 8, subject = "Grüße", from_address = "dana@example.net", snippet = "a \"quoted\"\ttext"},
      {name = "FlagsSet", uid = 8, flags = {"\\Seen"}, keywords = {"$Label1"}},
    },
    settings = t.absent, metadata = t.absent, mailboxes = t.absent,
  })
  h:expect_no_log()
end)

t.case("names files by time and session, so that they sort in their order", function()
  local h = relay()
  h:play(t.message_new{uid = 1})
  t.advance("1h")
  h:play(t.message_new{uid = 2})
  local names, documents = spool(h)
  t.equal(#names, 2)
  for i, name in ipairs(names) do
    t.match(name, "^/spool/new/1767%d%d%d%d%d%d%.S%-1%-x_00000" .. i .. "_%x+%-%d+%.json$")
    t.equal(documents[i].events[1].uid, i)
  end
end)

t.case("keeps bytes that are not UTF-8", function()
  local h = relay()
  h:play(t.message_new{subject = "caf\233", snippet = "a surrogate: \237\160\128"})
  local _, documents = spool(h)
  t.same(documents[1].events[1].subject, {["$base64"] = "Y2Fm6Q=="})
  t.same(documents[1].events[1].snippet, {["$base64"] = "YSBzdXJyb2dhdGU6IO2ggA=="})
end)

t.case("writes down what the settings ask for", function()
  local h = relay{settings = {
    luapush_settings = "hook, missing", hook = "https://hook.example/", luapush_metadata = "/private/vendor/hook", luapush_status = "yes",
  }}
  h:play(t.message_new{})
  local _, documents = spool(h)
  t.has(documents[1], {
    settings = t.exactly{hook = "https://hook.example/"},
    metadata = t.exactly{["/private/vendor/hook"] = "on"},
    mailboxes = {INBOX = {status = {messages = 3, unseen = 1, uidnext = 9}}},
  })
end)

t.case("takes its settings from lua_settings in Dovecot 2.4", function()
  local h = relay{dovecot = "2.4.1", settings = {luapush_spool = "/other"}, lua_settings = {luapush_spool = "/from-24"}}
  h:play(t.message_new{})
  t.match(spool(h)[1], "^/from%-24/new/")
end)

t.describe("a spool that cannot be written to", function()
  for _, step in ipairs{"open", "write", "close", "rename"} do
    t.case("at " .. step .. " is logged once a session, and leaves nothing behind", function()
      local h = relay()
      h:play(t.message_new{uid = 1})
      h:call("break_at", step)
      h:play(t.message_new{uid = 2})
      h:play(t.message_new{uid = 3})
      h:expect_log{"No space left on device; transactions are lost; run: luapush relay check /spool", level = "error", count = 1}
      h:expect_no_error()
      h:call("break_at", nil)
      h:play(t.message_new{uid = 4})
      local names, documents = spool(h)
      t.equal(#names, 2)
      t.equal(documents[2].events[1].uid, 4)
    end)
  end
end)

t.case("says that no folder is set, once a session", function()
  local h = relay{settings = {luapush_spool = ""}}
  h:play(t.message_new{uid = 1})
  h:play(t.message_new{uid = 2})
  h:expect_log{"the setting luapush_spool is missing", level = "error", count = 1}
  t.same(h:global("files"), {})
end)
