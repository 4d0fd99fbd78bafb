-- Everything by which a handler sees the time pass.
local sockets, times = require "socket", require "time"
local http = require "socket.http"

function now() return os.time() end
function clock() return os.clock() end
function date(format) return os.date(format) end
function gettime() return sockets.gettime() end
function unix() return times.unix() end
function slept(n) local before = os.time() sockets.sleep(n) times.sleep(n) return os.time() - before end
function dovecot_time() return dovecot.gettimeofday().tv_sec, dovecot.nanoseconds(), dovecot.microseconds() end
function status(settings)
  local client = dovecot.http.client(settings)
  local response = client:request({url = "http://hook.example/", method = "POST"}):submit()
  return response:status(), response:payload()
end
function luasocket(timeout) http.TIMEOUT = timeout return http.request("http://hook.example/") end
function wrong_client() dovecot.http.client(5) end
function numbers() return math.random(1000000), math.random(1000000) end
function fetch(address) return http.request(address) end
