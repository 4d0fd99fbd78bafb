-- Fails in script_init.

function script_init()
  error({})
end

function script_deinit()
  dovecot.i_info("deinit")
end
