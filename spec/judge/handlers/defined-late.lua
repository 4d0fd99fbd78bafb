-- Its event functions come from elsewhere: from a metatable of _G, which does not
-- count, and from a table that can be called, which does not either.

setmetatable(_G, {__index = {dovecot_lua_notify_event_message_append = function() dovecot.i_error("called by __index") end}})
dovecot_lua_notify_event_flags_set = setmetatable({}, {__call = function() dovecot.i_error("called a table") end})

function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info("begin")
  rawset(_G, "dovecot_lua_notify_event_message_new", function(ctx, event)
    dovecot.i_info("made in begin " .. event.name)
  end)
end

function dovecot_lua_notify_event_mailbox_create(ctx, event)
  dovecot.i_info("created " .. event.mailbox)
end

function dovecot_lua_notify_end_txn(ctx, success, more)
  dovecot.i_info("end " .. tostring(ctx) .. " " .. tostring(success) .. " " .. tostring(more))
end
