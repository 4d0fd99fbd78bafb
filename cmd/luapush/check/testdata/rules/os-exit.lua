--- everywhere
function dovecot_lua_notify_begin_txn(user)
  os.exit(1) --> os-exit: os.exit ends Dovecot's worker
end
local exit = os.exit
function dovecot_lua_notify_end_txn(ctx, success)
  if not success then
    exit() --> os-exit: ends Dovecot's worker
  end
end
--- other names
function dovecot_lua_notify_begin_txn(user)
  local os = {exit = function() end}
  os.exit()
  return {t = _G.os.time()}
end
