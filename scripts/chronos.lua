-- chronos: hands new mail with a calendar invite to OX App Suite's calendar.
--
-- It does what the push_notification_chronos plugin for Dovecot does: the whole
-- text of such a mail goes to the receiver, which takes the invite out of it.
--
-- Options (push_notification_driver = chronos:url=https://… timeout=5s):
--
--   url           where the mail goes, such as
--                 https://login:password@ox.example/chronos/v1/itip/pushmail
--   max_retries   how often a request is sent again; 1
--   timeout       how long one attempt waits for the answer; 2s
--   msg_max_size  bigger mail is not sent; 1mb
--   event_name    the value of "event"; messageNew
--
-- luapush gives the options to script_init, as Dovecot 2.4 does with
-- lua_settings { }. Dovecot itself gives scripts no text of messages, so there
-- this script cannot run; the plugin does its work.

local DEFAULT_RETRIES, DEFAULT_TIMEOUT, DEFAULT_SIZE = 1, 2000, 1024 * 1024

-- The message's text is an extra of luapush; in Dovecot there is no such module.
local has_text, luapush = pcall(require, "luapush")

local options       -- what script_init was given
local log           -- the event that lines are logged with
local callback      -- the event for what became of a request
local client        -- the HTTP client
local max_size      -- bytes
local known = {}    -- the Message-IDs of the user's session

------------------------------------------------------------------------- JSON

-- What may not stand in a JSON string as it is.
local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\127"] = "\127",
}

local function escape(char)
  return ESCAPES[char] or string.format("\\u%04x", char:byte())
end

-- How a UTF-8 sequence begins: the bytes that follow, and what the first of
-- those may be. The rest are 0x80 to 0xBF.
local function lead(byte)
  if byte >= 0xC2 and byte <= 0xDF then return 1, 0x80, 0xBF end
  if byte == 0xE0 then return 2, 0xA0, 0xBF end
  if byte == 0xED then return 2, 0x80, 0x9F end
  if byte >= 0xE1 and byte <= 0xEF then return 2, 0x80, 0xBF end
  if byte == 0xF0 then return 3, 0x90, 0xBF end
  if byte >= 0xF1 and byte <= 0xF3 then return 3, 0x80, 0xBF end
  if byte == 0xF4 then return 3, 0x80, 0x8F end
end

-- The UTF-8 sequence at a place of a text; nil if there is none.
local function sequence(text, at)
  local more, low, high = lead(text:byte(at))
  if not more then return nil end
  for i = at + 1, at + more do
    local byte = text:byte(i)
    if not byte or byte < low or byte > high then return nil end
    low, high = 0x80, 0xBF
  end
  return text:sub(at, at + more)
end

-- Two line ends of Unicode, which JavaScript does not want in its strings.
local LINE_ENDS = {["\226\128\168"] = "\\u2028", ["\226\128\169"] = "\\u2029"}

-- A run of bytes beyond ASCII, as it stands in a JSON string. A byte that does
-- not belong to a sequence becomes U+FFFD, so the text of a mail in another
-- charset, not encoded, is lost. That is what Dovecot sends, too.
local function clean(run)
  local out, at = {}, 1
  while at <= #run do
    local found = sequence(run, at)
    out[#out + 1] = found and (LINE_ENDS[found] or found) or "\239\191\189"
    at = at + (found and #found or 1)
  end
  return table.concat(out)
end

local function quote(text)
  text = text:gsub('[%c"\\]', escape):gsub("[\128-\255]+", clean)
  return '"' .. text .. '"'
end

-- The notification. The plugin takes the mail for a C string, which ends at the
-- first NUL.
local function payload(user, folder, body)
  local nul = body:find("\0", 1, true)
  if nul then body = body:sub(1, nul - 1) end
  return '{"user":' .. quote(user)
    .. ',"folder":' .. quote(folder)
    .. ',"event":' .. quote(options.event_name or "messageNew")
    .. ',"body":' .. quote(body)
    .. "}"
end

---------------------------------------------------------------------- options

local INVALID_TIME, INVALID_SIZE = "Invalid time interval: ", "Invalid size: "

-- The number that a text begins with, and what follows it. A number needs more
-- than 64 bits from LIMIT on; digits are compared, as Lua's numbers round.
local LIMIT = "18446744073709551616"

local function leading_number(text)
  local digits, rest = text:match("^(%d+) *(.*)$")
  if not digits then return nil end
  local significant = digits:match("^0*(.*)$")
  if #significant > #LIMIT or #significant == #LIMIT and significant >= LIMIT then return nil end
  return tonumber(digits), rest:lower()
end

local UNITS = {
  {1000, "secs", "seconds"}, {60 * 1000, "mins", "minutes"},
  {1, "msecs", "mseconds", "millisecs", "milliseconds"},
  {3600 * 1000, "hours"}, {86400 * 1000, "days"}, {604800 * 1000, "weeks"},
}

-- Dovecot's times in milliseconds: "60s", "5 mins", "500ms". A unit may be the
-- beginning of one of the words; the first that fits counts, so "m" are minutes.
-- Gives nil and what is wrong.
local function milliseconds(text)
  local number, unit = leading_number(text)
  if not number then return nil, INVALID_TIME .. text end
  if unit == "" then
    if number == 0 then return 0 end
    return nil, "Time interval '" .. text .. "' is missing units (add e.g. 's' for seconds)"
  end
  for _, words in ipairs(UNITS) do
    for i = 2, #words do
      if words[i]:sub(1, #unit) == unit then
        local value = number * words[1]
        if value >= 4294967296 then return nil, "Time interval is too large: " .. text end
        return value
      end
    end
  end
  return nil, INVALID_TIME .. text
end

local FACTORS = {k = 1024, m = 1024 ^ 2, g = 1024 ^ 3, t = 1024 ^ 4}

-- Dovecot's sizes in bytes: "500", "500kb", "1 MiB". Gives nil and what is wrong.
local function bytes(text)
  local number, unit = leading_number(text)
  if not number then return nil, INVALID_SIZE .. text end
  if unit == "" or unit == "b" then return number end
  local factor = FACTORS[unit:match("^([kmgt])i?b?$") or ""]
  if not factor then return nil, INVALID_SIZE .. text end
  if number * factor >= 2 ^ 64 then return nil, "Size is too large: " .. text end
  return number * factor
end

-- A plain number of at most 32 bits.
local function count(text)
  local number = text:find("^%d+$") and tonumber(text)
  if number and number < 4294967296 then return number end
  return nil, ""
end

-- An option's value. One that cannot be read is worth a warning and the default,
-- but no error.
local function option(name, read, default, unit)
  local text = options[name]
  if not text then return default end
  local value, reason = read(text)
  if value then return value end
  local warning = 'Unable to parse setting for "%s" value: %s. Using default value: %d%s. %s'
  log:log_warning((warning:format(name, text, default, unit, reason):gsub(" $", "")))
  return default
end

-- Dovecot 2.4 has other names for the settings of HTTP clients, and raises an
-- error for those it does not know. A timeout of 0 is the usual minute.
local function new_client(timeout, attempts)
  if timeout == 0 then timeout = 60000 end
  if dovecot.net_ip_family then
    return dovecot.http.client({
      request_timeout = string.format("%dms", timeout),
      request_max_attempts = string.format("%d", attempts),
    })
  end
  return dovecot.http.client({request_timeout_msecs = timeout, max_attempts = attempts})
end

function script_init(given)
  options = given or {}
  log = dovecot.event()
  log:replace_log_prefix("push-notification-chronos: ")
  callback = dovecot.event(log)
  callback:append_log_prefix("http callback: ")
  if not has_text then error("chronos needs the text of messages, which only luapush gives to scripts", 0) end
  if not options.url then error("Driver requires the url parameter", 0) end
  local retries = option("max_retries", count, DEFAULT_RETRIES, "")
  local timeout = option("timeout", milliseconds, DEFAULT_TIMEOUT, "ms")
  max_size = option("msg_max_size", bytes, DEFAULT_SIZE, "B")
  client = new_client(timeout, math.min(retries + 1, 4294967295))
  local good, reason = pcall(client.request, client, {url = options.url, method = "PUT"})
  if not good then
    reason = reason:gsub("^Failed to parse url .*: ", "")
    error("Failed to parse Chronos Push Notification URL '" .. options.url .. "': " .. reason, 0)
  end
  log:log_debug(string.format("Using config: max retries = %.0f, timeout = %.0fms, msg max size = %.0fB", retries, timeout, max_size))
  return 0
end

----------------------------------------------------------------- transactions

function dovecot_lua_notify_begin_txn(user)
  log:log_debug("Handling MessageNew event")
  return {user = user.username}
end

-- Tells whether a mail was met before in the session; it may come to several
-- folders. From now on it was. A mail without a Message-ID never was.
local function duplicate(message, uid)
  local id = message:header("Message-ID")
  if not id or id == "" then return false end
  if known[id] then
    log:log_debug(string.format("Message UID %d Message-ID %s is a duplicate - not sending push notification", uid, id))
    return true
  end
  log:log_debug(string.format("Message UID %d Message-ID %s is not a duplicate", uid, id))
  known[id] = true
  return false
end

-- Tells whether there is an invite anywhere in the tree of parts: a text/calendar
-- or a file named *.ics.
local function has_invite(message)
  for _, part in ipairs(message:parts()) do
    if part.type == "text/calendar" then return true end
    if part.filename and part.filename:lower():find("%.ics$") then return true end
  end
  return false
end

local function send(body)
  local request = client:request({url = options.url, method = "PUT"})
  request:add_header("Content-Type", "application/json; charset=utf-8")
  request:set_payload(body)
  local response = request:submit()
  local status, reason = response:status(), response:reason()
  if status < 9000 then reason = string.format("%d %s", status, reason) end
  if status >= 200 and status < 300 then
    callback:log_debug("Notification sent successfully: " .. reason)
  else
    callback:log_error("Error when sending notification: " .. reason)
  end
end

function dovecot_lua_notify_event_message_new(ctx, event)
  local message, reason = luapush.message(event.mailbox, event.uid)
  if not message then
    log:log_error(string.format("Unable to fetch email with uid UID=%d: %s", event.uid, reason))
    return
  end
  if duplicate(message, event.uid) then return end
  if not has_invite(message) then
    log:log_debug("Mail does not contain calendar invite")
    return
  end
  local size = message:size()
  if size > max_size then
    log:log_debug(string.format("Mail exceeds configured max size. Mail: %dB vs. Max Size: %.0fB", size, max_size))
    return
  end
  send(payload(ctx.user, event.mailbox, message:text()))
end

function dovecot_lua_notify_end_txn(ctx, success)
end
