--- 2.3 gives none
local url
function script_init(settings)
  url = settings.url --> script-init-settings: Dovecot 2.3.19.1 calls script_init without arguments
  return 0
end
--- one of two [2.4 2.3.21]
function script_init(s)
  local url = s["url"] --> script-init-settings: Dovecot 2.3.21
  return 0
end
--- 2.4 does [2.4]
local url
function script_init(settings)
  url = settings.url
end
--- looked for
local url
function script_init(settings)
  settings = settings or {}
  url = settings.url
  return 0
end
--- looked for otherwise
local url
function script_init(settings)
  if settings ~= nil then
    url = settings.url
  end
  return 0
end
