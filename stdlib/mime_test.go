package stdlib

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	frozenMIME = "testdata/mime.jsonl"
	freshMIME  = `local M = require "mime"`
)

// TestMIMEFrozen compares with what LuaSocket 3.1.0 answered under Lua 5.4.
func TestMIMEFrozen(t *testing.T) {
	if *update {
		writeFrozen(t, frozenMIME, ask(t, "lua5.4", freshMIME, append(mimeExperiments(), randomMIME(1, 300)...)))
	}
	experiments := readFrozen(t, frozenMIME)
	if len(experiments) < 400 {
		t.Errorf("only %d frozen experiments", len(experiments))
	}
	compare(t, MIME, experiments)
}

func TestMIMEDifferential(t *testing.T) {
	installed(t, "lua5.4", `require "mime"`)
	compare(t, MIME, ask(t, "lua5.4", freshMIME, randomMIME(rand.Uint64(), 2000)))
}

func mimeExperiments() []experiment {
	var all []experiment
	add := func(call string, values ...any) {
		all = append(all, experiment{Call: call, Arguments: arguments(values...)})
	}
	texts := []any{"", "a", "ab", "abc", "abcd", "YQ==", "YWI=", "YWJj", "YW\r\nJj", "Y", "YQ=", "=", "====", "é€", "\x00\xff", "a \r\n", "a\t\r\nb", " ", "\r", "\r\n", "\n", "\r\r\n\n", "=41=4", "=zz", "=\r\nb", "a=3D\r\n", ".\r\n.\r\n..", "\n.", strings.Repeat("long line ", 20), strings.Repeat("=41", 40), 12, nil}
	for _, text := range texts {
		for _, call := range []string{"b64", "unb64", "qp", "unqp"} {
			add(call, text)
			add(call, text, nil)
			add(call, text, "x")
			add(call, "\r", text)
			add(call, text, text)
		}
		add("qp", text, nil, "<br>")
		for _, left := range []any{76, 0, 1, 3, 10, -1, 2.5} {
			add("wrp", left, text)
			add("wrp", left, text, 10)
			add("qpwrp", left, text, 10)
			add("qpwrp", left, text)
		}
		for _, context := range []any{0, 10, 13, 65} {
			add("eol", context, text)
			add("eol", context, text, "|")
		}
		for _, state := range []any{0, 1, 2} {
			add("dot", state, text)
		}
	}
	for _, call := range []string{"b64", "unb64", "qp", "unqp", "wrp", "qpwrp", "eol", "dot"} {
		add(call)
		add(call, true)
		add(call, 1, true)
		add(call, "x", "y", []any{})
	}
	for _, call := range []string{"encode", "decode", "wrap"} {
		add(call, "nothing")
		add(call)
		add(call, []any{})
		add(call, "text")
	}
	return all
}

// randomMIME are texts made of what matters to the encodings, cut in two.
func randomMIME(seed uint64, count int) []experiment {
	random := rand.New(rand.NewPCG(seed, 4))
	pieces := strings.Split("a|bc|=|=4|=41|==|\r|\n|\r\n| |\t|.|\r\n.|é|\x00|\xff|YWJj|+/", "|")
	text := func() any {
		if random.IntN(6) == 0 {
			return nil
		}
		var out strings.Builder
		for range random.IntN(12) {
			out.WriteString(pieces[random.IntN(len(pieces))])
		}
		return out.String()
	}
	var all []experiment
	for range count {
		e := experiment{Call: []string{"b64", "unb64", "qp", "unqp", "wrp", "qpwrp", "eol", "dot"}[random.IntN(8)]}
		switch e.Call {
		case "wrp", "qpwrp":
			e.Arguments = arguments(random.IntN(9)-1, text(), random.IntN(8))
		case "eol":
			e.Arguments = arguments([]any{0, 10, 13}[random.IntN(3)], text(), "<>")
		case "dot":
			e.Arguments = arguments(random.IntN(3), text())
		default:
			e.Arguments = arguments(text(), text())
		}
		all = append(all, e)
	}
	return all
}
