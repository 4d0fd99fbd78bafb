local t = require "luapush.test"
local help = require "help"
local order = {}
local function add(name) return function() order[#order + 1] = name end end

t.before(add("before"))
t.after(add("after"))

t.describe("inner", function()
  t.before(add("before inner"))
  t.after(add("after inner"))
  t.case("case", add("case"))
end)

t.case("the order of hooks", function()
  t.same(order, {"before", "before inner", "case", "after inner", "after", "before"})
end)

t.case("a module of the test", function() t.equal(help.answer, 42) end)

t.case("coroutines", function()
  local h = t.load("session.lua")
  local co = coroutine.wrap(function()
    h:play(t.message_new{})
    coroutine.yield(1)
    t.equal(h.success, true)
    return 2
  end)
  t.equal(co(), 1)
  t.equal(co(), 2)
end)

t.case("protected calls", function()
  local ok, failure = pcall(t.equal, 1, 2)
  t.equal(ok, false)
  t.contains(tostring(failure), "the values are not equal")
  t.equal(select("#", pcall(t.equal, 1, 1)), 1)
end)

t.case("chunks that print", function() print("hello", 1) io.write("there\n") end)

t.case("libraries", function()
  t.equal(require("cjson").decode('{"a":1}').a, 1)
  t.equal(require("socket.url").parse("http://x/y").host, "x")
  t.equal(require("base64").encode("x"), "eA==")
end)

t.case("folders below", function()
  t.load("sub/handler.lua"):play(t.message_new{}):expect_log("from part")
end)

t.case("an empty reason is one", {skip = ""}, function() t.fail("it ran") end)
