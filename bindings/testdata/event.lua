Chunks about dovecot.event.

--- a plain event
dovecot.event():log_info("x") --= info lua: x

--- chaining, fields and the name, which one line uses up
local e = dovecot.event():set_name("n"):add_str("s", "v"):add_int("i", 7):add_timeval("t", 5):inc_int("i", -2):inc_int("c", 3)
e:log_info("one") --= info lua: one [n s=v i=5 t=5 c=3]
e:log_warning("two") --= warning lua: two [s=v i=5 t=5 c=3]
e:log_error("three") --= error lua: three [s=v i=5 t=5 c=3]

--- a debug line that is not written uses the name up
local e = dovecot.event():set_name("n")
e:log_debug("quiet") --= debug lua: quiet [n] (suppressed)
e:log_info("loud") --= info lua: loud

--- debug lines with mail_debug [debug]
dovecot.event():log_debug("x") --= debug lua: x

--- prefixes
local e = dovecot.event():append_log_prefix("a: ")
e:log_info("x") --= info lua: a: x
e:append_log_prefix("b: ")
e:log_info("x") --= info lua: b: x
local child = dovecot.event(e):append_log_prefix("c: ")
child:log_info("x") --= info lua: b: c: x
e:replace_log_prefix("R: ")
child:log_info("x") --= info R: c: x (replaced)
child:replace_log_prefix("S: ")
child:log_info("x") --= info S: x (replaced)

--- children inherit fields
local parent = dovecot.event():add_str("a", "1"):add_str("b", "2")
dovecot.event(parent):add_str("b", "3"):log_info("x") --= info lua: x [b=3 a=1]

--- the same key twice
dovecot.event():add_str("a", "1"):add_str("b", "2"):add_str("a", "3"):log_info("x") --= info lua: x [a=3 b=2]

--- numbers for strings and strings for numbers
dovecot.event():add_str("a", 1):add_int("b", "200"):log_info(3) --= info lua: 3 [a=1 b=200]

--- what is no number
dovecot.event():add_int("a", "x") --> bad argument #2 to 'add_int' (number expected, got string)

--- what is no whole number
dovecot.event():add_int("a", 1.5) --> bad argument #2 to 'add_int' (number has no integer representation)

--- nil from a failed request
dovecot.event():add_int("a", nil) --> bad argument #2 to 'add_int' (number expected, got nil)

--- too few arguments
dovecot.event():add_int("a") --> expected 3 arguments, got 2

--- too many arguments
dovecot.event():set_name("a", "b") --> expected 2 arguments, got 3

--- a parent that is nil
dovecot.event(nil) --> Bad argument #1, expected struct event got nil

--- a parent that is a string
dovecot.event("x") --> Bad argument #1, expected struct event got string

--- called without self
local e = dovecot.event()
e.log_info("x", "y") --> Bad argument #1, expected struct event got string

--- a table that is no event
local e = dovecot.event()
e.log_info({}, "y") --> Bad argument #1, expected struct event got a table without its item

--- a pass-through event is for one line
local e = dovecot.event():add_str("own", "1")
local p = e:passthrough_event()
assert(p.passthrough_event == nil)
p:set_name("n"):add_str("s", "v")
p:log_info("x") --= info lua: x [n s=v own=1]
e:log_info("y") --= info lua: y [own=1]

--- a pass-through event used twice
local p = dovecot.event():passthrough_event()
p:log_info("x") --= info lua: x
p:log_info("y") --> a pass-through event was used again after its log call

--- two pass-through events at once
local e = dovecot.event()
e:passthrough_event()
e:passthrough_event() --> a pass-through event was made before the one of line 2 was logged

--- two pass-through events at once is only logged [2.4.3]
local e = dovecot.event()
e:passthrough_event() --= error Passthrough event leaked by Lua script at chunk.lua:2
e:passthrough_event():log_info("x") --= info lua: x

--- forced debug [2.4.1]
local e = dovecot.event():set_forced_debug()
e:log_debug("x") --= debug lua: x
e:unset_forced_debug():log_debug("y") --= debug lua: y (suppressed)

--- forced debug came with 2.4.1 [2.4.0]
assert(dovecot.event().set_forced_debug == nil)

--- a pass-through event has a name of its own
local p = dovecot.event():passthrough_event()
assert(getmetatable(p).__name == "struct event_passthrough")
p:log_info("x") --= info lua: x
