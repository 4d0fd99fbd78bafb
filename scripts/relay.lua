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
-- Dovecot compiles this file for every delivery, which takes longer than running
-- it: so it is short, and what is rarely needed is text, at the end. It may also be
-- compiled once, by luac, as "luapush relay show config" says.

local concat, length = table.concat, utf8 and utf8.len
local needed -- gives what is rarely needed

-- value writes what has a JSON form: a number the same on every Lua, 1 and not 1.0;
-- a string with any bytes.
local function value(v)
  local kind = type(v)
  if kind == "string" then
    -- Lua 5.1 has no length, and 5.3 takes surrogates for characters.
    if v:find("[%c\128-\255]") and (v:find("%c") or not (length and length(v)) or v:find("\237[\160-\191]")) then
      return needed().text(v)
    end
    return ("%q"):format(v)
  end
  if kind == "number" and v - v == 0 then return ("%.17g"):format(v) end
  if kind == "boolean" then return tostring(v) end
  if kind == "table" then
    local out = {}
    for i = 1, #v do out[i] = value(v[i]) end
    return "[" .. concat(out, ",") .. "]"
  end
end

local function object(t)
  local out = {}
  for name, v in pairs(t) do
    v = value(v)
    if v then out[#out + 1] = '"' .. name .. '":' .. v end
  end
  table.sort(out)
  return "{" .. concat(out, ",") .. "}"
end

-- from_init is what Dovecot 2.4 gives to script_init, in place of plugin settings.
local from_init

local function setting(user, name)
  if from_init then return from_init[name] end
  return user:plugin_getenv(name)
end

local written = 0

local function finish(ctx, success)
  local user, more = ctx.user, ""
  local folder = setting(user, "luapush_spool")
  assert(folder and folder ~= "")
  if setting(user, "luapush_settings") or setting(user, "luapush_metadata") or setting(user, "luapush_status") then
    more = needed().more(ctx)
  end
  local release = (os.getenv("DOVECOT_VERSION") or ""):gsub("^([%w.]+).*", '"dovecot":"%1",')
  local document = '{"version":1,' .. release .. '"user":' .. object(user) .. more .. ',"events":[' .. concat(ctx, ",")
    .. '],"success":' .. tostring(success) .. "}\n"
  -- A session's files sort in their order. Sessions with one id, as a proxy may make
  -- them, differ in the address or in the time.
  written = written + 1
  local name = ("%010d.%s_%06d_%s-%.0f.json"):format(os.time(), (user.session_id or ""):gsub("%W", "-"):sub(1, 64), written,
    tostring(ctx):match("%x*$"), os.clock() * 1e6)
  ctx.tmp = folder .. "/tmp/" .. name
  ctx.file = assert(io.open(ctx.tmp, "wb"))
  assert(ctx.file:write(document))
  -- A full disk often shows only here.
  assert(ctx.file:close())
  assert(os.rename(ctx.tmp, folder .. "/new/" .. name))
end

function script_init(settings)
  if type(settings) == "table" then from_init = settings end
  return 0
end

-- An error here would end Dovecot's process.
function dovecot_lua_notify_begin_txn(user) return {user = user, mailboxes = {}} end

local function record(ctx, event)
  ctx.mailboxes[event.mailbox] = true
  -- Dovecot 2.3.4 has these.
  if event.keywords_set or event.keywords_clear then event = needed().event(event) end
  ctx[#ctx + 1] = object(event)
end

for name in ("flags_clear flags_set mailbox_create mailbox_delete mailbox_rename mailbox_subscribe mailbox_unsubscribe "
  .. "message_append message_expunge message_new message_read message_trash"):gmatch("%S+") do
  _G["dovecot_lua_notify_event_" .. name] = record
end

function dovecot_lua_notify_end_txn(ctx, success)
  local good, message = pcall(finish, ctx, success)
  if not good then needed().failed(ctx, message) end
  -- Dovecot ends its process if a user outlives the transaction.
  ctx.user = nil
end

local rarely = [=[
local value, object, setting = ...
local rest = {}

local function escape(c) return ("\\u%04x"):format(c:byte()) end

-- The forms of UTF-8 but for their last byte, without overlong ones and surrogates.
local sequences = {"[\194-\223]", "\224[\160-\191]", "[\225-\236\238\239][\128-\191]", "\237[\128-\159]",
  "\240[\144-\191][\128-\191]", "[\241-\243][\128-\191][\128-\191]", "\244[\128-\143][\128-\191]"}

local function is_utf8(s)
  for _, sequence in ipairs(sequences) do s = s:gsub(sequence .. "[\128-\191]", ".") end
  return not s:find("[\128-\255]")
end

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(part)
  local a, b, c = part:byte(1, 3)
  local n, out = a * 65536 + (b or 0) * 256 + (c or 0), ""
  for _ = 1, 4 do
    local digit = n % 64
    n = (n - digit) / 64
    out = alphabet:sub(digit + 1, digit + 1) .. out
  end
  return (out:sub(1, #part + 1) .. "=="):sub(1, 4)
end

function rest.text(s)
  if is_utf8(s) then return '"' .. s:gsub('[%c"\\]', escape) .. '"' end
  return '{"$base64":"' .. s:gsub("..?.?", base64) .. '"}'
end

-- Faults are logged once a session; all sessions of a process share this before 2.3.14.
local complained = {}
local function complain(ctx, kind, message)
  local session = ctx.user.session_id or false
  if complained[kind] == session then return end
  complained[kind] = session
  dovecot.i_error("luapush relay: " .. message)
end

function rest.failed(ctx, message)
  local folder = setting(ctx.user, "luapush_spool")
  if not folder or folder == "" then
    return complain(ctx, "spool", "the setting luapush_spool is missing; no transaction is written down")
  end
  if not ctx.tmp then return complain(ctx, "transaction", tostring(message)) end
  if ctx.file then pcall(ctx.file.close, ctx.file) end
  os.remove(ctx.tmp)
  -- What is wrong with writing and renaming comes without a path, and Debian's Lua
  -- puts a position in front.
  local at = message:find(ctx.tmp, 1, true)
  message = at and message:sub(at) or folder .. ": " .. message:gsub("^.*:%d+: ", "")
  complain(ctx, "spool", message .. "; transactions are lost; run: luapush relay check " .. folder)
end

-- event gives an event of Dovecot 2.3.4 the form of later ones.
function rest.event(event)
  local copy = {}
  for name, v in pairs(event) do copy[name] = v end
  copy.keywords = event.keywords or event.keywords_set or event.keywords_clear
  copy.keywords_set, copy.keywords_clear = nil, nil
  if type(event.flags) == "number" then
    copy.flags = {}
    for i, name in ipairs{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"} do
      if event.flags % 2 ^ i >= 2 ^ (i - 1) then table.insert(copy.flags, name) end
    end
  end
  return copy
end

-- member writes an object of the document, the entries that get has; a name that is
-- not UTF-8 has no JSON form.
local function member(name, names, get)
  local out = {}
  for _, key in ipairs(names) do
    local v = is_utf8(key) and get(key)
    if v then table.insert(out, value(key) .. ":" .. v) end
  end
  return ',"' .. name .. '":{' .. table.concat(out, ",") .. "}"
end

-- words gives the words of a setting, each once.
local function words(line)
  local out = {}
  for word in (line or ""):gmatch("[^%s,]+") do
    if not out[word] then table.insert(out, word) end
    out[word] = true
  end
  return out
end

local function status(mailbox)
  local items = {}
  for _, name in ipairs(words("MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN FIRST_UNSEEN_SEQ KEYWORDS HIGHESTMODSEQ "
    .. "PERMANENT_FLAGS FIRST_RECENT_UID HIGHESTPVTMODSEQ")) do table.insert(items, dovecot.storage["STATUS_" .. name]) end
  mailbox:sync()
  local s = mailbox:status((table.unpack or unpack)(items))
  s.mailbox = nil
  return object(s)
end

-- more writes what the settings ask for.
function rest.more(ctx)
  local user, out = ctx.user, ""
  local names = words(setting(user, "luapush_settings"))
  if names[1] then
    out = member("settings", names, function(name)
      return value(setting(user, name))
    end)
  end
  names = words(setting(user, "luapush_metadata"))
  if names[1] then
    out = out .. member("metadata", names, function(name)
      local good, v = pcall(user.metadata_get, user, name)
      if good then return value(v) end
      complain(ctx, "metadata", "metadata " .. name .. ": " .. tostring(v))
    end)
  end
  if setting(user, "luapush_status") == "yes" then
    names = {}
    for name in pairs(ctx.mailboxes) do table.insert(names, name) end
    table.sort(names)
    -- A mailbox that cannot be asked is left out: a deleted one, for instance.
    out = out .. member("mailboxes", names, function(vname)
      local opened, mailbox = pcall(user.mailbox, user, vname)
      if not opened then return nil end
      local good, s = pcall(status, mailbox)
      local v = good and '{"name":' .. value(mailbox.name) .. ',"vname":' .. value(mailbox.vname) .. ',"status":' .. s .. "}"
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
  rest = rest or assert((loadstring or load)(rarely, "=relay.lua (rarely)"))(value, object, setting)
  return rest
end
