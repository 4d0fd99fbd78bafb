-- lua5.4 ssl.https
return https.request(BASE .. "/echo")
---
return https.request(BASE .. "/echo", "a=b")
---
local t = {} local r = {https.request{url = BASE .. "/echo", method = "PUT", source = ltn12.source.string("x"), headers = {["content-length"] = 1}, sink = ltn12.sink.table(t)}} return r, t
---
return https.request{url = BASE .. "/echo", redirect = true}
---
return https.request{url = BASE .. "/echo", create = function() end}
---
return https.request{url = BASE .. "/echo", proxy = "http://127.0.0.1:9/"}
---
local r = {url = BASE .. "/echo", method = "HEAD"} return {https.request(r)}, {https.request(r)}
---
return https.request{url = BASE .. "/echo", verify = "peer", cafile = CA, sink = ltn12.sink.null()}
---
return https.request{url = BASE .. "/echo", verify = "peer", cafile = OTHER}
---
return https.request{url = BASE .. "/echo", verify = {"none"}, method = "HEAD"}
---
return http.request(BASE .. "/status/200")
---
return https.request(NOISE)
---
return https.request(CLOSING)
---
return https.request("https://127.0.0.1:1/")
---
https.TIMEOUT = 0.1 local r = {https.request(BASE .. "/hang")} https.TIMEOUT = 60 return r
---
https.TIMEOUT = 0.1 local r = {https.request(DEAF)} https.TIMEOUT = 60 return r
---
return https.request(BASE .. "/nothing")
---
return https.request(BASE .. "/reset")
---
return https.request(BASE .. "/redirect/302/echo")
---
return https._VERSION, https.TIMEOUT, https.PORT
---
return https.request("https:///x")
