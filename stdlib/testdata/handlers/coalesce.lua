-- One request a transaction, whatever number of messages.
local http = require "socket.http"
local dkjson = require "dkjson"

local function note(ctx, kind, event)
  local key = kind .. " " .. event.mailbox
  if not ctx.groups[key] then
    ctx.groups[key] = {kind = kind, mailbox = event.mailbox, uids = {}}
    ctx.order[#ctx.order + 1] = ctx.groups[key]
  end
  local uids = ctx.groups[key].uids
  uids[#uids + 1] = math.tointeger(event.uid)
end

function dovecot_lua_notify_begin_txn(user)
  return {url = user:plugin_getenv("push_url"), groups = {}, order = {}}
end
function dovecot_lua_notify_event_message_new(ctx, event) note(ctx, "new", event) end
function dovecot_lua_notify_event_message_append(ctx, event) note(ctx, "new", event) end
function dovecot_lua_notify_event_message_expunge(ctx, event) note(ctx, "gone", event) end
function dovecot_lua_notify_event_flags_set(ctx, event) note(ctx, "flags", event) end
function dovecot_lua_notify_event_flags_clear(ctx, event) note(ctx, "flags", event) end

function dovecot_lua_notify_end_txn(ctx, success)
  if #ctx.order == 0 then return end
  local body = dkjson.encode(ctx.order, {keyorder = {"kind", "mailbox", "uids"}})
  local answer, code = http.request(ctx.url, body)
  if not answer then
    dovecot.i_warning("push: " .. code)
  elseif code // 100 ~= 2 then
    dovecot.i_warning("push: code " .. code)
  end
end
