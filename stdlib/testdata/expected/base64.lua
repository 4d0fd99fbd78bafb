
local base64 = require "base64"
for text, want in pairs{[""] = "", a = "YQ==", ab = "YWI=", abc = "YWJj", ["\0\255\254"] = "AP/+", ["hello world"] = "aGVsbG8gd29ybGQ="} do
  eq(base64.encode(text), want)
  eq(base64.decode(want), text)
end
eq(base64.decode("aGVs\r\nbG8g d29y*bGQ="), "hello world")
local encoder, decoder = base64.makeencoder("-", "_"), base64.makedecoder("-", "_")
eq(base64.encode("\0\255\254", encoder), "AP_-") eq(base64.decode("AP_-", decoder), "\0\255\254")
eq(base64.encode("a", base64.makeencoder("-", "_", ".")), "YQ..")
eq(encoder[0], 65) eq(encoder[62], 45) eq(encoder[64], 61) eq(decoder[65], 0) eq(decoder[95], 63)
raises("attempt to perform arithmetic on a nil value", base64.decode, "YWJjZ")
raises("string expected, got nil", base64.encode, nil)
for n = 0, 40 do local text = ("\1\200z"):rep(20):sub(1, n) eq(base64.decode(base64.encode(text)), text) end
