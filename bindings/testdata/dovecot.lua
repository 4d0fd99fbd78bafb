Chunks about the dovecot table; chunk_test.go says how to read them.

--- pairs shows the sub-tables only
local names = {}
for k in pairs(dovecot) do names[#names + 1] = k end
table.sort(names)
assert(table.concat(names, " ") == "http storage", table.concat(names, " "))
assert(type(dovecot.i_info) == "function")
assert(getmetatable(dovecot).__index == getmetatable(dovecot))

--- pairs shows base64, too [2.4]
local names = {}
for k in pairs(dovecot) do names[#names + 1] = k end
table.sort(names)
assert(table.concat(names, " ") == "base64 http storage", table.concat(names, " "))

--- the table can be written to
dovecot.mine = 1
assert(dovecot.mine == 1)

--- logging
dovecot.i_debug("d") --= debug d
dovecot.i_info("i") --= info i
dovecot.i_warning("w") --= warning w
dovecot.i_error("e") --= error e
dovecot.i_info(12) --= info 12
dovecot.i_info("cut\0off") --= info cut
assert(select("#", dovecot.i_info("x")) == 0) --= info x

--- logging needs a string
dovecot.i_info({}) --> bad argument #1 to 'i_info' (string expected, got table)

--- logging takes one argument
dovecot.i_info("a", "b") --> expected 1 arguments, got 2

--- logging takes one argument, not none
dovecot.i_info() --> expected 1 arguments, got 0

--- has_flag
assert(dovecot.has_flag(5, 4) == true)
assert(dovecot.has_flag(5, 2) == false)
assert(dovecot.has_flag(5, 0) == true)
assert(dovecot.has_flag("5", 4.0) == true)
assert(dovecot.set_flag(1, 4) == 5)
assert(dovecot.clear_flag(5, 4) == 1)

--- has_flag needs a whole number
dovecot.has_flag(1.5, 1) --> bad argument #1 to 'has_flag' (number has no integer representation)

--- has_flag needs a number
dovecot.has_flag(1, "x") --> bad argument #2 to 'has_flag' (number expected, got string)

--- the constants
assert(dovecot.storage.STATUS_MESSAGES == 1 and dovecot.storage.STATUS_HIGHESTPVTMODSEQ == 8192)
assert(dovecot.storage.MAILBOX_FLAG_AUTO_CREATE == nil)
assert(dovecot.storage.MAILBOX_SYNC_FLAG_FULL_WRITE == 2)
assert(dovecot.storage.MAILBOX_ATTRIBUTE_PREFIX_DOVECOT_PVT_SERVER == "vendor/vendor.dovecot/pvt/server/")

--- FULL_WRITE is gone [2.4]
assert(dovecot.storage.MAILBOX_SYNC_FLAG_FULL_WRITE == nil)

--- the prefixes came with 2.3.7 [2.3.6]
assert(dovecot.storage.MAILBOX_ATTRIBUTE_PREFIX_DOVECOT == nil)
assert(user.metadata_get == nil)

--- http came with 2.3.19 [2.3.18]
assert(dovecot.http == nil)

--- restrict_global_variables: reading
dovecot.restrict_global_variables(true)
local x = undefined_thing --> attempt to write to read undeclared global variable undefined_thing

--- restrict_global_variables: writing
dovecot.restrict_global_variables(true)
function fine() end
user = nil
undefined_thing = 1 --> attempt to write to undeclared global variable undefined_thing

--- restrict_global_variables: 0 and "" are on
dovecot.restrict_global_variables(0)
local x = undefined_thing --> attempt to write to read undeclared global variable undefined_thing

--- restrict_global_variables: off again
dovecot.restrict_global_variables(true)
dovecot.restrict_global_variables(false)
undefined_thing = 1
assert(another == nil)
assert(next(getmetatable(_G)) == nil)

--- restrict_global_variables takes one argument
dovecot.restrict_global_variables() --> expected 1 arguments, got 0

--- restrict_global_variables came with 2.3.17 [2.3.16]
assert(dovecot.restrict_global_variables == nil)

--- what came with 2.4 [2.3]
for _, name in ipairs({"gettimeofday", "nanoseconds", "microseconds", "net_ip_family", "tabescape", "tabunescape", "split_tabescaped", "var_expand"}) do
  assert(dovecot[name] == nil, name)
end
assert(dovecot.base64 == nil)

--- time [2.4]
local now = dovecot.gettimeofday()
assert(now.tv_sec == 1795290011 and now.tv_usec == 123456)
assert(dovecot.microseconds() == 1795290011123456)

--- net_ip_family [2.4]
assert(dovecot.net_ip_family("127.0.0.1") == 4)
assert(dovecot.net_ip_family("::1") == 6)
assert(dovecot.net_ip_family("example.com") == 0)
assert(dovecot.net_ip_family("") == 0)

--- tabs [2.4]
assert(dovecot.tabescape("a\tb\r\n\0\1c") == "a\1tb\1r\1n\0010\0011c")
assert(dovecot.tabunescape("a\1tb\1r\1n\0010\0011c") == "a\tb\r\n\0\1c")
local list = dovecot.split_tabescaped("a\tb\1tc\t")
assert(#list == 3 and list[1] == "a" and list[2] == "b\tc" and list[3] == "")

--- base64 [2.4]
assert(dovecot.base64.encode("a\0\255") == "YQD/")
assert(dovecot.base64.decode("YQD/") == "a\0\255")
assert(dovecot.base64.decode("YWJj!") == "abc")
assert(dovecot.base64.decode("") == "")
assert(dovecot.base64.encode("a") == "YQ==")
