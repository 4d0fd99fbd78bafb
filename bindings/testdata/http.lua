Chunks about dovecot.http.

--- a request and its answer
local client = dovecot.http.client({timeout = 10000, debug = nil})
local r = client:request({url = "http://h/p", method = "POST"})
r:set_payload("x")
r:add_header("A-b", "c")
local response = r:submit()
assert(response:status() == 200 and response:reason() == "OK" and response:payload() == "" and response:header("x") == "")

--- refused [refused]
local response = dovecot.http.client({}):request({url = "http://h/p"}):submit()
assert(response:status() == 9003, response:status())

--- 503 [503]
local response = dovecot.http.client({}):request({url = "http://h/p"}):submit()
assert(response:status() == 503 and response:reason() == "Service Unavailable")

--- settings of the wrong type
dovecot.http.client({max_attempts = "2"}) --> Invalid HTTP client setting: max_attempts: non-negative number expected

--- a string setting of the wrong type
dovecot.http.client({user_agent = 1}) --> Invalid HTTP client setting: user_agent: string expected

--- a boolean setting of the wrong type
dovecot.http.client({no_auto_retry = "yes"}) --> Invalid HTTP client setting: no_auto_retry: boolean expected

--- an unknown setting [2.4]
dovecot.http.client({timeout = 10000}) --> Invalid HTTP client setting: timeout is unknown setting

--- a time without a unit [2.4]
dovecot.http.client({request_timeout = "10"}) --> Invalid HTTP client setting: request_timeout=10: Time interval '10' is missing units (add e.g. 's' for seconds)

--- times with units [2.4]
dovecot.http.client({request_timeout = "10s", auto_retry = "no", request_max_attempts = 2})

--- event_parent crashes 2.3
dovecot.http.client({event_parent = dovecot.event()}) --> event_parent in the settings of dovecot.http.client

--- event_parent [2.4]
dovecot.http.client({event_parent = dovecot.event()})

--- no settings
dovecot.http.client() --> expected 1 arguments, got 0

--- no url
dovecot.http.client({}):request({}) --> cannot create request: url not specified

--- a bad url
dovecot.http.client({}):request({url = "foo"}) --> Failed to parse url foo: Relative HTTP URL not allowed

--- submitted twice
local r = dovecot.http.client({}):request({url = "http://h/"})
r:submit()
r:submit() --> the request was used after submit()

--- a payload twice
local r = dovecot.http.client({}):request({url = "http://h/"})
r:set_payload("a")
r:set_payload("b") --> the payload was set twice

--- a header with a line break
local r = dovecot.http.client({}):request({url = "http://h/"})
r:add_header("A", "b\r\nC: d") --> the header line "A": "b\r\nC: d" cannot be sent: header value contains a control character

--- set_payload takes sync [2.4]
local r = dovecot.http.client({}):request({url = "http://h/"})
r:set_payload("a", true)

--- set_payload takes no sync
local r = dovecot.http.client({}):request({url = "http://h/"})
r:set_payload("a", true) --> expected 2 arguments, got 3

--- events of requests [2.4.3]
local r = dovecot.http.client({}):request({url = "http://h/"})
local e = dovecot.event()
r:set_event(e)
assert(r:get_event() == e)
