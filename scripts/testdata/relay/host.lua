-- A Dovecot for relay.lua, just large enough: it runs on every Lua, plays a
-- script of transactions, and prints what the relay was given that a test cannot
-- know otherwise.
--
--   lua host.lua RELAY SPOOL SCENARIO

local relay, spool, scenario = arg[1], arg[2], arg[3]

-- Dovecot hands over numbers as Lua's own: floats where there are any.
local function num(n) return n + 0.0 end

dovecot = {storage = {}}
for i, name in ipairs({"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "FIRST_UNSEEN_SEQ", "KEYWORDS",
  "HIGHESTMODSEQ", "PERMANENT_FLAGS", "FIRST_RECENT_UID", "HIGHESTPVTMODSEQ"}) do
  dovecot.storage["STATUS_" .. name] = num(i)
end
function dovecot.i_error(message)
  assert(type(message) == "string" and select("#", message) == 1)
  print("error: " .. message)
end

local settings = {luapush_spool = spool, hook = "http://127.0.0.1:8080/?a=b", empty = "", bytes = "\255\254"}
local metadata = {["/private/a"] = "1", ["/private/b"] = "", ["/private/bytes"] = "x\128y"}

local function user(session, name)
  local u = {username = name or "alice@example.com", home = "/srv/mail/alice", uid = num(5000), gid = num(5000),
    service = "lmtp", session_id = session, session_create_time = num(1795290011), nonexistent = false,
    anonymous = false, autocreated = false, mail_debug = true, fuzzy_search = false, dsyncing = false,
    item = io.stdout} -- Dovecot's is a light userdata
  function u:plugin_getenv(key)
    assert(self == u and type(key) == "string")
    return settings[key]
  end
  function u:metadata_get(key)
    assert(self == u)
    if string.sub(key, 1, 9) ~= "/private/" then error("Invalid key prefix, must be /private/ or /shared/", 0) end
    return metadata[key]
  end
  function u:mailbox(vname)
    assert(self == u)
    if vname == "nowhere" then error("No namespace found for mailbox nowhere", 0) end
    local box = {name = string.gsub(vname, "/", "."), vname = vname, freed = false}
    function box:sync()
      if vname == "gone" then error("mailbox_sync(gone) failed: Mailbox doesn't exist: gone", 0) end
    end
    function box:status(...)
      assert(select("#", ...) == 11 and not self.freed)
      return {mailbox = vname, messages = num(3), recent = num(0), unseen = num(2), uidnext = num(4),
        uidvalidity = num(4294967295), first_unseen_seq = num(1), first_recent_uid = num(4),
        highest_modseq = num(9007199254740992), highest_pvt_modseq = num(0), permanent_flags = num(31),
        flags = num(31), permanent_keywords = true, allow_new_keywords = true, nonpermanent_modseqs = false,
        no_modseq_tracking = false, have_guids = true, have_save_guids = true, have_only_guid128 = false,
        keywords = {"$Forwarded", "\200"}}
    end
    function box:free() self.freed = true end
    return box
  end
  return u
end

assert(loadfile(relay))()

local function begin(u) return dovecot_lua_notify_begin_txn(u) end
local function fire(ctx, event)
  local name = string.gsub(event.name, "%u", function(c) return "_" .. string.lower(c) end)
  _G["dovecot_lua_notify_event" .. name](ctx, event)
end
local function done(ctx, success)
  dovecot_lua_notify_end_txn(ctx, success)
  assert(ctx.user == nil, "a user outlives its transaction")
end
local function play(u, events, success)
  local ctx = begin(u)
  for _, e in ipairs(events) do fire(ctx, e) end
  done(ctx, success ~= false)
end
local function new(fields)
  local e = {name = "MessageNew", mailbox = "INBOX", uid = num(1), uid_validity = num(1795290011), date = num(1795161600),
    tz = num(-210), from = "Dana <dana@example.net>", from_address = "dana@example.net", from_display_name = "Dana",
    to = "", to_address = "", to_display_name = "", subject = "Lunch?", snippet = "Hi", message_id = "<1@example.net>",
    flags = {"\\Seen", "\\Recent"}, keywords = {}}
  for k, v in pairs(fields or {}) do e[k] = v end
  return e
end

-- hostile are strings that are hard to write; the test gets them in hexadecimal.
local function hostile()
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local out = {table.concat(all), "", "\0", "a\0b", "\"\\/\b\f\n\r\t\27\127", "folded\n\tsubject\r\n more",
    string.rep("x", 100000), string.rep("\195\164", 50000), "\239\187\191bom", "\226\128\168\226\128\169"}
  for i = 0, 255 do out[#out + 1] = string.char(i) end
  -- Where UTF-8 begins and ends: 1, 2, 3 and 4 bytes, overlong, surrogates, too
  -- high, broken off, two runs that would make one.
  for _, s in ipairs({"\127", "\194\128", "\223\191", "\224\160\128", "\239\191\191", "\240\144\128\128",
    "\244\143\191\191", "\192\128", "\193\191", "\224\159\191", "\224\128\128", "\237\159\191", "\237\160\128",
    "\237\191\191", "\238\128\128", "\240\143\191\191", "\244\144\128\128", "\245\128\128\128", "\248\136\128\128\128",
    "\195", "\226\130", "\240\159\152", "\195a\164", "\226\130\195\164", "\164\195", "\195\164\164", "a\195\164b\226\130\172c"}) do
    out[#out + 1] = s
  end
  return out
end

local function hex(s) return (string.gsub(s, "[%z\1-\255]", function(c) return string.format("%02x", string.byte(c)) end)) end

local scenarios = {}

function scenarios.strings()
  local u = user("S")
  for i, s in ipairs(hostile()) do
    print("string: " .. hex(s))
    play(u, {new({uid = num(i), subject = s, keywords = {s}})})
  end
end

function scenarios.transactions()
  settings.luapush_settings = "hook, empty bytes  missing,hook"
  settings.luapush_metadata = "/private/a /private/b,/private/bytes\t/private/none"
  settings.luapush_status = "yes"
  play(user("A"), {new()})
  play(user("A"), {}, true)
  play(user("A"), {}, false)
  -- MOVE: two at once.
  local u = user("B", "b\255@example.com")
  local to, from = begin(u), begin(u)
  fire(to, new({name = "MessageAppend", mailbox = "Archive/2026"}))
  fire(to, new({name = "MessageAppend", mailbox = "Archive/2026", uid = num(2)}))
  done(to, true)
  fire(from, {name = "MessageExpunge", mailbox = "INBOX", uid = num(1), uid_validity = num(7)})
  done(from, true)
  play(user("C"), {{name = "MailboxRename", mailbox = "gone", mailbox_old = "Ent\195\188rfe"}})
  play(user("C"), {{name = "MailboxDelete", mailbox = "nowhere"}})
  play(user("C"), {{name = "MailboxCreate", mailbox = "\255"}})
  play(user(nil), {new({date = num(-1), extra = "later", ["zweites"] = num(1.5), aaa = {"l"},
    nan = 0 / 0})})
  play(user("D"), {{name = "FlagsClear", mailbox = "INBOX", uid = num(0), uid_validity = num(7), flags = {}, flags_old = {"\\Seen"},
    keywords = {"a"}, keywords_old = {}}, {name = "FlagsSet", mailbox = "INBOX", uid = num(0), uid_validity = num(7),
    flags = {"\\Flagged"}, keywords = {}}, {name = "MessageRead", mailbox = "INBOX", uid = num(3), uid_validity = num(7)},
    {name = "MessageTrash", mailbox = "INBOX", uid = num(3), uid_validity = num(7)}})
end

-- Dovecot 2.3.4: flags in a number, keywords under other names, no metadata, and
-- one state for all sessions of a process.
function scenarios.oldest()
  settings.luapush_metadata = "/private/a"
  local u = user("A")
  u.metadata_get = nil
  play(u, {{name = "FlagsSet", mailbox = "INBOX", uid = num(1), uid_validity = num(7), flags = num(8 + 1), keywords_set = {"k"}},
    {name = "FlagsClear", mailbox = "INBOX", uid = num(1), uid_validity = num(7), keywords_clear = {"k"}, keywords_old = {"k", "l"}}})
  assert(script_init() == 0)
  play(user("B"), {{name = "FlagsSet", mailbox = "INBOX", uid = num(1), uid_validity = num(7), flags = num(63), keywords_set = {}}})
end

-- Dovecot 2.4: the settings come with script_init, and users have none.
function scenarios.newest()
  script_init({luapush_spool = spool, luapush_settings = "hook none", hook = "h", luapush_status = "no"})
  local u = user("A")
  u.plugin_getenv, u.mail_debug = nil, nil
  u.admin, u.session_restored = true, false
  play(u, {new()})
end

function scenarios.faults()
  settings.luapush_metadata = "/public/a /private/a"
  play(user("A"), {new()})
  play(user("A"), {new()})
  play(user("B"), {new()})
  settings.luapush_metadata = nil
  settings.luapush_spool = nil
  play(user("B"), {new()})
  play(user("B"), {new()})
  settings.luapush_spool = ""
  play(user("C"), {new()})
  settings.luapush_spool = "/nonexistent/spool"
  play(user("D"), {new()})
  play(user("D"), {new()})
  play(user("E"), {new()})
  settings.luapush_spool = spool
  -- A disk that fills up: when it is written to, and when it is closed.
  local open = io.open
  for _, at in ipairs({"write", "close"}) do
    io.open = function(path, mode)
      local real, message = open(path, mode)
      if mode ~= "wb" or not real then return real, message end
      local fake = {}
      function fake:write() if at == "write" then return nil, "No space left on device", 28 end return self end
      function fake:close() real:close() if at == "close" then return nil, "No space left on device", 28 end return true end
      return fake
    end
    play(user("full " .. at), {new()})
  end
  io.open = open
  local rename = os.rename
  os.rename = function() return nil, "Invalid cross-device link", 18 end
  play(user("F"), {new()})
  os.rename = rename
  -- What no Dovecot does, but an error must not leave the script.
  local u = user("G")
  u.mailbox = nil
  settings.luapush_status = "yes"
  play(u, {new()})
  settings.luapush_settings = setmetatable({}, {__tostring = function() return "x" end})
  play(u, {new()})
  settings.luapush_settings = nil
  play(u, {new()})
end

if scenario ~= "newest" then assert(script_init() == 0) end
scenarios[scenario]()
