Chunks about mailbox objects.

--- names
local m = user:mailbox("Entwürfe")
assert(m.name == "Entw&APw-rfe" and m.vname == "Entwürfe" and tostring(m) == "Entwürfe")
assert(user:mailbox("inbox").vname == "INBOX")
m:free()

--- status
local m = user:mailbox("INBOX")
m:sync()
local s = m:status(dovecot.storage.STATUS_UNSEEN, dovecot.storage.STATUS_RECENT)
m:free()
assert(s.mailbox == "INBOX" and s.unseen == 2 and s.recent == 1)
assert(s.messages == 3 and s.uidnext == 8 and s.uidvalidity == 99 and s.first_recent_uid == 7)
assert(s.first_unseen_seq == 0 and s.highest_modseq == 0 and s.keywords == nil)
assert(s.permanent_flags == 0 and s.permanent_keywords == false)

--- all of status
local m = user:mailbox("INBOX")
local st = dovecot.storage
local s = m:status(st.STATUS_PERMANENT_FLAGS, st.STATUS_KEYWORDS, st.STATUS_HIGHESTMODSEQ, st.STATUS_FIRST_UNSEEN_SEQ)
assert(s.permanent_flags == 31 and s.flags == 31 and s.permanent_keywords and s.allow_new_keywords)
assert(#s.keywords == 1 and s.keywords[1] == "$Label" and s.highest_modseq == 12 and s.first_unseen_seq == 2)

--- nothing asked for
local s = user:mailbox("INBOX"):status(0)
assert(s.messages == 0 and s.uidnext == 0)

--- setting metadata leaves the modseq
local m = user:mailbox("INBOX")
m:sync()
local before = m:status(dovecot.storage.STATUS_HIGHESTMODSEQ).highest_modseq
m:metadata_set("/private/x", "y") --! set "INBOX" /private/x y
assert(before == 12 and m:status(dovecot.storage.STATUS_HIGHESTMODSEQ).highest_modseq == 12)

--- a key that is a prefix alone
local m = user:mailbox("INBOX")
m:sync()
m:metadata_set("/private/", "y") --! set "INBOX" /private/ y
assert(m:metadata_get("/private/") == "y")

--- no argument
user:mailbox("INBOX"):status() --> expecting at least 1 parameter

--- an argument that is no number
user:mailbox("INBOX"):status("x") --> bad argument #1 to 'status' (number expected, got string)

--- a mailbox that is not there
user:mailbox("Nowhere"):sync() --> mailbox_sync(Nowhere) failed: Mailbox doesn't exist: Nowhere

--- opening one that is not there
user:mailbox("Nowhere"):open() --> mailbox_open(Nowhere) failed: Mailbox doesn't exist: Nowhere

--- free twice, and then use
local m = user:mailbox("INBOX")
m:free()
m:free()
m:sync() --> the mailbox INBOX was used after free()

--- comparing
local a, b, c = user:mailbox("INBOX"), user:mailbox("inbox"), user:mailbox("Other")
assert(a == b and a ~= c and a < c)

--- the name must be a string
user:mailbox({}) --> bad argument #1 to 'mailbox' (string expected, got table)

--- metadata
local m = user:mailbox("INBOX")
assert(m:metadata_get("/private/comment") == "mine")
m:metadata_set("/private/x", "y") --! set "INBOX" /private/x y
assert(m:metadata_get("/private/x") == "y")
m:metadata_unset("/private/x") --! unset "INBOX" /private/x

--- changing metadata of a mailbox that is not open
user:mailbox("INBOX"):metadata_set("/private/x", "y") --> metadata of the mailbox INBOX was changed before open() or sync()

--- a key without its prefix
local m = user:mailbox("INBOX")
m:sync()
m:metadata_set("x", "y") --> Cannot set attribute: Invalid key prefix, must be /private/ or /shared/

--- the special use cannot be changed
local m = user:mailbox("INBOX")
m:sync()
m:metadata_set("/private/specialuse", "\\Junk") --> Cannot set attribute: The /private/specialuse attribute cannot be changed

--- entries of INBOX that nobody set, without the slash after the prefix
local m = user:mailbox("INBOX")
local list = m:metadata_list("/shared/vendor")
assert(list["/shared/vendorvendor.dovecot/pvt/server/admin"] == "")
assert(list["/shared/vendor/vendor.dovecot/pvt/server/admin"] == nil)
assert(m:metadata_list("/shared/vendor/")["/shared/vendor/vendor.dovecot/pvt/server/admin"] == "")
assert(next(m:metadata_list("/private/s")) == nil)

--- metadata_get looks at a key before it opens the mailbox
local m = user:mailbox("Nope")
m:metadata_get("bad", "/private/x") --> Invalid key prefix, must be /private/ or /shared/

--- metadata_get opens the mailbox before it looks at the next key
local m = user:mailbox("Nope")
m:metadata_get("/private/x", nil) --> Mailbox doesn't exist: Nope

--- metadata_list looks at a prefix before it opens the mailbox
local m = user:mailbox("Nope")
m:metadata_list("bad", {}) --> Invalid key prefix, must be /private/ or /shared/

--- status of nothing does not look for the mailbox
local s = user:mailbox("Nope"):status(0)
assert(s.mailbox == "Nope" and s.messages == 0 and s.have_guids == true)
user:mailbox("~x"):status(0) --> mailbox_get_status(~x, 0) failed: Invalid mailbox name: Begins with '~'
