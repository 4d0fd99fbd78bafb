-- relay: writes every mail transaction down, one file each, for luapush.
--
-- It runs inside Dovecot, 2.3.4 to 2.4, as a push notification handler, on the
-- Lua that Dovecot was built with (5.1, 5.3 or 5.4), and needs no module. What it
-- writes are luapush's transaction documents. "luapush relay show config" says how
-- to configure it, "luapush relay check" tries a folder.
--
-- Settings (plugin settings in Dovecot 2.3, lua_settings in 2.4):
--   luapush_spool     the folder, with the folders tmp and new in it; required
--   luapush_settings  names of settings to write down with each transaction
--   luapush_metadata  names of server metadata entries to write down
--   luapush_status    yes: the status of the mailbox, too; it opens the mailbox
-- Names are separated by blanks or commas.
--
-- A document is written to tmp and renamed into new: nobody sees half of one.
-- Where that fails, it is logged once a session, the document is lost, and mail
-- goes on. Lua has no fsync: if the machine itself fails, the last seconds may be
-- lost or empty. A process that dies loses at most the transaction it was in.
--
-- Dovecot compiles this file for every session, which takes longer than running
-- it. So what is rarely needed is text, at the end, and compiled at its first use.
-- Before Dovecot 2.3.16 there is no table "dovecot" yet when this file runs, and
-- before 2.3.14 all sessions of a process share its state.

local byte, find, format, gsub, concat = string.byte, string.find, string.format, string.gsub, table.concat
local length = utf8 and utf8.len

-- needed gives what is rarely needed.
local needed

local escapes = {['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t"}

local function escape(c) return escapes[c] or format("\\u%04x", byte(c)) end

local function is_utf8(s)
  if not find(s, "[\128-\255]") then return true end
  -- Lua 5.3 takes surrogates for characters.
  if length then return length(s) and not find(s, "\237[\160-\191]") end
  return needed().is_utf8(s)
end

-- text writes a string; Dovecot's may hold any bytes.
local function text(s)
  if not is_utf8(s) then return needed().base64(s) end
  return '"' .. gsub(s, '[%z\1-\31"\\]', escape) .. '"'
end

-- value writes what has a JSON form, a number the same on every Lua: 1, not 1.0.
local function value(v)
  local kind = type(v)
  if kind == "string" then return text(v) end
  if kind == "boolean" then return tostring(v) end
  if kind == "number" then return v % 1 == 0 and format("%.0f", v) or needed().number(v) end
  if kind ~= "table" then return nil end
  local out = {}
  for i = 1, #v do out[i] = text(v[i]) end
  return "[" .. concat(out, ",") .. "]"
end

-- members writes those of the named fields that a table has, and counts them.
local function members(t, names)
  local out, n = {}, 0
  for name in names:gmatch("%S+") do
    local v = value(t[name])
    if v then
      n = n + 1
      out[n] = '"' .. name .. '":' .. v
    end
  end
  return concat(out, ","), n
end

local user_fields = "username home uid gid service session_id session_create_time nonexistent anonymous autocreated "
  .. "mail_debug fuzzy_search dsyncing admin session_restored"
local event_fields = "name mailbox mailbox_old uid uid_validity date tz from from_address from_display_name to "
  .. "to_address to_display_name subject snippet message_id flags flags_old keywords keywords_old"

-- from_init is what Dovecot 2.4 gives to script_init, in place of plugin settings.
local from_init

local function setting(user, name)
  if from_init then return from_init[name] end
  return user:plugin_getenv(name)
end

-- stem is the part of its files' names that is this state's alone.
local stem, written = nil, 0

-- make_stem: Dovecot's session ids are unique, across hosts and over time. One that
-- a proxy hands on may be there twice, but not with the same random bytes.
local function make_stem(session)
  local f = io.open("/dev/urandom", "rb")
  local random
  if f then
    f:setvbuf("no")
    random = f:read(4)
    f:close()
  end
  return gsub(session or "", "%W", "-"):sub(1, 64) .. "_"
    .. gsub(random or needed().guess(), ".", function(c) return format("%02x", byte(c)) end)
end

-- write_down puts a document into the folder; a message if it cannot.
local function write_down(ctx, folder, document)
  stem = stem or make_stem(ctx.user.session_id)
  written = written + 1
  -- A session's files sort in their order.
  local name = format("%010d.%s_%06d.json", os.time(), stem, written)
  local tmp = folder .. "/tmp/" .. name
  local f, message = io.open(tmp, "wb")
  if not f then return message end
  local good
  good, message = f:write(document)
  -- A full disk often shows only here.
  local closed, closing = f:close()
  if good and closed then
    good, message = os.rename(tmp, folder .. "/new/" .. name)
    if good then return nil end
  end
  os.remove(tmp)
  return message or closing
end

local function finish(ctx, success)
  local user = ctx.user
  local folder = setting(user, "luapush_spool")
  if not folder or folder == "" then return needed().complain(ctx, "spool") end
  local more = ""
  if setting(user, "luapush_settings") or setting(user, "luapush_metadata") or setting(user, "luapush_status") then
    more = needed().more(ctx)
  end
  local release = os.getenv("DOVECOT_VERSION")
  local message = write_down(ctx, folder, '{"version":1,' .. (release and '"dovecot":"' .. gsub(release, "[^%w.].*", "") .. '",' or "")
    .. '"user":{' .. members(user, user_fields) .. "}" .. more .. ',"events":[' .. concat(ctx, ",") .. '],"success":'
    .. tostring(success) .. "}\n")
  if message then needed().complain(ctx, "spool", message, folder) end
end

function script_init(settings)
  if type(settings) == "table" then from_init = settings end
  return 0
end

-- An error here would end Dovecot's process.
function dovecot_lua_notify_begin_txn(user) return {user = user, mailboxes = {}} end

local function record(ctx, event)
  local out, n = members(event, event_fields)
  for _ in pairs(event) do n = n - 1 end
  -- Another release has other fields.
  if n ~= 0 then out = needed().event(event) end
  ctx[#ctx + 1] = "{" .. out .. "}"
  local seen = ctx.mailboxes
  if not seen[event.mailbox] then
    seen[event.mailbox] = true
    seen[#seen + 1] = event.mailbox
  end
end

dovecot_lua_notify_event_flags_clear = record
dovecot_lua_notify_event_flags_set = record
dovecot_lua_notify_event_mailbox_create = record
dovecot_lua_notify_event_mailbox_delete = record
dovecot_lua_notify_event_mailbox_rename = record
dovecot_lua_notify_event_mailbox_subscribe = record
dovecot_lua_notify_event_mailbox_unsubscribe = record
dovecot_lua_notify_event_message_append = record
dovecot_lua_notify_event_message_expunge = record
dovecot_lua_notify_event_message_new = record
dovecot_lua_notify_event_message_read = record
dovecot_lua_notify_event_message_trash = record

function dovecot_lua_notify_end_txn(ctx, success)
  local good, message = pcall(finish, ctx, success)
  if not good then needed().complain(ctx, "transaction", message) end
  -- Dovecot ends its process if a user outlives the transaction.
  ctx.user = nil
end

local rarely = [=[
local text, value, members, setting, is_utf8, event_fields = ...
local byte, gmatch, gsub, sub = string.byte, string.gmatch, string.gsub, string.sub
local concat, unpack = table.concat, table.unpack or unpack
local rest = {}

function rest.number(n)
  if n - n == 0 then return (gsub(string.format("%.17g", n), ",", ".")) end
end

-- guess is for systems without random bytes: what differs between processes,
-- states and times.
function rest.guess() return tostring({}) .. os.clock() end

-- sequence gives, for the first byte of a UTF-8 sequence, how many bytes follow,
-- and the range of the first of those, which rules out overlong forms, surrogates,
-- and what is above U+10FFFF.
local function sequence(first)
  if first < 0xC2 or first > 0xF4 then return nil end
  if first < 0xE0 then return 1, 0x80, 0xBF end
  if first < 0xF0 then return 2, first == 0xE0 and 0xA0 or 0x80, first == 0xED and 0x9F or 0xBF end
  return 3, first == 0xF0 and 0x90 or 0x80, first == 0xF4 and 0x8F or 0xBF
end

local function valid_run(run)
  local at, length = 1, #run
  while at <= length do
    local follow, low, high = sequence(byte(run, at))
    if not follow or at + follow > length then return false end
    local second = byte(run, at + 1)
    if second < low or second > high then return false end
    for i = at + 2, at + follow do
      local b = byte(run, i)
      if b < 0x80 or b > 0xBF then return false end
    end
    at = at + follow + 1
  end
  return true
end

-- is_utf8 is for Lua 5.1, which has no utf8.len.
function rest.is_utf8(s)
  for run in gmatch(s, "[\128-\255]+") do
    if not valid_run(run) then return false end
  end
  return true
end

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function digit(n)
  n = n % 64 + 1
  return sub(alphabet, n, n)
end

-- base64 writes bytes that are not UTF-8.
function rest.base64(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = byte(s, i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    out[#out + 1] = digit((n - n % 262144) / 262144)
    out[#out + 1] = digit((n - n % 4096) / 4096)
    out[#out + 1] = b and digit((n - n % 64) / 64) or "="
    out[#out + 1] = c and digit(n) or "="
  end
  return '{"$base64":"' .. concat(out) .. '"}'
end

-- complain logs a kind of fault, once a session.
local complained = {}
function rest.complain(ctx, kind, message, folder)
  local session = ctx.user.session_id or false
  if complained[kind] == session then return end
  complained[kind] = session
  message = tostring(message or "the setting luapush_spool is missing; no transaction is written down")
  if folder then
    -- What is wrong with renaming and closing comes without a path.
    if not string.find(message, folder, 1, true) then message = folder .. ": " .. message end
    message = message .. "; transactions are lost; run: luapush relay check " .. folder
  end
  dovecot.i_error("luapush relay: " .. message)
end

-- flag_list reads Dovecot 2.3.4's number as the list of later releases.
local function flag_list(bits)
  local out, bit = {}, 1
  for _, name in ipairs({"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"}) do
    if bits % (2 * bit) >= bit then out[#out + 1] = name end
    bit = 2 * bit
  end
  return out
end

-- event writes an event of Dovecot 2.3.4 as later ones do, and keeps what a later
-- release may add.
function rest.event(event)
  local copy = {}
  for k, v in pairs(event) do copy[k] = v end
  if type(copy.flags) == "number" then copy.flags = flag_list(copy.flags) end
  copy.keywords = copy.keywords or copy.keywords_set or copy.keywords_clear
  copy.keywords_set, copy.keywords_clear = nil, nil
  local out = {(members(copy, event_fields))}
  for name in gmatch(event_fields, "%S+") do copy[name] = nil end
  local more = {}
  for name in pairs(copy) do
    if type(name) == "string" and is_utf8(name) then more[#more + 1] = name end
  end
  table.sort(more)
  for _, name in ipairs(more) do
    local v = value(copy[name])
    if v then out[#out + 1] = text(name) .. ":" .. v end
  end
  return concat(out, ",")
end

-- object writes a member of the document, an object with the entries that a
-- setting names, in their order; get gives the written value of each. A name that
-- is not UTF-8 has no JSON form and is left out.
local function object(member, list, get)
  local out, seen = {}, {}
  for _, name in ipairs(list) do
    local v = not seen[name] and is_utf8(name) and get(name)
    if v then out[#out + 1] = text(name) .. ":" .. v end
    seen[name] = true
  end
  return ',"' .. member .. '":{' .. concat(out, ",") .. "}"
end

local function words(line)
  local out = {}
  for word in gmatch(line, "[^%s,]+") do out[#out + 1] = word end
  return out
end

local status_fields = "messages recent unseen uidnext uidvalidity first_unseen_seq first_recent_uid highest_modseq "
  .. "highest_pvt_modseq permanent_flags flags permanent_keywords allow_new_keywords nonpermanent_modseqs "
  .. "no_modseq_tracking have_guids have_save_guids have_only_guid128 keywords"

local status_items = words("MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN FIRST_UNSEEN_SEQ KEYWORDS HIGHESTMODSEQ "
  .. "PERMANENT_FLAGS FIRST_RECENT_UID HIGHESTPVTMODSEQ")

local function status_of(mailbox)
  local items = {}
  for _, name in ipairs(status_items) do items[#items + 1] = dovecot.storage["STATUS_" .. name] end
  mailbox:sync()
  return mailbox:status(unpack(items))
end

-- more writes what the settings ask for.
function rest.more(ctx)
  local user, out = ctx.user, ""
  local function wanted(name)
    local line = setting(user, name)
    return line ~= "" and line
  end
  if wanted("luapush_settings") then
    out = out .. object("settings", words(wanted("luapush_settings")), function(name)
      local v = setting(user, name)
      return v and text(v)
    end)
  end
  if wanted("luapush_metadata") then
    out = out .. object("metadata", words(wanted("luapush_metadata")), function(name)
      local good, v = pcall(user.metadata_get, user, name)
      if not good then return rest.complain(ctx, "metadata", "metadata " .. name .. ": " .. tostring(v)) end
      return v and text(v)
    end)
  end
  if wanted("luapush_status") == "yes" then
    -- A mailbox that cannot be asked is left out: a deleted one, for instance.
    out = out .. object("mailboxes", ctx.mailboxes, function(vname)
      local opened, mailbox = pcall(user.mailbox, user, vname)
      if not opened then return nil end
      local good, status = pcall(status_of, mailbox)
      local v = good and '{"name":' .. text(mailbox.name) .. ',"vname":' .. text(mailbox.vname)
        .. ',"status":{' .. members(status, status_fields) .. "}}"
      mailbox:free()
      return v
    end)
  end
  return out
end

return rest
]=]

local rest
function needed()
  rest = rest or assert((loadstring or load)(rarely, "=relay.lua (rarely)"))(text, value, members, setting, is_utf8, event_fields)
  return rest
end
