-- dlog: writes every event to the log, as Dovecot's driver of that name does.
--
-- Options (push_notification_driver = dlog): it has none of its own. luapush
-- tells script_init what Dovecot's driver finds out by itself:
--
--   luapush_options        the text after "dlog:", if there is one
--   luapush_release        the Dovecot whose lines are wanted; 2.4 has a prefix
--   luapush_new_fields     which fields of MessageNew to show, and
--   luapush_append_fields  of MessageAppend. Dovecot's driver asks for none: it
--                          shows those that other drivers of the user ask for.

local prefix = ""
local fields = {MessageNew = {}, MessageAppend = {}}

-- i_debug writes its line whether debugging is on or off, which is what this
-- driver is for.
local function line(format, ...)
  dovecot.i_debug(prefix .. string.format(format, ...))
end

local function called(hook)
  line("Called %s push_notification plugin hook.", hook)
end

local function set_of(list)
  local set = {}
  for name in (list or ""):gmatch("%S+") do set[name] = true end
  return set
end

function script_init(options)
  options = options or {}
  if (options.luapush_release or ""):find("^2%.4") then prefix = "dlog: " end
  fields.MessageNew = set_of(options.luapush_new_fields)
  fields.MessageAppend = set_of(options.luapush_append_fields)
  called("init")
  if options.luapush_options then
    line("Config string for dlog push_notification driver: %s", options.luapush_options)
  end
  return 0
end

function script_deinit()
  called("deinit")
  called("cleanup")
end

function dovecot_lua_notify_begin_txn(user)
  called("begin_txn")
  return {}
end

function dovecot_lua_notify_end_txn(ctx, success)
  called("end_txn")
end

-------------------------------------------------------------------- mailboxes

-- Makes the function of a mailbox event from what it says.
local function mailbox_event(text)
  return function(ctx, event)
    called("process_mbox")
    line("Mailbox data: Mailbox [%s]", event.mailbox)
    line("%s: %s", event.name, text)
  end
end

dovecot_lua_notify_event_mailbox_create = mailbox_event("Mailbox was created")
dovecot_lua_notify_event_mailbox_delete = mailbox_event("Mailbox was deleted")
dovecot_lua_notify_event_mailbox_subscribe = mailbox_event("Mailbox was subscribed to")
-- The same text in Dovecot.
dovecot_lua_notify_event_mailbox_unsubscribe = mailbox_event("Mailbox was subscribed to")

function dovecot_lua_notify_event_mailbox_rename(ctx, event)
  mailbox_event("Mailbox was renamed (old name: " .. (event.mailbox_old or "") .. ")")(ctx, event)
end

--------------------------------------------------------------------- messages

-- All events of a message stand below one heading. They come one after the
-- other.
local function heading(ctx, event)
  if ctx.uid == event.uid and ctx.mailbox == event.mailbox then return end
  ctx.uid, ctx.mailbox = event.uid, event.mailbox
  called("process_msg")
  line("Message data: Mailbox [%s], UID [%d], UIDVALIDITY [%d]", event.mailbox, event.uid, event.uid_validity)
end

-- A Date header: the time of day is UTC, and the zone behind it the header's
-- own, as Dovecot prints it.
local function iso8601(date, tz)
  local minutes = math.abs(tz)
  return string.format("%s%s%02d:%02d", os.date("!%Y-%m-%dT%H:%M:%S", date),
    tz < 0 and "-" or "+", math.floor(minutes / 60), minutes % 60)
end

-- The message's text is an extra of luapush; in Dovecot there is no such module.
local has_text, luapush = pcall(require, "luapush")

-- A word in the encoding of RFC 2047.
local function encoded(text)
  return "=?utf-8?q?" .. text:gsub("[^%w!*+/-]", function(byte)
    return byte == " " and "_" or string.format("=%02X", byte:byte())
  end) .. "?="
end

-- From the first to the last word beyond ASCII, encoded again.
local function encode_header(text)
  local first, last
  for from, word, after in text:gmatch("()(%S+)()") do
    if word:find("[\128-\255]") then first, last = first or from, after - 1 end
  end
  if not first then return text end
  return text:sub(1, first - 1) .. encoded(text:sub(first, last)) .. text:sub(last + 1)
end

-- Headers are shown as they stand in the message. Without its text, From and To
-- of the event are that; of Subject the event has only the decoded form.
local function headers(event)
  local message = has_text and luapush.message(event.mailbox, event.uid)
  if message then return message:header("From"), message:header("Subject"), message:header("To") end
  local from, to = event.from, event.to
  return from ~= "" and from or nil, event.subject and encode_header(event.subject), to ~= "" and to or nil
end

local function saved(ctx, event)
  heading(ctx, event)
  local wanted = fields[event.name]
  if not next(wanted) then return end
  local from, subject, to = headers(event)
  local function show(field, title, value)
    if wanted[field] and value then line("%s: %s [%s]", event.name, title, value) end
  end
  show("date", "Date", iso8601(event.date, event.tz))
  show("from", "From", from)
  show("snippet", "Snippet", event.snippet)
  show("subject", "Subject", subject)
  show("to", "To", to)
end

dovecot_lua_notify_event_message_new = saved
dovecot_lua_notify_event_message_append = saved

local FLAGS = {"Answered", "Flagged", "Deleted", "Seen", "Draft"}

local function flags(event, flag_text, keyword_text)
  local set = {}
  for _, flag in ipairs(event.flags) do set[flag] = true end
  for _, name in ipairs(FLAGS) do
    if set["\\" .. name] then line("%s: " .. flag_text, event.name, name) end
  end
  for _, keyword in ipairs(event.keywords) do
    line("%s: " .. keyword_text, event.name, keyword)
  end
end

function dovecot_lua_notify_event_flags_set(ctx, event)
  heading(ctx, event)
  flags(event, "%s flag set", "Keyword set [%s]")
end

function dovecot_lua_notify_event_flags_clear(ctx, event)
  heading(ctx, event)
  flags(event, "%s flag cleared", "Keyword clear [%s]")
end

-- Makes the function of a message event from what it says.
local function message_event(text)
  return function(ctx, event)
    heading(ctx, event)
    line("%s: %s", event.name, text)
  end
end

dovecot_lua_notify_event_message_read = message_event("Message was flagged as seen")
dovecot_lua_notify_event_message_trash = message_event("Message was marked as deleted")
dovecot_lua_notify_event_message_expunge = message_event("Message was expunged")
