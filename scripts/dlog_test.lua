-- Tests of dlog.lua: luapush test scripts/dlog_test.lua
--
-- Each line is held to the real driver's by the Go tests.

local t = require "luapush.test"

local ALL = "date from snippet subject to"

-- A session on Dovecot 2.3, and a function that plays events and gives the lines that were
-- logged for them, without those of every transaction.
local function dlog(options)
  local h = t.load("dlog.lua", {options = options or {}, dovecot = "2.3"})
  return h, function(events)
    local lines = {}
    for _, log in ipairs(h:play(events).logs) do
      if not log.message:find("_txn push_notification plugin hook.", 1, true) then lines[#lines + 1] = log.message end
    end
    return lines
  end
end

t.case("tells what Dovecot calls", function()
  local h = dlog()
  h:play(t.message_read{uid = 3, uid_validity = 9})
  h:close()
  h:expect_logs{
    "Called init push_notification plugin hook.",
    "Called begin_txn push_notification plugin hook.",
    "Called process_msg push_notification plugin hook.",
    "Message data: Mailbox [INBOX], UID [3], UIDVALIDITY [9]",
    "MessageRead: Message was flagged as seen",
    "Called end_txn push_notification plugin hook.",
    "Called deinit push_notification plugin hook.",
    "Called cleanup push_notification plugin hook.",
  }
end)

t.case("writes its lines whether debugging is on or off", function()
  local h = dlog()
  h:expect_log{"Called init", level = "debug"}
end)

t.describe("new mail", function()
  local event = {
    uid = 1, uid_validity = 9, from = "Dana <dana@example.net>", to = "Alice <alice@example.com>", subject = "Lunch on Friday",
    snippet = "Hi Alice", date = 1795161600, tz = 120,
  }

  t.case("is shown with the fields that other drivers ask for", function()
    local _, lines = dlog{luapush_new_fields = ALL}
    t.same(lines(t.message_new(event)), {
      "Called process_msg push_notification plugin hook.",
      "Message data: Mailbox [INBOX], UID [1], UIDVALIDITY [9]",
      "MessageNew: Date [2026-11-20T08:00:00+02:00]",
      "MessageNew: From [Dana <dana@example.net>]",
      "MessageNew: Snippet [Hi Alice]",
      "MessageNew: Subject [Lunch on Friday]",
      "MessageNew: To [Alice <alice@example.com>]",
    })
  end)

  t.case("has no fields where nobody asks for any", function()
    local _, lines = dlog()
    t.equal(#lines(t.message_new(event)), 2)
  end)

  t.case("shows only those that are asked for, of each kind its own", function()
    local _, lines = dlog{luapush_new_fields = "subject", luapush_append_fields = "from"}
    t.equal(lines(t.message_new(event))[3], "MessageNew: Subject [Lunch on Friday]")
    t.equal(lines(t.message_append(event))[3], "MessageAppend: From [Dana <dana@example.net>]")
  end)

  t.case("has its subject encoded again where the text is not known", function()
    local _, lines = dlog{luapush_new_fields = "subject"}
    t.equal(lines(t.message_new{subject = "Grüße aus München"})[3], "MessageNew: Subject [=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=]")
  end)

  t.case("shows a zone west of Greenwich", function()
    local _, lines = dlog{luapush_new_fields = "date"}
    t.equal(lines(t.message_new{date = 0, tz = -210})[3], "MessageNew: Date [1970-01-01T00:00:00-03:30]")
  end)
end)

t.case("shows the events of one message below one heading", function()
  local _, lines = dlog()
  t.same(lines{
    t.flags_set{uid = 1, uid_validity = 9, flags = {"\\Seen", "\\Answered"}, keywords = {"$Label1"}},
    t.flags_clear{uid = 1, uid_validity = 9, flags = {"\\Flagged"}, keywords = {"old"}},
    t.message_trash{uid = 1, uid_validity = 9},
    t.message_expunge{uid = 2, uid_validity = 9},
  }, {
    "Called process_msg push_notification plugin hook.",
    "Message data: Mailbox [INBOX], UID [1], UIDVALIDITY [9]",
    "FlagsSet: Answered flag set",
    "FlagsSet: Seen flag set",
    "FlagsSet: Keyword set [$Label1]",
    "FlagsClear: Flagged flag cleared",
    "FlagsClear: Keyword clear [old]",
    "MessageTrash: Message was marked as deleted",
    "Called process_msg push_notification plugin hook.",
    "Message data: Mailbox [INBOX], UID [2], UIDVALIDITY [9]",
    "MessageExpunge: Message was expunged",
  })
end)

t.describe("mailboxes", function()
  for event, text in pairs{
    MailboxCreate = "Mailbox was created", MailboxDelete = "Mailbox was deleted",
    MailboxSubscribe = "Mailbox was subscribed to",
    -- Dovecot's driver has the same text for both.
    MailboxUnsubscribe = "Mailbox was subscribed to",
  } do
    t.case(event, function()
      local _, lines = dlog()
      t.same(lines(t.event(event, {mailbox = "Work"})), {
        "Called process_mbox push_notification plugin hook.", "Mailbox data: Mailbox [Work]", event .. ": " .. text,
      })
    end)
  end

  t.case("MailboxRename", function()
    local _, lines = dlog()
    t.equal(lines(t.mailbox_rename{mailbox = "New", mailbox_old = "Old"})[3], "MailboxRename: Mailbox was renamed (old name: Old)")
  end)
end)

t.describe("what luapush tells it", function()
  t.case("the text behind dlog:", function()
    dlog{luapush_options = "any text"}:expect_log("Config string for dlog push_notification driver: any text")
  end)

  t.case("the release: Dovecot 2.4 has a prefix", function()
    t.load("dlog.lua", {options = {}, dovecot = "2.4.1"}):expect_log("dlog: Called init")
    t.load("dlog.lua", {options = {}, dovecot = "2.3.21"}):expect_no_log("dlog: Called init")
  end)
end)
