-- Runs one probe as a push handler and reports, through the log, what it did.
-- The same file runs in Dovecot and in luapush. The probe's source comes from the plugin setting probe_code
-- (hexadecimal, because a setting has neither newlines nor a bare %), or else from the file that probe_file names.
-- README.md describes the lines that start with @@probe.

local info = dovecot.i_info
local byte, char, format, gsub, sub = string.byte, string.char, string.format, string.gsub, string.sub
local concat, sort = table.concat, table.sort
local next, rawget, select, tonumber, tostring, type = next, rawget, select, tonumber, tostring, type
local assert, load, open, traceback, xpcall = assert, load, io and io.open, debug.traceback, xpcall
local huge, mathtype, utf8len = math.huge, math.type, utf8.len

local MAX_DEPTH = 4
local CHUNK = 700

local base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = byte(s, i, i + 2)
    local n = a * 65536 + (b or 0) * 256 + (c or 0)
    for shift = 3, 0, -1 do
      local digit = n // (64 ^ shift) % 64 // 1
      local padding = (shift == 1 and not b) or (shift == 0 and not c)
      out[#out + 1] = padding and "=" or sub(base64_digits, digit + 1, digit + 1)
    end
  end
  return concat(out)
end

local escapes = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function render_string(s)
  if not utf8len(s) then
    return 'base64 "' .. base64(s) .. '"'
  end
  s = gsub(s, '[%c\\"]', function(c)
    return escapes[c] or format("\\x%02x", byte(c))
  end)
  return '"' .. s .. '"'
end

local function render_number(n)
  if n ~= n then
    return "float nan"
  elseif n == huge then
    return "float inf"
  elseif n == -huge then
    return "float -inf"
  end
  return mathtype(n) .. " " .. format("%.14g", n)
end

local rank = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
  local ra, rb = rank[type(a)] or 4, rank[type(b)] or 4
  if ra ~= rb then
    return ra < rb
  elseif ra < 3 then
    return a < b
  end
  return tostring(a) < tostring(b)
end

local render

local function render_table(t, depth, seen)
  if seen[t] then
    return "cycle"
  elseif depth > MAX_DEPTH then
    return "deep"
  end
  seen[t] = true
  local keys = {}
  for k in next, t do
    keys[#keys + 1] = k
  end
  sort(keys, before)
  local out = {}
  for i = 1, #keys do
    local k = keys[i]
    out[i] = "[" .. render(k, depth + 1, seen) .. "] = " .. render(rawget(t, k), depth + 1, seen)
  end
  seen[t] = nil
  return "{" .. concat(out, ", ") .. "}"
end

-- The text of a value; reads tables raw, so that no metamethod of what is looked at runs.
function render(v, depth, seen)
  local kind = type(v)
  if kind == "string" then
    return render_string(v)
  elseif kind == "number" then
    return render_number(v)
  elseif kind == "table" then
    return render_table(v, depth or 1, seen or {})
  elseif kind == "nil" or kind == "boolean" then
    return tostring(v)
  end
  return kind
end

local function report(name, text)
  local parts = (#text + CHUNK - 1) // CHUNK
  if parts == 0 then
    parts = 1
  end
  for i = 1, parts do
    info(format("@@probe %s %d/%d ", name, i, parts) .. sub(text, (i - 1) * CHUNK + 1, i * CHUNK) .. "|")
  end
end

local function probe_source(user)
  local hex = user:plugin_getenv("probe_code")
  if hex then
    return (gsub(hex, "%x%x", function(pair)
      return char(tonumber(pair, 16))
    end))
  end
  local file = assert(open(user:plugin_getenv("probe_file"), "rb"))
  local source = file:read("a")
  file:close()
  return source
end

local function handler(message)
  return { message = message, traceback = traceback("", 2) }
end

local function report_outcome(ok, ...)
  if not ok then
    local failure = ...
    report("error", render(failure.message))
    report("traceback", render(failure.traceback))
    return
  end
  for i = 1, select("#", ...) do
    report("result", render((select(i, ...))))
  end
end

local function run(user, event, ctx, source)
  local mbox = user:mailbox("INBOX")
  mbox:sync()
  local probe, syntax = load("local user, event, ctx, mbox = ...; " .. source, "@probe.lua", "t")
  info("@@probe begin")
  if probe then
    report_outcome(xpcall(probe, handler, user, event, ctx, mbox))
  else
    report("error", render(syntax))
  end
  info("@@probe end")
  mbox:free()
end

function script_init()
  return 0
end

function dovecot_lua_notify_begin_txn(user)
  return { user = user }
end

function dovecot_lua_notify_event_message_new(ctx, event)
  run(ctx.user, event, ctx, probe_source(ctx.user))
end

function dovecot_lua_notify_end_txn(ctx, success)
end
