
local JSON = require "JSON"
eq(tostring(JSON), "JSON encode/decode package")
eq(JSON.VERSION, 20141223.14)
-- encoding
eq(JSON:encode(nil), "null") eq(JSON:encode(true), "true") eq(JSON:encode(12), "12") eq(JSON:encode(1.5), "1.5")
eq(JSON:encode(0/0), "null") eq(JSON:encode(1/0), "1e+9999") eq(JSON:encode(-1/0), "-1e+9999")
eq(JSON:encode('a/b"\\\n\r\t\b\f\0\31\127é'), '"a/b\\"\\\\\\n\\r\\t\\b\\f\\u0000\\u001f\127é"')
eq(JSON:encode({}), "[]") eq(JSON:encode({{}}), "[[]]")
eq(JSON:encode({1, 2, 3}), "[1,2,3]")
eq(JSON:encode({"one", "two", [5] = "five"}), '["one","two",null,null,"five"]')
eq(JSON:encode({b = 1, a = 2, c = {x = "y"}}), '{"a":2,"b":1,"c":{"x":"y"}}')
eq(JSON:encode({"one", "two", SOME = "x"}), '{"SOME":"x","1":"one","2":"two"}')
eq(JSON:encode({[0] = "zero", [-1] = "minus"}), '{"-1":"minus","0":"zero"}')
eq(JSON:encode(JSON:newObject()), "{}") eq(JSON:encode(JSON:newArray()), "[]") eq(tostring(JSON:newObject{}), "JSON object")
raises("can't convert function to JSON", JSON.encode, JSON, print)
raises("can't encode table with a key of type boolean", JSON.encode, JSON, {[true] = 1})
raises("key 1 exists both as a string and a number.", JSON.encode, JSON, {[1] = 1, ["1"] = 2, x = 3})
raises('can\'t convert function to JSON ({"who":"me"})', JSON.encode, JSON, print, {who = "me"})
local loop = {} loop.loop = loop
raises("is a child of itself", JSON.encode, JSON, loop)
raises("JSON:encode must be called in method format", JSON.encode, {})
raises("JSON:encode must be called in method format", JSON.encode, "x")
local strict = JSON:new{noKeyConversion = true}
raises("a table with both numeric and string keys could be an object or array; aborting", strict.encode, strict, {1, a = 2})
-- pretty
eq(JSON:encode_pretty{city = "Kyoto", climate = {avg = 16, list = {1, {x = 1}}}, empty = {}}, [[
{
  "city": "Kyoto",
  "climate": {
    "avg": 16,
    "list": [ 1, {
      "x": 1
    } ]
  },
  "empty": []
}]])
eq(JSON:encode_pretty({1, 2}), "[ 1, 2 ]")
eq(JSON:encode({a = {b = 1}}, nil, {pretty = true, indent = "|  "}), '{\n|  "a": {\n|  |  "b": 1\n|  }\n}')
eq(JSON:encode_pretty({long = 1, a = {b = 2}}, nil, {pretty = true, indent = "  ", align_keys = true}), [[
{
     "a": {
            "b": 2
          },
  "long": 1
}]])
eq(JSON:encode_pretty({a = 1}, nil, {}), '{"a":1}')
-- decoding
eq(JSON:decode("12"), 12) eq(JSON:decode("-1.5e2"), -150) eq(JSON:decode("true"), true) eq(JSON:decode("null"), nil) eq(JSON:decode('"x"'), "x")
eq(JSON:decode('  {"a" : [1, null, 3]} trailing').a[3], 3)
eq(JSON:decode(""), nil) eq(JSON:decode("  "), nil)
eq(JSON:decode('"\\u00e9\\ud83d\\ude00\\ud800\\/\\q"'), "é😀?/q")
eq(getmetatable(JSON:decode("{}")), nil)
local typed = JSON:new{strictTypes = true}
eq(typed:encode(typed:decode('{"a":{},"b":[]}')), '{"a":{},"b":[]}')
raises("can't parse JSON at char 1 of: x", JSON.decode, JSON, "x")
raises("can't parse JSON at char 2 of: [x]", JSON.decode, JSON, "[x]")
raises("expected comma or '[' at char 4 of: [1 2]", JSON.decode, JSON, "[1 2]")
raises("expected colon at char 5 of: {\"a\"1}", JSON.decode, JSON, '{"a"1}')
raises("expected string's opening quote at char 2 of: {a:1}", JSON.decode, JSON, '{a:1}')
raises("unclosed string at char 1 of: \"abc", JSON.decode, JSON, '"abc')
raises("unclosed '[' at char 1 of: [1,", JSON.decode, JSON, '[1,')
raises('unexpected end of string: {"a":', JSON.decode, JSON, '{"a":')
raises("unclosed '{' at char 1 of: {", JSON.decode, JSON, '{"a":1, ')
raises("expected number at char 1 of: -x", JSON.decode, JSON, '-x')
raises("nil passed to JSON:decode()", JSON.decode, JSON, nil)
raises("expected string argument to JSON:decode(), got table", JSON.decode, JSON, {})
raises("html passed to JSON:decode(): <html>", JSON.decode, JSON, "<html>")
raises("JSON package groks only UTF-8, sorry", JSON.decode, JSON, "\0[\0]")
raises("can't parse JSON at char 1 of: x (\"etc\")", JSON.decode, JSON, "x", "etc")
raises("JSON:decode must be called in method format", JSON.decode, "[1]")
-- handlers of the script
local seen = {}
local mine = JSON:new()
function mine:onDecodeError(message, text, location, etc) seen = {message, text, location, etc} end
eq(mine:decode("x", "E"), nil) eq(seen[1], "can't parse JSON") eq(seen[2], "x") eq(seen[3], 1) eq(seen[4], "E")
raises("expected colon", mine.decode, mine, '{"a"1}')
mine.assert = function(ok, message) seen = {ok, message} end
eq(select(2, mine:decode('{"a"1}')), "expected colon") eq(seen[1], false)
function mine:onEncodeError(message, etc) seen = {message, etc} end
eq(mine:encode(print, 5), nil) eq(seen[1], "can't convert function to JSON") eq(seen[2], 5)
local asserting = JSON:new{assert = function(ok, message) error("MINE " .. message, 0) end}
raises("MINE", asserting.decode, asserting, "x")
function JSON:onDecodeError(message) error("own " .. message, 0) end
raises("own can't parse JSON", JSON.decode, JSON, "x")
