-- Sends what a handler asks of dovecot.http, and of LuaSocket's socket.http, to a
-- server on this machine, which writes it down. It runs before the handler's first
-- line, and leaves no global behind.

local recorder = "@@RECORDER@@"

-- A URL that Dovecot would not take stays as it is, so that Dovecot says so.
local function detour(url)
  local scheme, rest = url:match("^(%a+)://(.*)$")
  scheme = scheme and scheme:lower()
  if scheme ~= "http" and scheme ~= "https" then return url end
  local authority, path = rest:match("^([^/?#]*)(.*)$")
  local login, host = authority:match("^(.*@)([^@]*)$")
  login, host = login or "", host or authority
  local name, port = host:match("^([%w.-]+):?(%d*)$")
  if not name then name, port = host:match("^(%[[%x:.]+%]):?(%d*)$") end
  if not name or port ~= "" and tonumber(port) > 65535 then return url end
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  return "http://" .. login .. recorder .. "/~luapush/" .. scheme .. "/" .. host .. path
end

local function copy(t)
  local out = {}
  for k, v in next, t do out[k] = v end
  return out
end

-- request is a field of each client in Dovecot 2.3.
local function wrap(client)
  local request = assert(rawget(client, "request"), "luapush verify: this Dovecot's HTTP client is not as expected")
  client.request = function(self, args)
    if type(args) == "table" and type(args.url) == "string" then
      args = copy(args)
      args.url = detour(args.url)
    end
    return request(self, args)
  end
  return client
end

if type(dovecot) == "table" and dovecot.http then
  local make = dovecot.http.client
  dovecot.http.client = function(options, ...)
    if type(options) == "table" and options.proxy_url then
      options = copy(options)
      options.proxy_url = nil
    end
    return wrap(make(options, ...))
  end
end

local preload = package.preload

preload["socket.http"] = function(name)
  preload[name] = nil
  package.loaded[name] = nil
  local http = require(name)
  http.PROXY = "http://" .. recorder
  return http
end

preload["ssl.https"] = function()
  error("luapush verify lets no request out of this machine, and cannot turn those of ssl.https aside; use dovecot.http, or --http live", 0)
end
