--- used up
function dovecot_lua_notify_end_txn(ctx, success)
  local e = dovecot.event()
  e:set_name("finished")
  e:log_debug("sending") --> event-name-lost: the log_info on line 6 has none
  e:add_int("code", 200)
  e:log_info("sent")
  local f = dovecot.event():set_name("other"):add_str("a", "b")
  f:log_debug("x") --> event-name-lost: the log_error on line 9
  f:log_error("y")
  e:set_name("chain"):log_debug("a"):log_warning("b") --> event-name-lost: the log_warning on line 10
end
--- not
function dovecot_lua_notify_end_txn(ctx, success)
  local e = dovecot.event()
  e:log_debug("sending")
  e:set_name("finished")
  e:log_info("sent")
  e:set_name("debug_only")
  e:log_debug("x")
  e:set_name("next")
  e:log_info("y")
  e:log_debug("z")
  e:log_info("z")
  local f = dovecot.event()
  if success then
    f:set_name("a")
  end
  f:log_debug("x")
  f:log_info("y")
  local g = dovecot.event():set_name("g")
  g:log_debug("the only one")
end
