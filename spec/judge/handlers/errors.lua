-- Raises an error wherever it is called, in all the ways there are.

local function deep(n)
  if n == 0 then error("deep down") end
  return 1 + deep(n - 1)
end

local raise = {
  function() error("a text") end,
  function() error("at the caller", 2) end,
  function() error("without a place", 0) end,
  function() error({code = 1}) end,
  function() error(nil) end,
  function() error(setmetatable({}, {__tostring = function() return "a table with a text" end})) end,
  function() deep(3) end,
  function() local x = nil; return x.y end,
  function() return ("x") + 1 end,
  function() return #5 end,
  function() undefined_function() end,
  function() string.rep() end,
  function() return ("x"):rep(1, 2, {}):bad() end,
  function() return {} < {} end,
  function() table.concat({1, {}, 3}) end,
  function() assert(false) end,
  function() assert(nil, "asserted") end,
  function() local ok, e = pcall(error, "again"); error(e, 0) end,
  function() coroutine.wrap(function() error("in a coroutine") end)() end,
  function() coroutine.yield() end,
  function() dovecot.http.client({}):request({}) end,
  function() dovecot.event():add_int("x", "y") end,
  function() string.format("%d", 1.5) end,
  function() setmetatable(1, {}) end,
}

-- Which one: the number of the message, so that each gets its turn.
local function at(ctx, event)
  local n = (event.uid or #event.mailbox) % #raise + 1
  raise[n]()
end

function dovecot_lua_notify_begin_txn(user)
  return user
end

-- A function for each: a traceback names one by whichever global it finds first.
function dovecot_lua_notify_event_message_new(ctx, event) at(ctx, event) end
function dovecot_lua_notify_event_message_append(ctx, event) at(ctx, event) end
function dovecot_lua_notify_event_flags_set(ctx, event) at(ctx, event) end
function dovecot_lua_notify_event_mailbox_create(ctx, event) at(ctx, event) end
function dovecot_lua_notify_event_mailbox_rename(ctx, event) at(ctx, event) end

function dovecot_lua_notify_end_txn(user, success)
  if user.service == "imap" then error("end " .. tostring(success)) end
end

function script_deinit()
  error("deinit")
end
