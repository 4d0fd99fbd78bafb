-- lua5.4 socket.http
return http.request(BASE .. "/echo")
---
return http.request(BASE .. "/echo", "a=b&c=d")
---
return http.request(BASE .. "/echo?q=1;p#frag")
---
return http.request(BASE:gsub("//", "//user:p%%20w@") .. "/echo")
---
local t = {} return {http.request{url = BASE .. "/echo", sink = ltn12.sink.table(t)}}, t
---
local t = {} local r = {http.request{url = BASE .. "/echo", method = "PUT", source = ltn12.source.string('{"user":"alice"}'), headers = {["Content-Type"] = "application/json; charset=utf-8", ["content-length"] = 16, ["X-Token"] = "s3", ["AUTHORIZATION"] = "Bearer x"}, sink = ltn12.sink.table(t)}} return r, t
---
local t = {} local r = {http.request{url = BASE .. "/echo", method = "POST", source = ltn12.source.string("chunked body"), sink = ltn12.sink.table(t)}} return r, t
---
return http.request{url = BASE .. "/echo", method = "HEAD"}
---
return http.request{url = BASE .. "/echo", method = "DELETE", sink = ltn12.sink.null()}
---
return http.request{url = BASE .. "/status/204"}
---
return http.request(BASE .. "/status/204")
---
return http.request(BASE .. "/status/304")
---
return http.request(BASE .. "/status/503")
---
return http.request(BASE .. "/status/404", "body")
---
return http.request(BASE .. "/length")
---
return http.request(BASE .. "/chunked")
---
return http.request(BASE .. "/untilclosed")
---
return http.request(BASE .. "/multi")
---
return http.request(BASE .. "/continue")
---
return http.request(BASE .. "/folded")
---
return http.request(BASE .. "/noreason")
---
return http.request(BASE .. "/short")
---
local t = {} local r = {http.request{url = BASE .. "/short", sink = ltn12.sink.table(t)}} return r, t
---
return http.request(BASE .. "/shortchunk")
---
return http.request(BASE .. "/badchunk")
---
return http.request(BASE .. "/nothing")
---
return http.request(BASE .. "/reset")
---
return http.request(BASE .. "/garbage")
---
local t = {} local r = {http.request{url = BASE .. "/garbage", sink = ltn12.sink.table(t)}} return r, t
---
return http.request(BASE .. "/tiny")
---
return http.request(BASE .. "/badstatus")
---
return http.request(BASE .. "/badheader")
---
http.TIMEOUT = 0.1 local r = {http.request(BASE .. "/hang")} http.TIMEOUT = 60 return r
---
http.TIMEOUT = 0.1 local r = {http.request(BASE .. "/slow")} http.TIMEOUT = 60 return r
---
return http.request("http://127.0.0.1:1/")
---
return http.request("http://nothing.invalid/")
---
return http.request("http:///nohost")
---
return http.request(BASE .. "/redirect/302/echo")
---
return http.request(BASE .. "/redirect/301/echo", "body")
---
return http.request{url = BASE .. "/redirect/303/echo", redirect = false}
---
return http.request{url = BASE .. "/redirect/307/echo", method = "HEAD"}
---
return http.request(BASE .. "/redirect/308/echo")
---
local r = {http.request(BASE .. "/loop")} return r
---
local r = {http.request{url = BASE .. "/loop", maxredirects = 2}} return r
---
return http.request(BASE .. "/relative/x")
---
return http.request(BASE .. "/ftp")
---
return http.request{url = BASE .. "/echo", sink = function() return nil, "the sink is full" end}
---
return http.request{url = BASE .. "/echo", method = "POST", source = function() return nil, "the source is dry" end}
---
return http.request{url = BASE .. "/echo", sink = function(chunk) error("raised") end}
---
local n = 0 return http.request{url = BASE .. "/length", sink = ltn12.sink.null(), step = function(a, b) n = n + 1 return ltn12.pump.step(a, b) end}, n > 1
---
http.USERAGENT = "mine/1" local r = {http.request(BASE .. "/echo")} http.USERAGENT = "LuaSocket 3.0.0" return r
---
return http.request{url = BASE .. "/echo", headers = {host = "other.example", ["user-agent"] = "own", connection = "close"}, sink = ltn12.sink.null()}
---
return http.request{url = BASE .. "/echo", path = "/status/201", query = "x=y"}
---
return http.request{url = BASE .. "/echo", uri = "/status/202"}
---
local u = url.parse(BASE) return http.request{host = u.host, port = u.port, scheme = "http", path = "/status/203"}
---
local t = {} local r = {http.request{url = BASE .. "/echo", method = "POST", source = ltn12.source.string(""), headers = {["content-length"] = 0}, sink = ltn12.sink.table(t)}} return r, t
