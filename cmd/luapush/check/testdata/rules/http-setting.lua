--- unknown settings of 2.3
function script_init()
  local a = dovecot.http.client({timeout = 10000}) --> http-setting: timeout is no setting of Dovecot 2.3.19.1
  local b = dovecot.http.client({request_timeout = "2s"}) --> http-setting: request_timeout is no setting
  local c = dovecot.http.client({request_timeout_msec = 2000}) --> http-setting: request_timeout_msec
  local d = dovecot.http.client({request_timeout_msecs = 2000, request_max_attempts = 2}) --> http-setting: request_max_attempts
  return 0
end
--- values that 2.3 does not take
function script_init()
  local a = dovecot.http.client({request_timeout_msecs = "2000"}) --> http-setting: request_timeout_msecs: non-negative number expected
  local b = dovecot.http.client({request_timeout_msecs = 2000, debug = "yes"}) --> http-setting: debug: boolean expected
  local c = dovecot.http.client({
    request_timeout_msecs = 2000,
    proxy_url = "nonsense", --> http-setting: proxy_url
    user_agent = true, --> http-setting: user_agent: string expected
    event_parent = dovecot.event(), --> http-setting: event_parent crashes
  })
  return 0
end
--- unknown settings and values of 2.4 [2.4]
function script_init()
  local a = dovecot.http.client({timeout = 10000}) --> http-setting: Dovecot 2.4.4 raises an error
  local b = dovecot.http.client({request_timeout_msecs = 2000}) --> http-setting: request_timeout_msecs is no setting
  local c = dovecot.http.client({request_timeout = 2000}) --> http-setting: missing units
  local d = dovecot.http.client({request_timeout = "2s", no_auto_retry = true}) --> http-setting: no_auto_retry
  local e = dovecot.http.client({request_timeout = "2s", auto_retry = "cow"}) --> http-setting: Invalid boolean value
  local f = dovecot.http.client({request_timeout = "2s", debug = true}) --> http-setting: debug
end
--- both releases at once [2.3 2.4]
function script_init()
  local a = dovecot.http.client({request_timeout_msecs = 2000}) --> http-setting: Dovecot 2.4.4's
  local b = dovecot.http.client({request_timeout = "2s"}) --> http-setting: Dovecot 2.3.19.1's
  return 0
end
--- right for 2.3, also filled in later
local settings = {request_timeout_msecs = 2000}
function script_init()
  settings.max_attempts = 2
  local a = dovecot.http.client(settings)
  local b = dovecot.http.client({request_timeout_msecs = 1000, debug = nil, user_agent = "me", no_auto_retry = true})
  local c = dovecot.http.client({["request_timeout_msecs"] = 1000, proxy_url = "http://proxy:3128"})
  return 0
end
--- nearly right for 2.4 [2.4]
function script_init(settings)
  local a = dovecot.http.client({request_timeout = "2s", auto_retry = "no", request_max_attempts = 2})
  local b = dovecot.http.client({request_timeout = settings.timeout, auto_retry = true, user_agent = "x"}) --> http-setting: auto_retry=true: Invalid boolean value
  local c = dovecot.http.client({request_timeout = "500ms", event_parent = dovecot.event()})
end
--- keys that are not known
local function made(name)
  return dovecot.http.client({[name] = 1})
end
function script_init()
  made("request_timeout_msecs")
  return 0
end
--- a branch for each generation [2.3 2.4]
local function new(timeout)
  if dovecot.net_ip_family then
    return dovecot.http.client({request_timeout = timeout .. "ms"})
  end
  return dovecot.http.client({request_timeout_msecs = timeout})
end
function script_init()
  local a = new(2000)
  if not dovecot.nanoseconds or dovecot.gettimeofday == nil then
    local b = dovecot.http.client({request_timeout_msecs = 2000})
  elseif dovecot.nanoseconds ~= nil then
    local b = dovecot.http.client({request_timeout = "2s"})
  else
    local b = dovecot.http.client({request_timeout_msecs = 2000})
  end
  return 0
end
--- a branch for the other generation [2.3]
function script_init()
  local settings = {request_timeout_msecs = 2000}
  if dovecot.http and dovecot.net_ip_family then
    settings = {request_timeout = "2s"}
    local a = dovecot.http.client({request_timeout = "2s"})
  end
  return 0
end
--- the wrong branch [2.3 2.4]
function script_init()
  if dovecot.net_ip_family then
    local a = dovecot.http.client({request_timeout_msecs = 2000}) --> http-setting: Dovecot 2.4.4's
    return 0
  end
  local b = dovecot.http.client({request_timeout = "2s"}) --> http-setting: Dovecot 2.3.19.1's
  return 0
end
--- branches that say nothing of the release [2.3 2.4]
local on
function script_init(given)
  if on or dovecot.net_ip_family then
    local a = dovecot.http.client({request_timeout = "2s"}) --> http-setting: Dovecot 2.3.19.1's
  elseif dovecot.http then
    local a = dovecot.http.client({request_timeout_msecs = 2000})
  end
  if dovecot.net_ip_family then
    on = true
  end
  local b = dovecot.http.client({request_timeout = "2s"}) --> http-setting: Dovecot 2.3.19.1's
  return 0
end
