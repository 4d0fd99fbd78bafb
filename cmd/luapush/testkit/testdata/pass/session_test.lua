local t = require "luapush.test"

local function logged(h)
  local list = {}
  for i, line in ipairs(h.logs) do list[i] = line.message end
  return list
end

t.case("one session for what a test writes down", function()
  local h = t.load("session.lua")
  h:play(t.message_new{})
  h:play(t.mailbox_rename{mailbox = "New"})
  h:close()
  t.same(logged(h), {"init", "begin alice@example.com 1", "end true", "begin alice@example.com 2", "Old > New", "end true", "deinit"})
end)

t.case("the sessions of a recording are those of Dovecot", function()
  local h = t.load("session.lua")
  h:play("two-sessions.jsonl")
  t.same(logged(h), {
    "init", "init", "begin ann@example.com 1", "end true", "init", "begin bob@example.com 1", "end true", "deinit",
    "begin ann@example.com 2", "end true",
  })
  t.equal(h:global("calls"), 2)
end)

t.case("the user that the test says goes before the recorded one", function()
  local h = t.load("session.lua", {user = "carl@example.com"})
  h:play("two-sessions.jsonl", {scenario = "b1"})
  t.equal(h.context.user, "carl@example.com")
  t.same(logged(h), {"init", "begin carl@example.com 1", "end true"})
end)

t.case("the context is a copy of what begin_txn returned", function()
  local h = t.load("session.lua")
  local r = h:play(t.message_new{})
  t.has(r.context, {user = "alice@example.com", nested = {1, 2}, touched = t.absent, fn = t.like("^function: .*session.lua:3$")})
  t.equal(#h.contexts, 1)
end)

t.case("a session goes on with a new state after the old one ended", function()
  local h = t.load("session.lua")
  h:play(t.message_new{subject = "exit"})
  h:expect_error{code = "exit"}
  h:play(t.message_new{})
  h:expect_log("begin alice@example.com 1", nil)
  t.equal(h.success, true)
end)

t.case("a transaction that is rolled back", function()
  local h = t.load("session.lua")
  local r = h:play(t.transaction{t.message_new{}, success = false})
  r:expect_calls{"begin_txn", "end_txn"}
  r:expect_log("end false")
  t.equal(r.success, false)
end)

t.case("settings of Dovecot 2.4", function()
  local h = t.load("session.lua", {dovecot = "2.4.1", lua_settings = {color = "red"}})
  h:expect_log("init red")
  t.load("session.lua", {dovecot = "2.4.1"}):expect_no_log("init red")
end)

t.case("options of a driver that comes with luapush", function()
  for _, release in ipairs{"2.3.4", "2.3.21", "2.4.1"} do
    local h = t.load("session.lua", {dovecot = release, options = {color = "blue", number = 5}, debug = true})
    h:expect_log("init blue")
    -- The lua driver's own lines are not written for one.
    h:expect_no_log("Calling script_init")
  end
  t.load("session.lua", {dovecot = "2.4.1", options = {}, lua_settings = {color = "red"}}):expect_no_log("init red")
  t.raises(function() t.load("session.lua", {options = "color=blue"}) end, "t.load: options: give a table")
  t.raises(function() t.load("session.lua", {lua_settings = 1}) end, "t.load: lua_settings: give a table")
end)

t.case("options that are empty tables", function()
  local h = t.load("session.lua", {settings = {}, user = {}, metadata = {}, mailboxes = {}, messages = {}})
  h:play(t.message_new{}):expect_log("begin alice@example.com 1")
end)

t.case("what only the documentation has", function()
  local h = t.load("session.lua")
  h:play(t.message_new{subject = "user"}):expect_log("documented alice@example.com")
  local strict = t.load("session.lua", {strict = true})
  strict:play(t.message_new{subject = "user"}):expect_log("documented nil")
end)

t.case("debug lines", function()
  local h = t.load("session.lua", {debug = true})
  h:play(t.message_new{}):expect_log{"Calling dovecot_lua_notify_begin_txn(alice@example.com)", level = "debug"}
end)
