-- Works on the bytes of every field with the string library.

function dovecot_lua_notify_begin_txn(user)
  return user
end

local names = {"from", "from_address", "from_display_name", "to", "to_address", "to_display_name", "subject", "snippet", "message_id"}

local function each(user, event)
  for _, name in ipairs(names) do
    local s = event[name]
    if s then
      local words, longest = 0, 0
      for w in s:gmatch("%S+") do words, longest = words + 1, math.max(longest, #w) end
      local sum = 0
      for i = 1, #s do sum = (sum * 31 + s:byte(i)) % 65521 end
      dovecot.i_info(string.format("%s %d %d %d %d %s %s %q", name, #s, words, longest, sum, tostring(utf8.len(s)),
        s:upper():sub(-9):gsub("[^%w]", "."), s:sub(1, 12):gsub("[%c\128-\255]", "?")))
    else
      dovecot.i_info(name .. " nil")
    end
  end
  dovecot.i_info(os.date("!%Y-%m-%d %H:%M:%S", math.tointeger(event.date)) .. string.format(" %+d", event.tz))
  dovecot.i_info(table.concat(event.flags, " ") .. "|" .. table.concat(event.keywords, " "))
end

dovecot_lua_notify_event_message_new = each
dovecot_lua_notify_event_message_append = each

function dovecot_lua_notify_end_txn()
end
