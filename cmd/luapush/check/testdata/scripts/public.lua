--- socket.http and ltn12, PUT with JSON, implicit globals
local http = require("socket.http")
local ltn12 = require("ltn12")
local json = require("json")
local url = require("socket.url")

http.TIMEOUT = 1

function table_get(t, k, d)
  return t[k] or d
end

function script_init()
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return {
    user = user, ep = user:plugin_getenv("push_notification_url"),
    token = user:plugin_getenv("push_token"), messages = {}, meta = user:metadata_get("/private/vendor/vendor.dovecot/http-notify")
  }
end

function dovecot_lua_notify_event_message_new(ctx, event)
  mbox = ctx.user:mailbox(event.mailbox) --> global-assign: mbox
  mbox:sync()
  local status = mbox:status(dovecot.storage.STATUS_RECENT, dovecot.storage.STATUS_UNSEEN, dovecot.storage.STATUS_MESSAGES)
  mbox:free()
  table.insert(ctx.messages, {
    from = event.from, subject = event.subject, mailbox = event.mailbox, uid = event.uid, unseen = status.unseen,
  })
end

function dovecot_lua_notify_event_message_append(ctx, event)
  dovecot_lua_notify_event_message_new(ctx, event)
end

function dovecot_lua_notify_end_txn(ctx, success)
  for i, msg in ipairs(ctx.messages) do
    local e = dovecot.event()
    e:set_name("lua_notify_mail_finished")
    reqbody = json.encode({ --> global-assign: reqbody
      user = ctx.user.username, uid = msg.uid, from = table_get(msg, "from", ""), subject = table_get(msg, "subject", ""),
    })
    respbody = {} --> global-assign: respbody
    local res, code, headers, status = http.request({
      method = "PUT", url = ctx.ep .. "/" .. url.escape(ctx.user.username),
      source = ltn12.source.string(reqbody),
      headers = {["content-type"] = "application/json", ["content-length"] = tostring(#reqbody), authorization = "Bearer " .. ctx.token},
      sink = ltn12.sink.table(respbody),
    })
    e:add_int("result_code", code) --> socket-result: code is the message of the error
    e:log_info("Mail notify status " .. tostring(code) .. " for uid " .. tostring(msg.uid)) --> float-text: msg.uid
  end
end
--- cjson, a header with a token, status 9000 and more, coalescing of uids
local cjson = require "cjson"
local client, seen
local M = {count = 0}
M.__index = M

function M.new(user)
  return setmetatable({user = user, uids = {}, boxes = {}}, M)
end

function M:add(event)
  local box = self.boxes[event.mailbox]
  if not box then
    box = {name = event.mailbox, uids = {}, first = event.uid, last = event.uid}
    self.boxes[event.mailbox] = box
  end
  box.uids[#box.uids + 1] = math.tointeger(event.uid) or event.uid
  box.last = math.max(box.last, event.uid)
  self.count = self.count + 1
end

function M:each()
  return next, self.boxes, nil
end

function script_init()
  client = dovecot.http.client{request_timeout_msecs = 2000, max_attempts = 3}
  seen = setmetatable({}, {__mode = "k"})
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  local state = M.new(user)
  state.url = assert(user:plugin_getenv("webhook"), "no webhook")
  return state
end

local function on(ctx, event)
  ctx:add(event)
end
for _, name in ipairs {"message_new", "message_append"} do
  _ENV["dovecot_lua_notify_event_" .. name] = on
end

local function post(ctx, body)
  local rq = client:request {url = ctx.url, method = "POST"}
  rq:add_header("X-Token", ctx.token or "none")
  rq:set_payload(cjson.encode(body))
  local rs = rq:submit()
  local code = rs:status()
  if code >= 9000 then
    dovecot.i_error(("webhook: %s (%d)"):format(rs:reason(), code))
  elseif code ~= 200 then
    local ok, decoded = pcall(cjson.decode, rs:payload())
    dovecot.i_warning("webhook: " .. code .. " " .. (ok and decoded.message or rs:payload()))
  end
  return code < 300
end

function dovecot_lua_notify_end_txn(ctx, success)
  if not success then return end
  for name, box in ctx:each() do
    table.sort(box.uids, function(a, b) return a < b end)
    local parts = {}
    for _, uid in ipairs(box.uids) do
      parts[#parts + 1] = string.format("%d", uid)
    end
    post(ctx, {mailbox = name, uids = table.concat(parts, ","), user = tostring(ctx.user)})
  end
end
--- metadata only
function dovecot_lua_notify_begin_txn(user)
  local registered = user:metadata_get("/private/vendor/vendor.dovecot/http-notify")
  if registered == nil or registered == "" then
    return nil
  end
  local id = registered:match("user=([^\t]+)")
  return {id = id, user = user, n = 0}
end
function dovecot_lua_notify_event_message_new(ctx, event)
  if not ctx then
    return
  end
  ctx.n = ctx.n + 1
  ctx.user:metadata_set("/private/messagenew", os.time())
  ctx.user:metadata_set("/private/vendor/x/last", string.format("%d", event.uid))
  ctx.user:metadata_set("/private/vendor/x/uid", event.uid_validity)
end
function dovecot_lua_notify_end_txn(ctx, success)
  if ctx and success then
    dovecot.i_info("messages: " .. ctx.n)
  end
end
--- settings of 2.4, and both generations at once [2.4 2.3]
local settings, client = {}, nil
function script_init(given)
  settings = given or {}
  if dovecot.base64 then
    client = dovecot.http.client({request_timeout = "2s"})
  end
  return 0
end
local function setting(user, name)
  if user.plugin_getenv then
    return user:plugin_getenv(name)
  end
  return settings[name]
end
function dovecot_lua_notify_begin_txn(user)
  return {url = setting(user, "push_url"), user = user.username}
end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.event():append_log_prefix("push: "):add_str("mailbox", event.mailbox):log_info("new in " .. event.mailbox)
end
function dovecot_lua_notify_end_txn(ctx)
end
--- a queue that lives as long as the session, varargs, closures, goto
local queue = {first = 1, last = 0}
local function push(...)
  for i = 1, select("#", ...) do
    queue.last = queue.last + 1
    queue[queue.last] = (select(i, ...))
  end
end
local function log(level, ...)
  local f = dovecot["i_" .. level]
  f(string.format(...))
end
local function try(f, ...)
  local ok, err = xpcall(f, debug.traceback, ...)
  if not ok then
    log("error", "failed: %s", err)
  end
  return ok
end
local handlers = {
  message_new = function(ctx, event) push(event, ctx) end,
  message_expunge = function(ctx, event) push(event) end,
}
function dovecot_lua_notify_begin_txn(user)
  local e <const> = dovecot.event()
  local cache = {}
  return {user = user, log = function(s) e:log_info(s) return s end, get = function(k)
    cache[k] = cache[k] or user:plugin_getenv(k)
    return cache[k]
  end}
end
dovecot_lua_notify_event_message_new = function(ctx, event)
  try(handlers.message_new, ctx, event)
  ctx.log("uid " .. ("%d"):format(event.uid))
end
dovecot_lua_notify_event_message_expunge = function(...) handlers.message_expunge(...) end
function dovecot_lua_notify_end_txn(ctx, success)
  for i = queue.first, queue.last do
    local event = queue[i]
    if type(event) ~= "table" then goto continue end
    log("info", "%s: %s", event.name, event.subject or "(none)")
    log("debug", "%d", event.uid)
    ::continue::
    queue[i] = nil
  end
  queue.first, queue.last = 1, 0
end
--- retries by hand, a body that is built in parts, flags
local client
local endpoints = {"http://a/", "http://b/"}
function script_init()
  local settings = {max_attempts = 1}
  for name, value in pairs({request_timeout_msecs = 500, connect_timeout_msecs = 500}) do
    settings[name] = value
  end
  client = dovecot.http.client(settings)
  return 0
end
function dovecot_lua_notify_begin_txn(user)
  return {user = user, flags = {}, text = ""}
end
local function has(list, flag)
  for _, f in ipairs(list or {}) do
    if f == flag then return true end
  end
  return false
end
function dovecot_lua_notify_event_flags_set(ctx, event)
  if has(event.flags, "\\Seen") and not has(event.flags_old, "\\Seen") then --> event-field: FlagsSet has no flags_old; that comes with FlagsClear
    ctx.flags[event.uid] = (ctx.flags[event.uid] or 0) + 1
  end
  ctx.text = ctx.text .. "&uid=" .. event.uid --> float-text: event.uid
  ctx.text = ctx.text .. "\r\n"
end
function dovecot_lua_notify_end_txn(ctx, success)
  for attempt, endpoint in ipairs(endpoints) do
    local rq = client:request({url = endpoint, method = "POST"})
    if ctx.text ~= "" then
      rq:set_payload(ctx.text)
    end
    rq:add_header("Content-Type", "text/plain")
    rq:add_header("X-Attempt", attempt)
    local ok, response = pcall(function() return rq:submit() end)
    if ok and response:status() == 200 then
      return
    elseif not ok then
      dovecot.i_error("submit: " .. response)
    end
  end
  local n = 0
  for uid, count in pairs(ctx.flags) do
    n = n + count
    dovecot.i_info("uid " .. uid .. " " .. count)
  end
  dovecot.i_info("total " .. n)
end
