package stdlib

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const (
	frozenDKJSON = "testdata/dkjson.jsonl"
	freshDKJSON  = `local M = require "dkjson"`
)

// TestDKJSONFrozen compares with what dkjson 2.6 answered under Lua 5.4.
func TestDKJSONFrozen(t *testing.T) {
	if *update {
		writeFrozen(t, frozenDKJSON, ask(t, "lua5.4", freshDKJSON, append(dkjsonExperiments(), wholeCounts(randomJSON(3, 300))...)))
	}
	experiments := readFrozen(t, frozenDKJSON)
	if len(experiments) < 600 {
		t.Errorf("only %d frozen experiments", len(experiments))
	}
	compare(t, DKJSON, experiments)
}

func TestDKJSONDifferential(t *testing.T) {
	installed(t, "lua5.4", `require "dkjson"`)
	compare(t, DKJSON, ask(t, "lua5.4", freshDKJSON, wholeCounts(randomJSON(rand.Uint64(), 1500))))
}

// wholeCounts leaves out tables with a field n, which dkjson takes for the length of an array, be it a fraction or half a
// million.
func wholeCounts(experiments []experiment) []experiment {
	return slices.DeleteFunc(experiments, func(e experiment) bool {
		return slices.ContainsFunc(e.Arguments, func(s sample) bool { return strings.Contains(s.text(), `"n"=`) })
	})
}

func dkjsonExperiments() []experiment {
	var all []experiment
	add := func(call string, values ...any) {
		all = append(all, experiment{Call: call, Arguments: arguments(values...)})
	}
	special := []any{math.Inf(1), math.Inf(-1), math.NaN(), sample{name("M.null")}, sample{name("M.encode")}, "\u00a0\u0085\u00ad\u0600\u070f\u17b4\u200b\u200c\u2028\u2060\ufeff\ufff0\uffff\x7f", "\xc2", "\xe2\x80", "\xef\xbb\xbf\xef\xbf\xbf"}
	for _, value := range append(jsonValues(), special...) {
		if f, ok := value.(float64); ok && f == math.Trunc(f) && math.Abs(f) >= 1<<53 && !math.IsInf(f, 0) {
			continue // a float that prints as 1e+15 there and with all its digits here
		}
		add("encode", value)
		add("encode", value, map[string]any{"indent": true})
		add("encode", []any{value, map[string]any{"x": value}}, map[string]any{"indent": true, "level": 2})
	}
	for _, text := range append(jsonTexts, `"\u12 4\u 12\u-123"`, `{"a" 1 "b" 2}`, "[1 2 3]", `{1:2,true:3,"x":4,[]:5}`, "{null:1}", `[1,,2]`, `"\q"`, "// c\n1", "/* c */ 1", "/* c", "[1 /* c", "1..2", "1-2", "1e", "-", "..", "\xef\xbb\xbf 5") {
		add("decode", text)
		add("decode", text, 2)
		add("decode", text, 1, "NULL")
	}
	for _, position := range []any{0, -1, -3, 5, 100, nil, 3} {
		add("decode", "1 22 333", position)
	}
	ordered := map[string]any{"b": 1, "a": map[string]any{"d": 1, "c": 2}, "c": []any{}}
	for _, order := range [][]any{{"a", "b", "c", "d"}, {"d", "c", "b", "a"}, {"c", "d", "a", "b", "z"}} {
		add("encode", ordered, map[string]any{"keyorder": order})
		add("encode", ordered, map[string]any{"keyorder": order, "indent": true})
	}
	for _, text := range []any{"", "a\"b", "\x00\x1f\x7f\xff", 12, nil, true, []any{}} {
		add("quotestring", text)
	}
	add("encode")
	add("decode")
	add("decode", true)
	add("encode", 1, true)
	return all
}
