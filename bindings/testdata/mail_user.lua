Chunks about mail_user objects.

--- fields
assert(user.username == "alice@example.com" and user.home == "/srv/mail/alice" and user.uid == 5000 and user.gid == 6000)
assert(user.service == "lmtp" and user.session_id == "SESSION" and user.session_create_time == 1795290011)
assert(user.anonymous == false and user.mail_debug == false and user.admin == false)
assert(type(user.item) == "userdata")
assert(tostring(user) == "alice@example.com")

--- mail_debug is gone [2.4]
assert(user.mail_debug == nil)

--- comparing users, which crashes Dovecot
assert(user == user and user <= user and not (user < user))

--- settings
assert(user:plugin_getenv("url") == "http://u:p@hook.example/x")
assert(user:plugin_getenv("empty") == "")
assert(user:plugin_getenv("missing") == nil)
assert(user:plugin_getenv("quota") == "1G")

--- plugin_getenv is gone [2.4]
assert(user.plugin_getenv == nil)

--- plugin_getenv takes one argument
user:plugin_getenv() --> expected 2 arguments, got 1

--- a setting's name must be a string
user:plugin_getenv(nil) --> the setting's name must be a string, got nil

--- variables
assert(user:var_expand("%u %n %d %%") == "alice@example.com alice example.com %")

--- variables of 2.4 [2.4]
assert(user:var_expand("%{user | domain}") == "example.com")

--- metadata
local v, missing, empty = user:metadata_get("/private/k", "/private/missing", "/private/empty")
assert(v == "v" and missing == nil and empty == "")
user:metadata_set("/private/new", 12) --! set "" /private/new 12
assert(user:metadata_get("/private/new") == "12")
user:metadata_set("/private/k", nil) --! unset "" /private/k
assert(user:metadata_get("/private/k") == nil)
user:metadata_set("/private/new", false) --! unset "" /private/new
user:metadata_unset("/private/never") --! unset "" /private/never
local list = user:metadata_list("/private/", "/shared/")
local names = {}
for k, v in pairs(list) do names[#names + 1] = k .. "=" .. v end
table.sort(names)
assert(table.concat(names, " ") == "/private/empty= /shared/admin= /shared/comment= /shared/s=t", table.concat(names, " "))

--- a key without its prefix
user:metadata_get("k") --> Invalid key prefix, must be /private/ or /shared/

--- a key in capitals
user:metadata_set("/PRIVATE/k", "v") --> Invalid key prefix, must be /private/ or /shared/

--- no key
user:metadata_get() --> expecting at least 1 parameter

--- a key that is no string
user:metadata_get("/private/k", {}) --> expected string at #3

--- metadata_set takes two arguments
user:metadata_set("/private/k") --> expected 3 arguments, got 2

--- a value with a NUL
user:metadata_set("/private/k", "a\0b") --> Cannot get attribute: Attribute string value has NULs

--- entries that nobody set are listed by whole parts of their names
local function keys(prefix)
  local names = {}
  for k in pairs(user:metadata_list(prefix)) do names[#names + 1] = k end
  table.sort(names)
  return table.concat(names, " ")
end
assert(keys("/shared/a") == "", keys("/shared/a"))
assert(keys("/shared/admin") == "/shared/admin", keys("/shared/admin"))
assert(keys("/shared/comment/") == "/shared/comment/", keys("/shared/comment/"))
assert(keys("/shared/comments") == "", keys("/shared/comments"))
