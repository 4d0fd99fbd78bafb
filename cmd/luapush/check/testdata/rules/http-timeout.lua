--- none
function script_init()
  local a = dovecot.http.client({}) --> http-timeout: up to 60 seconds
  local b = dovecot.http.client({debug = true, max_attempts = 1}) --> http-timeout: up to 60 seconds
  return 0
end
--- none, for 2.4 [2.4]
function script_init()
  local a = dovecot.http.client({auto_retry = "no"}) --> http-timeout: up to 60 seconds
end
--- one
function script_init()
  local a = dovecot.http.client({request_absolute_timeout_msecs = 1000})
  local b = dovecot.http.client {request_timeout_msecs = 1000}
  local settings = {}
  settings.request_timeout_msecs = 1000
  local c = dovecot.http.client(settings)
  return 0
end
--- not known
local function make(settings)
  return dovecot.http.client(settings)
end
return make
