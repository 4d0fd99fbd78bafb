local t = require "luapush.test"

local DEVICE = "https://push.example.com/device/17"
local REGISTRATION = "/private/vendor/example.com/notify"
local NEWEST = "/private/vendor/example.com/newest"

local h

t.before(function()
  t.http{["POST " .. DEVICE] = 200}
  h = t.load("handler.lua", {metadata = {[REGISTRATION] = DEVICE}})
end)

t.case("notifies and leaves a mark", function()
  h:play(t.message_new{subject = "Lunch", from = "Dana <dana@example.net>", uid = 5, uid_validity = 2})
  h:expect_request{"POST " .. DEVICE, body = "New mail from dana@example.net: Lunch"}
  h:expect_metadata(NEWEST, "2:5")
end)

t.case("notifies once", function()
  h:play(t.message_new{uid = 5})
  h:play(t.message_new{uid = 5})
  h:expect_request{count = 1}
end)

t.case("leaves others alone", function()
  t.load("handler.lua", {user = "bob@example.com"}):play(t.message_new{}):expect_no_request()
end)

for _, status in ipairs{404, 410} do
  t.case("forgets a device that answers " .. status, function()
    t.http(status)
    h:play(t.message_new{})
    h:expect_metadata{op = "unset", key = REGISTRATION}
    h:play(t.message_new{uid = 2})
    h:expect_request{count = 1}
  end)
end

t.case("keeps a device that fails", function()
  t.http("timeout")
  h:play(t.message_new{})
  h:expect_log("answered 9008")
  h:expect_no_metadata()
end)

t.case("metadata that cannot be written is a line in the log", function()
  h = t.load("handler.lua", {metadata = {[REGISTRATION] = DEVICE}, metadata_error = "Quota exceeded"})
  h:play{t.message_new{uid = 1}, t.message_new{uid = 2}}
  h:expect_request{count = 2}
  h:expect_log{"registered-users: Cannot get attribute: Quota exceeded", level = "error", count = 2}
end)
