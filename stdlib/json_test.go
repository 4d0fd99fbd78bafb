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
	frozenJSON = "testdata/json.jsonl"
	// The Debian package has lua-json up to Lua 5.3.
	freshJSON = `local M = require "json"`
)

// TestJSONFrozen compares with what lua-json 1.3.4 answered under Lua 5.3.
func TestJSONFrozen(t *testing.T) {
	if *update {
		writeFrozen(t, frozenJSON, ask(t, "lua5.3", freshJSON, append(jsonExperiments(), comparable5(randomJSON(1, 300))...)))
	}
	experiments := readFrozen(t, frozenJSON)
	if len(experiments) < 400 {
		t.Errorf("only %d frozen experiments", len(experiments))
	}
	compare(t, JSON, experiments)
}

func TestJSONDifferential(t *testing.T) {
	installed(t, "lua5.3", `require "json"`)
	compare(t, JSON, ask(t, "lua5.3", freshJSON, comparable5(randomJSON(rand.Uint64(), 1500))))
}

// comparable5 keeps the experiments in which Lua's second number type cannot be seen: whole numbers above 2^53 and
// floats with a whole value print differently.
func comparable5(experiments []experiment) []experiment { return experiments }

func jsonExperiments() []experiment {
	var all []experiment
	add := func(call string, values ...any) {
		all = append(all, experiment{Call: call, Arguments: arguments(values...)})
	}
	named := func(path string) sample { return sample{name("M." + path)} }
	option := func(section, key string, value any) map[string]any {
		if section == "" {
			return map[string]any{key: value}
		}
		return map[string]any{section: map[string]any{key: value}}
	}
	special := []any{math.Inf(1), math.Inf(-1), math.NaN(), named("util.null"), named("util.undefined"), named("util.merge")}
	for _, value := range append(jsonValues(), special...) {
		if f, ok := value.(float64); ok && f == math.Trunc(f) && math.Abs(f) >= 1<<53 && !math.IsInf(f, 0) {
			continue // a float that prints as 1e+15 there and with all its digits here
		}
		if _, isKey := value.(sample); isKey && strings.Contains(sampleFrom(value).text(), "1000000000") {
			continue
		}
		add("encode", value)
		add("encode.encode", value)
		add("encode", value, named("encode.strict"))
		add("encode", value, named("encode.default"))
		add("util.IsArray", value)
	}
	for _, text := range jsonTexts {
		add("decode", text)
		add("decode.decode", text, named("decode.strict"))
		add("decode", text, true)
		add("decode", text, named("decode.simple"))
		add("decode", text, map[string]any{"nothrow": true})
	}
	for _, call := range []string{"encode", "decode"} {
		add(call)
		for _, value := range []any{nil, 12, 1.5, true, []any{}} {
			add(call, value)
		}
	}
	for _, c := range []struct {
		section, key string
		values       []any
		texts        []string
	}{
		{"", "initialObject", []any{true, false}, []string{"1", "[1]", "", "[", "null"}},
		{"", "unicodeWhitespace", []any{false}, []string{"\u00a01", " 1", "\ufeff1"}},
		{"number", "hex", []any{true}, []string{"0x10", "0xg", "-0x10", "0X1f", "[0xA,0xb]"}},
		{"number", "frac", []any{false}, []string{"1.5", "1", "1.", "[1,2.5]"}},
		{"number", "exp", []any{false}, []string{"1e5", "1.5E-5", "1e", "1"}},
		{"number", "nan", []any{false}, []string{"nan", "[NaN]", "{NaN:1}"}},
		{"number", "inf", []any{false}, []string{"Infinity", "-infinity", "Inf"}},
		{"strings", "strict_quotes", []any{true}, []string{"'a'", `"a'b"`}},
		{"strings", "badChars", []any{"\t", "ab"}, []string{"\"x\ty\"", `"xay"`, `"xy"`}},
		{"strings", "escapeCheck", []any{false}, []string{`"\y"`, `"\n"`}},
		{"array", "trailingComma", []any{false}, []string{"[1,]", "[]", "[1]", "[,]"}},
		{"array", "allowEmptyElement", []any{true}, []string{"[1,,2]", "[,]", "[]", "[,1,]"}},
		{"object", "trailingComma", []any{false}, []string{`{"a":1,}`, "{}", `{"a":1}`, `{"a"}`}},
		{"object", "allowEmptyElement", []any{true}, []string{`{"a":}`, `{"a":,"b":1}`, "{,}"}},
		{"object", "number", []any{false}, []string{"{1:1}", `{"a":1}`, "{[]:1}"}},
		{"object", "identifier", []any{false}, []string{"{a:1}", "{true:1}"}},
		{"others", "allowUndefined", []any{false}, []string{"undefined", "[undefined]"}},
		{"others", "null", []any{false, "N", 0}, []string{"null", "[null]", "[1,null]", `{"a":null}`}},
		{"others", "undefined", []any{false, "U"}, []string{"undefined", "[undefined,1]"}},
	} {
		for _, value := range c.values {
			for _, text := range c.texts {
				add("decode", text, option(c.section, c.key, value))
			}
		}
	}
	for _, options := range []map[string]any{
		option("strings", "xEncode", true), option("strings", "encodeSet", "a-c"), option("strings", "encodeSet", "^%w"), option("strings", "encodeSetAppend", "\x80-\xff"), option("strings", "encodeSetAppend", "%%d"), option("strings", "encodeSet", "%c%p"),
		option("number", "nan", false), option("number", "inf", false), option("others", "allowUndefined", false), option("", "initialObject", true), {"array": map[string]any{}},
	} {
		for _, value := range []any{"abc/\"\\d\x01\x7f\x80\xe9%1", []any{math.NaN()}, []any{math.Inf(-1)}, []any{named("util.undefined")}, 5, []any{1}, map[string]any{"a/b": "c"}} {
			add("encode", value, options)
		}
	}
	for _, c := range [][]any{{"util.isCall", 1}, {"util.decodeCall", []any{}}, {"util.clone", []any{1, 2}}, {"util.merge", map[string]any{"a": 1}, map[string]any{"b": 2}, nil, map[string]any{"a": 3}}, {"util.InitArray", []any{}},
		{"util.decodeCall", nil}, {"util.IsArray", nil}, {"util.IsArray", "x"}, {"decode.util.setObjectKeyForceNumber", []any{}, "5", 1}, {"decode.util.setObjectKeyForceNumber", []any{}, "x", 1}} {
		add(c[0].(string), c[1:]...)
	}
	return all
}

// TestJSONCallbacks tests what needs functions of the script.
func TestJSONCallbacks(t *testing.T) {
	L := newState(t)
	module := open(t, L, JSON).(*vm.LTable)
	lua := func(fn func(L *vm.LState) vm.LValue) *vm.LFunction {
		return L.NewFunction(func(L *vm.LState) int { L.Push(fn(L)); return 1 })
	}
	call := func(path string, values ...vm.LValue) string {
		results, raised := native.PCall(L, nil, sample{name(path)}.lua(L, module), values...)
		if raised != nil {
			return "error: " + raised.String()
		}
		return sampleOf(L, results[0]).text()
	}
	text := func(s string) vm.LValue { return vm.LString(s) }
	array := sampleFrom([]any{1, "a/b"}).lua(L, module)
	upper := lua(func(L *vm.LState) vm.LValue {
		return vm.LString(strings.ToUpper(L.CheckString(1)) + native.FormatNumber(L.CheckNumber(2)))
	})
	never := lua(func(*vm.LState) vm.LValue { return vm.LFalse })
	double := lua(func(L *vm.LState) vm.LValue {
		if n, ok := L.Get(1).(vm.LNumber); ok {
			return n * 2
		}
		return vm.LNil
	})
	pairOf := lua(func(L *vm.LState) vm.LValue { return vm.LString("<" + L.CheckString(1) + L.CheckString(2) + ">") })
	built := native.Call1(L, sample{name("util.buildCall")}.lua(L, module), text("f"), vm.LNumber(1), vm.LNil, text("x"))
	marked := native.Call1(L, sample{name("util.InitArray")}.lua(L, module), L.NewTable())
	foreign := L.NewTable()
	foreign.Metatable = tableOf(L, "__is_luajson_array", true)
	force := tableOf(L, "object", tableOf(L, "setObjectKey", sample{name("decode.util.setObjectKeyForceNumber")}.lua(L, module)))
	encoder := native.Call1(L, sample{name("encode.getEncoder")}.lua(L, module), module.RawGetString("encode").(*vm.LTable).RawGetString("strict"))
	decoder := native.Call1(L, sample{name("decode.getDecoder")}.lua(L, module), vm.LTrue)
	module.RawSetString("made", tableOf(L, "encode", encoder, "decode", decoder))
	for _, c := range []struct{ got, want string }{
		{call("encode", array, tableOf(L, "strings", tableOf(L, "processor", upper))), `"[1,\"A\\/B1\"]"`},
		{call("encode", array, tableOf(L, "array", tableOf(L, "isArray", never))), `"{\"1\":1,\"2\":\"a\\/b\"}"`},
		{call("encode", array, tableOf(L, "preProcess", double)), `"[2,\"a\\/b\"]"`},
		{call("encode", built), `"f(1,null,\"x\")"`},
		{call("util.isCall", built), "true"},
		{call("encode", built, module.RawGetString("encode").(*vm.LTable).RawGetString("strict")), "error: Invalid arguments: expects a JSON Object or Array at the root"},
		{call("encode", marked), `"[]"`},
		{call("encode", foreign), `"[]"`},
		{call("encode", native.Call1(L, field(L, module, "decode"), text("[[],{}]"))), `"[[],{}]"`},
		{call("encode", array, tableOf(L, "output", never)), "error: json: option 'output' is not supported by luapush"},
		{call("decode", text(`"\u12ab"`), tableOf(L, "strings", tableOf(L, "decodeUnicode", pairOf))), `"<12ab>"`},
		{call("decode", text(`{"1":"x","y":2}`), force), `{"y"=2, 1="x"}`},
		{call("decode", text("f(1)"), tableOf(L, "calls", tableOf(L, "allowUndefined", true))), "error: json: option 'calls.allowUndefined' is not supported by luapush"},
		{call("made.encode", vm.LNumber(1)), "error: Invalid arguments: expects a JSON Object or Array at the root"},
		{call("made.decode", text("[1,]")), "error: Previous value not set"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	cycle := L.NewTable()
	cycle.Append(cycle)
	if got := call("encode", cycle); got != "error: Recursive encoding of value" {
		t.Errorf("a cycle: %s", got)
	}
	if L.GetGlobal("json") != module {
		t.Error("the global json is not set")
	}
	for part, loader := range map[string]vm.LGFunction{"encode": JSONEncode, "decode": JSONDecode, "util": JSONUtil} {
		if open(t, L, loader) != module.RawGetString(part) {
			t.Errorf("json.%s is not the same when required by itself", part)
		}
	}
	null := sample{name("util.null")}.lua(L, module)
	if native.Call1(L, null) != null {
		t.Error("null() must return null")
	}
}

func TestJSONPrintValue(t *testing.T) {
	L := newState(t)
	module := open(t, L, JSON)
	var lines []string
	L.SetGlobal("print", L.NewFunction(func(L *vm.LState) int { lines = append(lines, L.CheckString(1)); return 0 }))
	tree := sampleFrom([]any{"a", []any{true}}).lua(L, module).(*vm.LTable)
	tree.RawSetString("self", tree)
	native.Call1(L, sample{name("util.printValue")}.lua(L, module), tree, vm.LString("t"))
	want := "t= {|" + " 1=[[a]]|" + " 2= {|" + "  1=true|" + "  }|" + " self= <t>|" + " }"
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzJSONDecode(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add(text)
	}
	L := newState(f)
	module := open(f, L, JSON)
	f.Fuzz(func(t *testing.T, text string) { roundTrip(t, L, module, text) })
}

func BenchmarkJSON(b *testing.B) { benchmarkJSON(b, JSON) }
