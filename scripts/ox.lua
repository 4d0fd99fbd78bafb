-- ox: tells OX App Suite, or whatever has its interface, of new mail in INBOX.
--
-- It does what Dovecot's own driver "ox" does. A user takes part who has the
-- METADATA entry below; OX App Suite writes it when somebody logs in there:
--
--   doveadm mailbox metadata set -u alice@example.com -s "" \
--     /private/vendor/vendor.dovecot/http-notify "user=11@3"
--
-- Options (push_notification_driver = ox:url=https://… timeout_msecs=5000):
--
--   url                 where the notifications go; with a login if it needs one
--   cache_lifetime      how long the METADATA entry is remembered; 60s
--   max_retries         how often a request is sent again; 1
--   timeout_msecs       how long one attempt waits for the answer; 2000
--   user_from_metadata  if it is there: send the entry's user, not the login
--   event_name          the value of "event"; messageNew, which is the only one
--                       that OX App Suite takes
--
-- luapush gives the options to script_init, as Dovecot 2.4 does with
-- lua_settings { }.

local ENTRY = "/private/vendor/vendor.dovecot/http-notify"
-- The same entry as Dovecot names it in its log: the user's own entries are
-- kept below this one of INBOX.
local STORED = "/private/vendor/vendor.dovecot/pvt/server/vendor/vendor.dovecot/http-notify"

-- The message's text is an extra of luapush; in Dovecot there is no such module.
local has_text, luapush = pcall(require, "luapush")

local options       -- what script_init was given
local log           -- the event all lines are logged with
local client        -- the HTTP client
local lifetime      -- seconds
local cached        -- {value = the METADATA entry, at = when it was read}

------------------------------------------------------------------------- JSON

-- What may not stand in a JSON string as it is.
local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\127"] = "\127",
}

local function escape(char)
  return ESCAPES[char] or string.format("\\u%04x", char:byte())
end

-- How a UTF-8 sequence begins: the bytes that follow, what the first byte
-- counts, and the least code point that needs that many bytes.
local function lead(byte)
  if byte >= 0xC2 and byte <= 0xDF then return 1, byte - 0xC0, 0x80 end
  if byte >= 0xE0 and byte <= 0xEF then return 2, byte - 0xE0, 0x800 end
  if byte >= 0xF0 and byte <= 0xF4 then return 3, byte - 0xF0, 0x10000 end
end

-- The code point at a place of a text, and its length in bytes; nil if the
-- bytes there are not UTF-8.
local function decode(text, at)
  local more, code, least = lead(text:byte(at))
  if not more then return nil end
  for i = at + 1, at + more do
    local byte = text:byte(i)
    if not byte or byte < 0x80 or byte > 0xBF then return nil end
    code = code * 64 + byte - 0x80
  end
  if code < least or code > 0x10FFFF or code >= 0xD800 and code <= 0xDFFF then return nil end
  return code, more + 1
end

-- Dovecot up to 2.3.8 wrote ASCII only.
local function ascii(code)
  if code < 0x10000 then return string.format("\\u%04x", code) end
  code = code - 0x10000
  return string.format("\\u%04x\\u%04x", 0xD800 + math.floor(code / 1024), 0xDC00 + code % 1024)
end

local ascii_only = false

-- A run of bytes beyond ASCII, as it stands in a JSON string. Bytes that are
-- not UTF-8 become U+FFFD.
local function clean(run)
  local out, at = {}, 1
  while at <= #run do
    local code, length = decode(run, at)
    local text = code and run:sub(at, at + length - 1) or "\239\191\189"
    if ascii_only then
      text = ascii(code or 0xFFFD)
    elseif code == 0x2028 or code == 0x2029 then
      text = string.format("\\u%04x", code)
    end
    out[#out + 1] = text
    at = at + (length or 1)
  end
  return table.concat(out)
end

local function quote(text)
  text = text:gsub('[%c"\\]', escape):gsub("[\128-\255]+", clean)
  return '"' .. text .. '"'
end

-- The notification. The order of the members is Dovecot's; what is nil is left
-- out.
local function payload(n)
  local parts = {}
  local function add(key, value)
    if value then parts[#parts + 1] = '"' .. key .. '":' .. value end
  end
  add("user", quote(n.user))
  add("event", quote(n.event))
  add("folder", quote(n.folder))
  add("imap-uidvalidity", string.format("%d", n.uid_validity))
  add("imap-uid", string.format("%d", n.uid))
  add("from", n.from and quote(n.from))
  add("subject", n.subject and quote(n.subject))
  add("snippet", n.snippet and quote(n.snippet))
  add("unseen", n.unseen and string.format("%d", n.unseen))
  return "{" .. table.concat(parts, ",") .. "}"
end

---------------------------------------------------------------------- headers

-- A word of at most 75 characters in the encoding of RFC 2047. UTF-8 sequences
-- must not be cut in two.
local function encoded_words(text)
  local words, word = {}, ""
  for char in text:gmatch("[%z\1-\127\192-\255][\128-\191]*") do
    local code = char:gsub("[^%w!*+/-]", function(byte)
      return byte == " " and "_" or string.format("=%02X", byte:byte())
    end)
    if #word + #code > 60 then
      words[#words + 1], word = word, ""
    end
    word = word .. code
  end
  words[#words + 1] = word
  return "=?utf-8?q?" .. table.concat(words, "?= =?utf-8?q?") .. "?="
end

-- The header again of a text that was decoded: from the first to the last word
-- that needs it, as receivers drop the blanks between encoded words.
local function encode_header(text)
  if not text:find("[\128-\255]") and not text:find("=?", 1, true) then return text end
  local first, last
  for from, word, after in text:gmatch("()(%S+)()") do
    if word:find("[\128-\255]") or word:find("=?", 1, true) then
      first, last = first or from, after - 1
    end
  end
  return text:sub(1, first - 1) .. encoded_words(text:sub(first, last)) .. text:sub(last + 1)
end

-- The headers as they stand in the message. Without its text, From is there as
-- it was, and Subject, of which the event has only the decoded form, is encoded
-- again. An event cannot tell an empty From from none: "" is taken for none.
local function headers(event)
  local message = has_text and luapush.message(event.mailbox, event.uid)
  if message then return message:header("From"), message:header("Subject") end
  local from = event.from ~= "" and event.from or nil
  return from, event.subject and encode_header(event.subject)
end

---------------------------------------------------------------------- options

local UNITS = {
  {1, "secs", "seconds"}, {60, "mins", "minutes"},
  {0.001, "msecs", "mseconds", "millisecs", "milliseconds"},
  {3600, "hours"}, {86400, "days"}, {604800, "weeks"},
}

-- Dovecot's times: "60s", "5 mins", "2h". A unit may be the beginning of one of
-- the words; the first that fits counts, so "m" are minutes. Gives nil and what
-- is wrong.
local function seconds(text)
  local number, unit = text:match("^(%d+) *(.*)$")
  if not number then return nil, "Invalid time interval: " .. text end
  number = tonumber(number)
  if unit == "" then
    if number == 0 then return 0 end
    return nil, "Time interval '" .. text .. "' is missing units (add e.g. 's' for seconds)"
  end
  for _, words in ipairs(UNITS) do
    for i = 2, #words do
      if words[i]:sub(1, #unit) == unit:lower() then
        local value = number * words[1]
        if value % 1 ~= 0 then return nil, "Milliseconds not supported for this setting: " .. text end
        if value >= 4294967296 then return nil, "Time interval is too large: " .. text end
        return value
      end
    end
  end
  return nil, "Invalid time interval: " .. text
end

-- An option that Dovecot reads as a number of 32 bits, and passes over if it is
-- none.
local function number(name, default)
  local value = (options[name] or ""):match("^%d+$")
  value = value and tonumber(value)
  return value and value < 4294967296 and value or default
end

-- The parts of a release such as "2.3.19.1" as one number, to compare them.
local function release(text)
  local a, b, c = text:match("^(%d+)%.(%d+)%.(%d+)")
  return a and a * 10000 + b * 100 + c or math.huge
end

-- Dovecot 2.4 has other names and forms for the settings of HTTP clients, and
-- raises an error for those it does not know. It is known by a function that
-- came with it.
local function new_client()
  -- Dovecot counts in 32 bits, and always tries once.
  local attempts = math.max((number("max_retries", 1) + 1) % 4294967296, 1)
  local timeout = number("timeout_msecs", 2000)
  local timeout_name, attempts_name = "request_timeout_msecs", "max_attempts"
  if dovecot.net_ip_family then
    timeout_name, attempts_name = "request_timeout", "request_max_attempts"
    timeout, attempts = string.format("%dms", timeout), string.format("%d", attempts)
  end
  return dovecot.http.client({[timeout_name] = timeout, [attempts_name] = attempts})
end

function script_init(given)
  options = given or {}
  log = dovecot.event()
  log:replace_log_prefix("push-notification-ox: ")
  ascii_only = release(options.luapush_release or "") < 20309
  if not options.url then error("Driver requires the url parameter", 0) end
  client = new_client()
  local good, reason = pcall(client.request, client, {url = options.url, method = "PUT"})
  if not good then
    reason = reason:gsub("^Failed to parse url .*: ", "")
    error("Failed to parse OX REST URL " .. options.url .. ": " .. reason, 0)
  end
  log:log_debug("Using URL " .. options.url)
  local text = options.cache_lifetime or "60s"
  lifetime, reason = seconds(text)
  if not lifetime then error("Failed to parse OX cache_lifetime " .. text .. ": " .. reason, 0) end
  log:log_debug(string.format("Using cache lifetime: %d", lifetime))
  if release(options.luapush_release or "") >= 20400 and options.luapush_release then
    log:log_debug("Using user " .. (options.user_from_metadata and "stored in METADATA" or "sent by OX endpoint"))
  end
  return 0
end

----------------------------------------------------------------- transactions

-- The user's METADATA entry; nil, after a line in the log, if there is none.
-- Only an entry that was found is remembered.
local function registration(user)
  if cached and os.time() < cached.at + lifetime then return cached.value end
  cached = nil
  local good, value = pcall(user.metadata_get, user, ENTRY)
  if not good then
    log:log_error("Skipped because unable to get attribute: " .. tostring(value))
  elseif not value then
    log:log_debug("Skipped because not active (" .. STORED .. " METADATA not set)")
  else
    cached = {value = value, at = os.time()}
    return value
  end
end

local UNESCAPED = {["0"] = "\0", ["1"] = "\1", t = "\t", r = "\r", n = "\n"}

-- The user of an entry such as "user=11@3<TAB>events=…", in which the items are
-- escaped as everywhere in Dovecot where tabs divide. The last one counts. To
-- Dovecot, the item ends at a NUL byte.
local function registered_user(entry)
  local user
  for item in (entry .. "\t"):gmatch("([^\t]*)\t") do
    item = item:gsub("\1(.?)", function(char) return UNESCAPED[char] or char end)
    user = item:match("^user=([^%z]*)") or user
  end
  return user
end

function dovecot_lua_notify_begin_txn(user)
  return {user = user, entry = registration(user)}
end

-- Tells whether the transaction is one to notify of. Its mailbox is known only
-- when its first event comes.
local function watched(ctx, event)
  if not ctx.entry then return false end
  if ctx.watched == nil then
    ctx.watched = false
    ctx.name = registered_user(ctx.entry)
    if event.mailbox ~= "INBOX" then
      log:log_debug("Skipped because " .. event.mailbox .. " is not a watched mailbox")
    elseif not ctx.name then
      log:log_error("No user provided in config")
    else
      log:log_debug("User (" .. ctx.name .. ")")
      log:log_debug("Handling MessageNew event")
      ctx.watched = true
    end
  end
  return ctx.watched
end

-- The number of unseen messages, which counts the new one.
local function unseen(ctx, name)
  local mailbox = ctx.user:mailbox(name)
  local good, result = pcall(function()
    mailbox:sync()
    return mailbox:status(dovecot.storage.STATUS_UNSEEN).unseen
  end)
  mailbox:free()
  if not good then
    log:log_error(tostring(result))
    return nil
  end
  log:log_debug(string.format("Got status of mailbox '%s': (unseen: %d)", name, result))
  return result
end

-- Dovecot's driver looks at the mailbox once for each message of a transaction,
-- whatever happened to it.
local function look(ctx, event)
  if not watched(ctx, event) or not event.uid then return false end
  if ctx.uid ~= event.uid then
    ctx.uid, ctx.unseen = event.uid, unseen(ctx, event.mailbox)
  end
  return true
end

local function send(body)
  local request = client:request({url = options.url, method = "PUT"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  request:set_payload(body)
  log:log_debug("Sending notification: " .. body)
  local response = request:submit()
  local status, reason = response:status(), response:reason()
  if status < 9000 then reason = string.format("%d %s", status, reason) end
  if status >= 200 and status < 300 then
    log:log_debug("Notification sent successfully: " .. reason)
  else
    log:log_error("Error when sending notification: " .. reason)
  end
end

function dovecot_lua_notify_event_message_new(ctx, event)
  if not look(ctx, event) then return end
  local from, subject = headers(event)
  send(payload({
    user = options.user_from_metadata and ctx.name or ctx.user.username,
    event = options.event_name or "messageNew",
    folder = event.mailbox,
    uid_validity = event.uid_validity,
    uid = event.uid,
    from = from,
    subject = subject,
    snippet = event.snippet,
    unseen = ctx.unseen,
  }))
end

-- Of what else happens to messages and mailboxes, only Dovecot's log hears.
dovecot_lua_notify_event_message_append = look
dovecot_lua_notify_event_message_expunge = look
dovecot_lua_notify_event_message_read = look
dovecot_lua_notify_event_message_trash = look
dovecot_lua_notify_event_flags_set = look
dovecot_lua_notify_event_flags_clear = look
dovecot_lua_notify_event_mailbox_create = watched
dovecot_lua_notify_event_mailbox_delete = watched
dovecot_lua_notify_event_mailbox_rename = watched
dovecot_lua_notify_event_mailbox_subscribe = watched
dovecot_lua_notify_event_mailbox_unsubscribe = watched

function dovecot_lua_notify_end_txn(ctx, success)
end
