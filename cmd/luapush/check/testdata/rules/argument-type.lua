--- certainly wrong
function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info(nil) --> argument-type: i_info needs a string for its message, and gets nil
  dovecot.i_info({}) --> argument-type: gets a table
  dovecot.i_info(true) --> argument-type: gets a boolean
  dovecot.i_info(user) --> argument-type: gets a table
  local e = dovecot.event(nil) --> argument-type: event needs an event of dovecot.event() for its parent
  local e2 = dovecot.event("x") --> argument-type: gets a string
  e:add_int("n", "many") --> argument-type: add_int needs an integer for its value, and gets "many"
  e:add_int("n", 1.5) --> argument-type: gets 1.5
  e:add_int("n", nil) --> argument-type: gets nil
  local c = dovecot.http.client("x") --> argument-type: client needs a table
  local f = dovecot.has_flag("x", 1) --> argument-type: needs an integer
end
function dovecot_lua_notify_event_message_new(ctx, event)
  dovecot.i_info(event) --> argument-type: gets a table
  dovecot.event(event):log_info("x") --> argument-type: needs an event
end
--- right, or not known
function dovecot_lua_notify_begin_txn(user)
  dovecot.i_info(17)
  local e = dovecot.event()
  e:add_int("n", "17"):add_int("n", " -0x10 "):add_int("n", 2.0)
  e:add_str("n", 1.5)
  e:add_str("n", user:plugin_getenv("x"))
  dovecot.event(e):log_info("x")
  dovecot.restrict_global_variables(0)
  dovecot.i_info(tostring(user))
  user:metadata_set("/private/x", nil)
  local parent
  if user.service == "lmtp" then parent = e end
  local child = dovecot.event(parent)
  return {event = e}
end
function dovecot_lua_notify_end_txn(ctx, success)
  local e = dovecot.event(ctx.event)
  local ok, err = pcall(function() return e end)
  if not ok then
    dovecot.i_error(err)
  end
end
--- an argument that is left out, and looked at
local function log(text, more)
  dovecot.i_info(text)
  if more then
    dovecot.i_info(more)
  end
end
function dovecot_lua_notify_begin_txn(user)
  log("x")
end
