--- an old release [2.3.15]
local root = dovecot.event() --> main-chunk: Dovecot 2.3.15 has no dovecot table yet
local log = function(s) dovecot.i_info(s) end
--- one of several [2.3.4 2.3]
dovecot.i_info("hello") --> main-chunk: Dovecot 2.3.4 has no dovecot table yet
--- a newer one
local root = dovecot.event()
--- in functions, and looked for [2.3.15]
local READONLY = dovecot and 1 or 0
function script_init()
  dovecot.i_info("hello")
  return 0
end
