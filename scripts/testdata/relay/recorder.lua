-- Behind relay.lua, in the same file: writes into Dovecot's log what the relay is
-- given, in a form that shares nothing with the relay's.
do
  local number = 0
  local of = setmetatable({}, {__mode = "k"})
  local items = {1, 2, 4, 8, 16, 32, 64, 128, 512, 1024, 8192}

  local function hex(s)
    local out = {}
    for i = 1, #s do out[i] = ("%02x"):format(s:byte(i)) end
    return table.concat(out)
  end

  local function show(v)
    if type(v) == "string" then return "s" .. hex(v) end
    if type(v) == "number" then return ("n%.17g"):format(v) end
    if type(v) == "boolean" then return "b" .. tostring(v) end
    if type(v) ~= "table" then return nil end
    local out = {}
    for i, x in ipairs(v) do out[i] = "s" .. hex(x) end
    return "l" .. table.concat(out, ",")
  end

  local function tell(what, n, fields)
    local out = {"@@", what, ("%d"):format(n)}
    for k, v in pairs(fields) do
      local shown = show(v)
      if shown then out[#out + 1] = k .. "=" .. shown end
    end
    dovecot.i_info(table.concat(out, " "))
  end

  local begin = dovecot_lua_notify_begin_txn
  function dovecot_lua_notify_begin_txn(user)
    number = number + 1
    tell("begin", number, user)
    local ctx = begin(user)
    of[ctx] = {number = number, user = user, seen = {}}
    return ctx
  end

  local names = {}
  for name, f in pairs(_G) do
    if name:find("^dovecot_lua_notify_event_") then names[name] = f end
  end
  for name, f in pairs(names) do
    _G[name] = function(ctx, event)
      tell("event", of[ctx].number, event)
      local seen = of[ctx].seen
      if not seen[event.mailbox] then
        seen[event.mailbox] = true
        seen[#seen + 1] = event.mailbox
      end
      return f(ctx, event)
    end
  end

  local finish = dovecot_lua_notify_end_txn
  function dovecot_lua_notify_end_txn(ctx, success)
    local t = of[ctx]
    finish(ctx, success)
    if t.user.username:find("^status") then
      for _, name in ipairs(t.seen) do
        local mailbox = t.user:mailbox(name)
        local good, status = pcall(function() mailbox:sync() return mailbox:status((table.unpack or unpack)(items)) end)
        if good then tell("status", t.number, status) end
        mailbox:free()
      end
    end
    for i, key in ipairs({"/private/a", "/private/none"}) do
      local v = t.user:metadata_get(key)
      if v then tell("metadata", t.number, {key = key, value = v}) end
    end
    t.user = nil
    tell("end", t.number, {success = success})
  end
end
