-- Logs everything that it is given.

local text
function text(v)
  if type(v) == "table" then
    local list = {}
    for i, x in ipairs(v) do list[i] = text(x) end
    return "{" .. table.concat(list, ",") .. "}"
  end
  if type(v) == "number" then return string.format("%.14g", v) end
  return (tostring(v):gsub("[%c\128-\255]", function(c) return string.format("\\x%02x", c:byte()) end))
end

local function show(what, t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys)
  for i, k in ipairs(keys) do keys[i] = k .. "=" .. text(t[k]) end
  dovecot.i_info(what .. " " .. table.concat(keys, " "))
end

function script_init()
  dovecot.i_info("script_init")
  return 0
end

function script_deinit()
  dovecot.i_info("script_deinit")
end

local user_fields = {"username", "uid", "gid", "service", "session_id", "nonexistent", "anonymous",
  "autocreated", "mail_debug", "fuzzy_search", "dsyncing", "admin", "session_restored"}

function dovecot_lua_notify_begin_txn(user)
  local t = {}
  for _, name in ipairs(user_fields) do t[name] = user[name] end
  show("begin", t)
  for _, name in ipairs({"percent", "blank", "empty", "quotes", "utf8", "missing"}) do
    dovecot.i_info(name .. " [" .. tostring(user:plugin_getenv(name)) .. "]")
  end
  return {user = user, count = 0}
end

local function event(ctx, e)
  ctx.count = ctx.count + 1
  show("event", e)
end

for _, name in ipairs({"flags_clear", "flags_set", "mailbox_create", "mailbox_delete", "mailbox_rename", "mailbox_subscribe",
  "mailbox_unsubscribe", "message_append", "message_expunge", "message_new", "message_read", "message_trash"}) do
  _G["dovecot_lua_notify_event_" .. name] = event
end

function dovecot_lua_notify_end_txn(ctx, success)
  dovecot.i_info(string.format("end %s %s %d", ctx.user.username, tostring(success), ctx.count))
end
