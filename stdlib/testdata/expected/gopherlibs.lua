
local crypto, hex, strings = require "crypto", require "hex", require "strings"
-- crypto: RFC 1321, FIPS 180-2, FIPS 197, SP 800-38A
eq(crypto.md5("abc"), "900150983cd24fb0d6963f7d28e17f72")
eq(crypto.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
eq(crypto.md5(12), crypto.md5("12"))
local key, iv = "2b7e151628aed2a6abf7158809cf4f3c", "000102030405060708090a0b0c0d0e0f"
local plain = "6bc1bee22e409f96e93d7e117393172a"
eq(crypto.aes_encrypt_hex("cbc", key, iv, plain):sub(1, 32), "7649abac8119b246cee98e9b12e9197d")
eq(crypto.aes_decrypt_hex(crypto.CBC, key, iv, "7649abac8119b246cee98e9b12e9197d"), plain)
eq(crypto.aes_encrypt_hex("CTR", key, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", plain), "874d6191b620e3261bef6864990db6ce")
for _, mode in ipairs{"GCM", "CTR"} do
  local nonce = ("n"):rep(mode == "GCM" and 12 or 16)
  local sealed = crypto.aes_encrypt(mode, ("k"):rep(32), nonce, "hello")
  eq(crypto.aes_decrypt(mode, ("k"):rep(32), nonce, sealed), "hello")
end
eq(select(2, crypto.aes_decrypt("CBC", ("k"):rep(16), "short", ("x"):rep(16))), "failed to decrypt: invalid IV size: 5, expected: 16")
eq(select(2, crypto.aes_decrypt("ctr", ("k"):rep(16), "", "x")), "failed to decrypt: invalid IV size: 0, expected: 16")
eq(select(2, crypto.aes_decrypt_hex("CTR", key, "00", "00")), "failed to decrypt: invalid IV size: 1, expected: 16")
eq(select(2, crypto.aes_decrypt_hex("CTR", key, ("z"):rep(32), "00")):sub(1, 24), "failed to decode params:")
eq(select(2, crypto.aes_encrypt("GCM", "k", "", "")), "failed to encrypt: crypto/aes: invalid key size 1")
raises("(invalid mode: ECB)", crypto.aes_encrypt, "ECB", "", "", "")
raises("(string expected, got table)", crypto.md5, {})
-- hex
eq(hex.encode_to_string("\0\255a"), "00ff61") eq(hex.decode_string("00FF61"), "\0\255a")
eq(select(2, hex.decode_string("0g")), "encoding/hex: invalid byte: U+0067 'g'")
raises("new_encoder is not available in luapush", hex.new_encoder, io.stdout)
-- strings
eq(table.concat(strings.split("a,b,,c", ","), "|"), "a|b||c") eq(table.concat(strings.split("aé"), "|"), "a|é")
eq(table.concat(strings.fields("  a\tb \n c "), "|"), "a|b|c")
eq(strings.has_prefix("abc", "ab"), true) eq(strings.has_suffix("abc", "ab"), false) eq(strings.contains("abc", "bc"), true)
eq(strings.trim("xxaxx", "x"), "a") eq(strings.trim_space(" a "), "a") eq(strings.trim_prefix("abc", "a"), "bc") eq(strings.trim_suffix("abc", "c"), "ab")
raises("(string expected, got no value)", strings.trim, "x")
raises("new_builder is not available in luapush", strings.new_builder)
-- humanize
local humanize = require "humanize"
eq(humanize.ibytes(1536), "1.5 KiB") eq(humanize.parse_bytes("1.5 KiB"), 1536) eq(humanize.si(0.0000012, "m"), "1.2 µm")
eq(humanize.time(os.time() - 7200), "2 hours ago") eq(humanize.time(os.time() + 200), "3 minutes from now")
eq(select(2, humanize.parse_bytes("x")):sub(1, 8), "strconv.")
raises("must be positive", humanize.ibytes, -1)
raises("must be positive", humanize.ibytes, 0/0)
for _, n in ipairs{0, -0.0, 1/0, -1/0, 0/0, 1e308, 5e-324} do eq(type(humanize.si(n, "B")), "string") end
-- time
local time = require "time"
eq(math.abs(time.unix() - os.time()) < 2, true) eq(time.unix_nano() > 1.7e18, true)
eq(time.parse("2024-02-29T12:00:00Z", "2006-01-02T15:04:05Z07:00"), 1709208000)
eq(time.parse("2024-02-29 12:00", "2006-01-02 15:04", "Europe/Berlin"), 1709204400)
eq(time.format(1709208000.5, "2006-01-02 15:04:05.0", "UTC"), "2024-02-29 12:00:00.5")
eq(type(time.format(0)), "string")
eq(select(2, time.parse("x", "2006")):sub(1, 12), 'parsing time')
eq(select(2, time.format(0, "2006", "../../etc/passwd")), "time: invalid location name")
for _, n in ipairs{1/0, -1/0, 0/0, 1e300} do raises("not a time", time.format, n, "2006") end
eq(type(time.format(2^52, "2006")), "string")
time.sleep(0.001)
-- regexp
local regexp = require "regexp"
eq(regexp.match("^a+$", "aaa"), true) eq(regexp.match("b", "aaa"), false)
eq(select(2, regexp.match("(", "")), "error parsing regexp: missing closing ): `(`")
eq(select(2, regexp.compile("a{1001}")), "error parsing regexp: invalid repeat count: `{1001}`")
local found = regexp.find_all_string_submatch("(\\w+)=(\\d*)", "a=1 b= c=22")
eq(#found, 3) eq(found[1][1], "a=1") eq(found[2][3], "") eq(found[3][2], "c") eq(found[3][3], "22")
local re = regexp.compile("x*")
eq(re:match("y"), true) eq(#re:find_all_string_submatch("axxb"), 3)
raises("(regexp expected, got table)", re.match, {}, "x")
-- yaml
local yaml = require "yaml"
local doc = yaml.decode("a: [1, 2.5, true, null, x]\nb: {c: d}\n1: one\n2: two\nbig: 18446744073709551615\nday: 2024-01-01\n? ~\n: none\n.nan: none\n")
eq(doc.a[1], 1) eq(doc.a[2], 2.5) eq(doc.a[3], true) eq(doc.a[4], nil) eq(doc.a[5], "x") eq(doc.b.c, "d")
eq(doc[1], "one") eq(doc[2], "two") eq(#doc, 2) eq(doc.big, 18446744073709551615) eq(doc.day, "2024-01-01")
local keys = 0 for _ in pairs(doc) do keys = keys + 1 end eq(keys, 6)
eq(yaml.decode(""), nil) eq(yaml.decode("x"), "x")
eq(select(2, yaml.decode("a: [")):sub(1, 5), "yaml:")
eq(yaml.decode("a: &x {z: 1}\nb: *x\n").b.z, 1)
eq(yaml.encode({b = 1, a = {"x", 1.5, true}, [2] = "two", [10] = "ten"}), "2: two\n10: ten\na:\n- x\n- 1.5\n- true\nb: 1\n")
eq(yaml.encode({}), "[]\n") eq(yaml.encode("x"), "x\n") eq(yaml.encode(nil), "null\n") eq(yaml.encode(2^53), "9007199254740992\n")
local shared = {1}
eq(yaml.encode({shared, shared}), "- - 1\n- - 1\n")
local loop = {} loop[1] = loop
eq(select(2, yaml.encode(loop)), "a table is within itself")
eq(select(2, yaml.encode({print})), "cannot encode values with function in them")
eq(yaml.decode(yaml.encode("\255\0")), "\255\0")
-- what they leave behind
for name in pairs(_G) do eq(name:find("[.]") or name:find("_ud$"), nil) end
