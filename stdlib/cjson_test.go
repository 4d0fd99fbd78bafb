package stdlib

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	vm "github.com/yuin/gopher-lua"

	"github.com/luapush/luapush/runtime/lua/native"
)

const (
	frozenCJSON = "testdata/cjson.jsonl"
	freshCJSON  = `local M = require("cjson.safe").new() for k, v in pairs(require("cjson").new()) do M[k] = v end
		M.safe = require("cjson.safe").new()`
)

// cjsonWithSafe is the loader of a table like that of freshCJSON: cjson, with cjson.safe in its field "safe".
func cjsonWithSafe(L *vm.LState) int {
	module := newCJSON(L, false)
	module.RawSetString("safe", newCJSON(L, true))
	L.Push(module)
	return 1
}

// TestCJSONFrozen compares with what lua-cjson 2.1.0 answered under Lua 5.4.
func TestCJSONFrozen(t *testing.T) {
	if *update {
		writeFrozen(t, frozenCJSON, ask(t, "lua5.4", freshCJSON, append(cjsonExperiments(), randomJSON(1, 150)...)))
	}
	experiments := readFrozen(t, frozenCJSON)
	if len(experiments) < 400 {
		t.Errorf("only %d frozen experiments", len(experiments))
	}
	compare(t, cjsonWithSafe, experiments)
}

func TestCJSONDifferential(t *testing.T) {
	installed(t, "lua5.4", `require "cjson"`)
	compare(t, cjsonWithSafe, ask(t, "lua5.4", freshCJSON, randomJSON(rand.Uint64(), 1500)))
}

// jsonTexts are inputs for every decoder: right, wrong, and on the border.
var jsonTexts = []string{"", "  ", "nul", "null", "true", "false", "nullx", "{", "[", "[1", "[1,", "[1,]", "[,]", "[,1]", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, "{,}", "{a:1}", "{a_1 : 1}", "[1 2]",
	`"abc`, `"`, `'`, `"\`, `"\y"`, `"\x4"`, `"\x41"`, `"\u12"`, `"\u"`, `"\u00e9\u0041\ud83d\ude00"`, `"\ud800"`, `"\ud800\u0041"`, `"\udc00"`, `"\ud83d\ud83d"`, `"\uFFFF\uffff\u0000\u007f\u0080\u07ff\u0800"`, `"\z"`,
	`'it"s'`, "1x", "01", "-01", "+1", "-", "--1", "-x", "1.", "1.e5", ".5", "-.5", "1e", "1e5", "1e+5", "1E-2", "1e999", "-1e999", "1e-999", "0x1F", "0x", "0x1p4", "0x.8", "0xg", "-0x10", "0x1p", "0x1.8p-1", "Inf", "inf", "-inf",
	"Infinity", "-Infinity", "infinity", "infinit", "infx", "NaN", "nan", "nAn", "-nan", "nan(12)", "nan(", "nil", "true false", "truefalse", "tru", "[true]", "[null]", "undefined", "1 \x00 junk", "\x00", "\x001", "1\x00", "\"a\x00b\"",
	"[1]x", "}", "]", ":", ",", `{"a" 1}`, "{1:2}", `{"a":1]`, "[1}", `[1,{"a":2]}`, "[[[", "12345678901234567890", "123456789012345678901234567890", "\"\x80\xff\"", "\"a\nb\"", "\"\x01\x1f\x7f\"", "/*x*/1//y\n", "//", "/*", "1/*", "/**/",
	`{"a":1,"a":2}`, "\v1", "\f1", "\xc2\xa01", "\xef\xbb\xbf1", "\xe2\x80\xa81", `{"a"}`, "{1}", "{1,2}", "[1:2]", `{"a":}`, "{:1}", `{"a"::1}`, "{true:1}", "{null:1}", "{[]:1}", "1,", "1,2", "[1],", "[1]]", "{}}", "1}", "1]",
	`{"a":1,,}`, "[1,,2]", `{"n":1}`, "{NaN:1}", "{-1:1}", "a", "a:1", "\n\n  x", "\n\n x y", "[undefined]", `{"a":undefined}`, `{"a":null}`, "[null,1,null]", "{}", "[]", "[[],{}]", " [ 1 , 2 ] ", "\t\r\n1\t\r\n", `{"a":{"b":[1,{"c":"d"}]}}`,
	`"\/\b\f\n\r\t\"\\"`, "t", "f", "n", "i", "N", "I", "+", "0b1", "00", "-0", "-00", "1_0", "1.5.5", "0.", "0.1", "100", "-1.25e-3", `"é"`, `["a","b"]`, "9007199254740993", "1.7976931348623157e308", "5e-324", `{"":""}`, "[1\n,2\n,x]", `{"1":1}`,
	"\"\\\n\"", "\"\\\x01\"", `"\'"`, `'\''`, `'\"'`, "'", "''", `"'"`, "{'a':1}", "{\"a\"\n:\n1}", "[1 /*c*/, //d\n 2]", "{\"a\":1 \"b\":2}", "{\"a\":1,\"b\"}", "[\"a\" \"b\"]", "\xff", "é", "[1, x]", "[1] [2]", "{1.5:1}", "{nan :1}",
}

// jsonValues are values for every encoder.
func jsonValues() []any {
	inner := map[string]any{"k": []any{1, "x", true}}
	values := []any{nil, true, false, 0, 1, -1, 1.5, 0.1, -2.5e-7, 1e14, 123456789012, 99999999999999.0, 1e15, 1e100, 5e-324, 100000, 99999, 65536.5, "", "abc", "a/b\\c\"d", "\b\t\n\f\r\v\x00\x01\x1f\x7f", "\x80\xff", "é€😀",
		[]any{}, []any{1}, []any{1, 2, 3}, []any{nil, 2}, []any{1, nil, 3}, []any{nil, nil, nil, nil, nil, nil, nil, nil, nil, 10}, []any{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 11}, map[string]any{"a": 1}, map[string]any{"": ""}, map[string]any{"a/\"": inner},
		[]any{inner, []any{[]any{}}}, sample{[]pair{{sample{1.5}, sample{true}}}}, sample{[]pair{{sample{true}, sample{1.0}}}}, sample{[]pair{{sample{-1.0}, sample{1.0}}}}, sample{[]pair{{sample{0.0}, sample{1.0}}}}, sample{[]pair{{sample{1e9}, sample{1.0}}}},
		sample{[]pair{{sample{"n"}, sample{3.0}}}}, sample{[]pair{{sample{"n"}, sample{0.0}}}}, sample{[]pair{{sample{"n"}, sample{"x"}}}}, sample{[]pair{{sample{1.0}, sample{"a"}}, {sample{"n"}, sample{2.0}}}}, sample{[]pair{{sample{[]pair{}}, sample{1.0}}}},
	}
	return values
}

func cjsonExperiments() []experiment {
	var all []experiment
	add := func(call string, values ...any) {
		all = append(all, experiment{Call: call, Arguments: arguments(values...)})
	}
	with := func(setting string, value any, call string, values ...any) {
		all = append(all, experiment{Before: []experiment{{Call: setting, Arguments: arguments(value)}}, Call: call, Arguments: arguments(values...)})
	}
	special := []any{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), sample{name("M.null")}, sample{name("M.encode")}, sample{[]pair{{sample{math.Inf(1)}, sample{1.0}}}}, sample{[]pair{{sample{1e10}, sample{1.0}}}}, sample{[]pair{{sample{2147483648.0}, sample{1.0}}}}, sample{[]pair{{sample{2147483647.0}, sample{1.0}}}}}
	for _, value := range append(jsonValues(), special...) {
		add("encode", value)
		add("safe.encode", value)
	}
	for _, text := range jsonTexts {
		add("decode", text)
		add("safe.decode", text)
		with("decode_invalid_numbers", false, "decode", text)
	}
	for _, call := range []string{"encode", "decode", "safe.encode", "safe.decode"} {
		add(call)
		add(call, 1, 2)
		add(call, nil, nil)
	}
	for _, value := range []any{nil, 12, 1.5, true, []any{}} {
		add("decode", value)
		add("safe.decode", value)
	}
	for _, setting := range []string{"encode_sparse_array", "encode_max_depth", "decode_max_depth", "encode_number_precision", "encode_keep_buffer", "encode_invalid_numbers", "decode_invalid_numbers"} {
		add(setting)
		for _, value := range []any{nil, 0, 1, 2, 14, 15, -1, 1.5, 1e10, 2147483648.0, "x", "on", "off", "null", "5", true, false, []any{}} {
			add(setting, value)
			with(setting, value, setting)
			with(setting, value, "encode", []any{1.0 / 3, 1e9, math.Inf(1), math.NaN()})
			with(setting, value, "encode", []any{[]any{1}})
			with(setting, value, "decode", "[[0x10,inf]]")
		}
		add(setting, nil, nil, nil, nil)
	}
	for _, options := range [][]any{{true}, {true, 2, 3}, {false, 2, 3}, {false, 0}, {false, 1, 0}, {nil, 3}, {nil, nil, 2}, {false, -1}, {"on", 1, 1}} {
		before := []experiment{{Call: "encode_sparse_array", Arguments: arguments(options...)}}
		add("encode_sparse_array", options...)
		for _, value := range []any{[]any{nil, nil, 3}, []any{nil, nil, nil, 4}, []any{1, nil, nil, nil, 5}, []any{nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, 12}} {
			all = append(all, experiment{Before: before, Call: "encode", Arguments: arguments(value)})
		}
	}
	for _, depth := range []int{999, 1000, 1001} {
		add("decode", strings.Repeat("[", depth)+strings.Repeat("]", depth)+"x")
		add("decode", strings.Repeat(`{"a":`, depth))
	}
	deep := any(1)
	for range 12 {
		deep = []any{deep}
	}
	for _, depth := range []int{11, 12, 13} {
		with("encode_max_depth", depth, "encode", deep)
		with("decode_max_depth", depth, "decode", strings.Repeat("[", 12)+strings.Repeat("]", 12))
	}
	return all
}

// randomJSON are experiments over texts made of the pieces of JSON, and over random values.
func randomJSON(seed uint64, count int) []experiment {
	random := rand.New(rand.NewPCG(seed, 2))
	pieces := []string{"{", "}", "[", "]", ",", ":", ",", ":", `"a"`, `"b\n"`, `"`, "'", "1", "-", "0", ".5", "e3", "true", "false", "null", " ", "\n", `\`, `\u00`, "e9", `\ud83d\ude00`, "0x1", "nan", "Infinity", "/", "*", "//", "\x00", "\xff", "x", "a", "undefined", "[]", "{}", `{"k":`, "[1,"}
	var all []experiment
	for range count {
		if random.IntN(4) == 0 {
			all = append(all, experiment{Call: "encode", Arguments: arguments(randomValue(random, 4))})
			continue
		}
		var text strings.Builder
		for range random.IntN(14) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		all = append(all, experiment{Call: "decode", Arguments: arguments(text.String())})
	}
	return all
}

// randomValue makes a value whose text does not depend on the order of a hash: objects have one key.
func randomValue(random *rand.Rand, depth int) any {
	switch kind := random.IntN(8); {
	case kind == 0:
		return random.IntN(2) == 0
	case kind == 1:
		return random.IntN(100000) - 50000
	case kind == 2:
		return float64(random.IntN(1e9))/1024 + 0.5
	case kind <= 4 || depth == 0:
		bytes := make([]byte, random.IntN(8))
		for i := range bytes {
			bytes[i] = byte(random.IntN(256))
		}
		return string(bytes)
	case kind <= 6:
		elements := make([]any, random.IntN(4))
		for i := range elements {
			elements[i] = randomValue(random, depth-1)
		}
		return elements
	}
	return map[string]any{string(rune('a' + random.IntN(26))): randomValue(random, depth-1)}
}

func TestCJSONModule(t *testing.T) {
	L := newState(t)
	one, two := open(t, L, CJSON).(*vm.LTable), open(t, L, CJSONSafe).(*vm.LTable)
	other := field(L, native.Call1(L, field(L, one, "new")), "null")
	if one.RawGetString("null") != two.RawGetString("null") || other != one.RawGetString("null") {
		t.Error("a state must have one null")
	}
	if got := toText(L, other); got != "userdata: (nil)" {
		t.Errorf("null prints as %q", got)
	}
	if one.RawGetString("_NAME") != vm.LString("cjson") || one.RawGetString("_VERSION") != vm.LString("2.1.0") {
		t.Error("_NAME or _VERSION")
	}
	// Settings belong to one instance.
	experiment{Call: "encode_number_precision", Arguments: arguments(3)}.run(L, one)
	if got := (experiment{Call: "encode", Arguments: arguments(1.0 / 3)}).run(L, two).outcome(); got != `"0.33333333333333"` {
		t.Errorf("got %s", got)
	}
	made := native.Call1(L, field(L, two, "new"))
	if got := (experiment{Call: "decode", Arguments: arguments("x")}).run(L, made).outcome(); !strings.HasPrefix(got, "null | ") {
		t.Errorf("new of the safe module is not safe: %s", got)
	}
}

// TestCJSONRaw makes sure that metatables are not looked at: what only __index answers is not there.
func TestCJSONRaw(t *testing.T) {
	L := newState(t)
	table, metatable, hidden := L.NewTable(), L.NewTable(), L.NewTable()
	table.RawSetString("name", vm.LString("MessageNew"))
	hidden.RawSetString("user", vm.LString("alice"))
	metatable.RawSetString("__index", hidden)
	metatable.RawSetString("__len", L.NewFunction(func(L *vm.LState) int { L.Push(vm.LNumber(5)); return 1 }))
	metatable.RawSetString("__pairs", L.NewFunction(func(L *vm.LState) int { return 0 }))
	table.Metatable = metatable
	for _, loader := range []vm.LGFunction{CJSON, CJSONSafe, JSON} {
		encode := field(L, open(t, L, loader), "encode")
		if got := native.Call1(L, encode, table); got != vm.LString(`{"name":"MessageNew"}`) {
			t.Errorf("got %s", got)
		}
	}
}

func TestJSONHostile(t *testing.T) {
	L := newState(t)
	cycle := L.NewTable()
	cycle.Append(cycle)
	wide := L.NewTable()
	wide.RawSetH(vm.LNumber(1e9), vm.LTrue)
	long := L.NewTable()
	for range 70 {
		long.Append(vm.LString(strings.Repeat("x", 1<<20)))
	}
	deep := strings.Repeat("[", 1<<20)
	for title, loader := range map[string]vm.LGFunction{"cjson": CJSON, "json": JSON} {
		module := open(t, L, loader)
		if title == "cjson" {
			for _, setting := range []string{"encode_max_depth", "decode_max_depth"} {
				experiment{Call: setting, Arguments: arguments(math.MaxInt32)}.run(L, module)
			}
			experiment{Call: "encode_sparse_array", Arguments: arguments(false, 0)}.run(L, module)
		}
		for what, value := range map[string]vm.LValue{"cycle": cycle, "long": long, "wide": wide} {
			results, raised := native.PCall(L, nil, field(L, module, "encode"), value)
			if raised == nil && !(title == "json" && what == "wide") {
				t.Errorf("%s.encode of a %s table: %d results", title, what, len(results))
			}
		}
		if _, raised := native.PCall(L, nil, field(L, module, "decode"), vm.LString(deep)); raised == nil {
			t.Errorf("%s.decode of %d brackets", title, len(deep))
		}
	}
}

// FuzzCJSONDecode checks that a decoder never panics, and that what it decoded encodes and decodes to the same.
func FuzzCJSONDecode(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add(text)
	}
	L := newState(f)
	module := open(f, L, CJSON)
	f.Fuzz(func(t *testing.T, text string) { roundTrip(t, L, module, text) })
}

func roundTrip(t *testing.T, L *vm.LState, module vm.LValue, text string) {
	call := func(name string, value vm.LValue) (vm.LValue, bool) {
		results, raised := native.PCall(L, nil, field(L, module, name), value)
		if raised != nil {
			if _, ok := raised.(vm.LString); !ok {
				t.Fatalf("%s raised %v", name, raised)
			}
			return nil, false
		}
		return results[0], true
	}
	first, ok := call("decode", vm.LString(text))
	if !ok {
		return
	}
	encoded, ok := call("encode", first)
	if !ok {
		return // numbers out of range and arrays full of null are decoded, but not encoded
	}
	second, ok := call("decode", encoded)
	if !ok {
		t.Fatalf("%q became %q, which does not decode", text, encoded)
	}
	again, ok := call("encode", second)
	if !ok || again != encoded {
		t.Fatalf("%q became %q, then %q", text, encoded, again)
	}
}

// eventTable is a table of 15 fields, like Dovecot's MessageNew event.
func eventTable(L *vm.LState) *vm.LTable {
	table := L.NewTable()
	for key, value := range map[string]any{"name": "MessageNew", "mailbox": "INBOX", "uid": 17, "uid_validity": 1795290011, "date": 1795161600, "tz": 120, "from": "Alice <alice@example.com>", "from_address": "alice@example.com",
		"from_display_name": "Alice", "to": "bob@example.com", "to_address": "bob@example.com", "to_display_name": "", "subject": "Grüße / hello", "snippet": "The first 200 characters of the text, more or less.", "message_id": "<1@example.com>"} {
		table.RawSetString(key, sampleFrom(value).lua(L, vm.LNil))
	}
	return table
}

func benchmarkJSON(b *testing.B, loader vm.LGFunction) {
	L := newState(b)
	module := open(b, L, loader)
	encode, decode := field(L, module, "encode"), field(L, module, "decode")
	table := eventTable(L)
	text := native.Call1(L, encode, table)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			native.Call1(L, encode, table)
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			native.Call1(L, decode, text)
		}
	})
}

func BenchmarkCJSON(b *testing.B) { benchmarkJSON(b, CJSON) }
