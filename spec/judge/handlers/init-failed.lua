-- Says that it failed.

function script_init()
  return -1
end

function script_deinit()
  dovecot.i_info("deinit")
end
