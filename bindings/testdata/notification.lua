Chunks about the tables that event functions get.

--- MessageNew
local names = {}
for k in pairs(event) do names[#names + 1] = k end
table.sort(names)
assert(table.concat(names, " ") == "date flags from from_address from_display_name keywords mailbox message_id name snippet subject to to_address to_display_name tz uid uid_validity", table.concat(names, " "))
assert(event.uid == 7 and event.uid_validity == 99 and event.date == 1795161600 and event.tz == 120)
assert(event.subject == "Grüße" and event.from == "=?utf-8?q?=C3=84?= <a@b.c>" and event.from_display_name == "Ä")
assert(#event.flags == 2 and event.flags[1] == "\\Seen" and event.keywords[1] == "$Label")
assert(event.nothing == nil)

--- what a document leaves out is what Dovecot gives for a bare message [MessageAppend]
assert(event.from == "" and event.to_display_name == "" and event.subject == nil and event.snippet == nil)
assert(event.date == 0 and #event.flags == 0 and event.message_id == nil)

--- a missing address was nil before 2.3.9.1 [2.3.9 MessageAppend]
assert(event.from == nil and event.from_address == nil)

--- user is only in the documentation
assert(event.user == "alice@example.com")
assert(rawget(event, "user") == nil)

--- user is not there in strict mode [strict]
assert(event.user == nil)
assert(getmetatable(event) == nil)

--- keywords_set is only in the documentation [FlagsSet]
assert(event.keywords_set == event.keywords and event.keywords_set[1] == "$New")
assert(event.keywords_clear == nil)

--- keywords_clear is only in the documentation [FlagsClear]
assert(event.keywords_clear[1] == "$Gone" and event.keywords_set == nil)
assert(event.keywords_old[2] == "$Kept" and event.flags_old[2] == "\\Recent")

--- keywords_set is not there in strict mode [FlagsSet strict]
assert(event.keywords_set == nil)

--- the list of flags stands for its bitmask [FlagsSet]
assert(dovecot.has_flag(event.flags, 1) and dovecot.has_flag(event.flags, 8) and not dovecot.has_flag(event.flags, 2))
assert(dovecot.set_flag(event.flags, 2) == 11)
assert(dovecot.clear_flag(event.flags, 8) == 1)
assert(#event.flags == 2)

--- a list of one's own does not [FlagsSet]
dovecot.has_flag({"\\Seen"}, 8) --> bad argument #1 to 'has_flag' (number expected, got table)

--- nor does it in strict mode [FlagsSet strict]
dovecot.has_flag(event.flags, 8) --> bad argument #1 to 'has_flag' (number expected, got table)

--- 2.3.4 had a bitmask for flags that were set [2.3.4 FlagsSet]
assert(event.flags == 9 and event.keywords_set[1] == "$New" and event.keywords == nil)

--- 2.3.4 had no flags for those removed [2.3.4 FlagsClear]
assert(event.flags == nil and event.flags_old == nil and event.keywords_clear[1] == "$Gone" and event.keywords_old[1] == "$Gone")

--- 2.3.4 knew less of messages [2.3.4]
assert(event.flags == nil and event.message_id == nil and event.from_address == nil and event.from ~= nil)

--- message_id came with 2.3.8 [2.3.8]
assert(event.message_id == "<1@b.c>" and event.from_address == nil)

--- MailboxRename [MailboxRename]
assert(event.mailbox == "New" and event.mailbox_old == "Old" and event.uid == nil)

--- a read message [MessageRead]
local n = 0
for _ in pairs(event) do n = n + 1 end
assert(n == 4, n)

--- every table is new
event.subject = "changed"
event.flags[1] = "x"
