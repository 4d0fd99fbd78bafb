package oracle

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLog(t *testing.T) {
	const text = "rest of another\n" +
		"@t lmtp(a@b)<12><s/+1>: Info: one\n" +
		"@t lmtp(13): Info: Connect\n" +
		"@t master: Warning: Killed: Error: x\n" +
		"@t REPL: Error: child x\n" +
		"@t Error: bare\n" +
		"@t imap(a@b)<12><s>: Error: first\nsecond\n\n" +
		"@t a session's own text without a level\n"
	want := []Line{
		{Level: "Info", Prefix: "lmtp(a@b)<12><s/+1>: ", Service: "lmtp", User: "a@b", PID: 12, Session: "s/+1", Text: "one"},
		{Level: "Info", Prefix: "lmtp(13): ", Service: "lmtp", PID: 13, Text: "Connect"},
		{Level: "Warning", Prefix: "master: ", Service: "master", Text: "Killed: Error: x"},
		{Level: "Error", Prefix: "REPL: ", Text: "child x"},
		{Level: "Error", Text: "bare"},
		{Level: "Error", Prefix: "imap(a@b)<12><s>: ", Service: "imap", User: "a@b", PID: 12, Session: "s", Text: "first\nsecond\n"},
		{Text: "a session's own text without a level"},
	}
	if diff := cmp.Diff(want, parseLog(text, "@t ")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := want[0].String(); got != "lmtp(a@b)<12><s/+1>: Info: one" {
		t.Errorf("got %s", got)
	}
}

func TestLiteralSize(t *testing.T) {
	for line, want := range map[string]int64{"x {5}": 5, "~{12}": 12, "{}": -1, "{-1}": -1, "{5} ": -1, "": -1, "}": -1, "{5": -1} {
		n, ok := literalSize(line)
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("%q: got %d, want %d", line, n, want)
		}
	}
}

// FuzzParseLog: whatever scripts write, no line is lost or made up.
func FuzzParseLog(f *testing.F) {
	f.Add("@t lmtp(a@b)<12><s>: Info: one\ntwo\n@t REPL: Error: x\n")
	f.Add("x\n@t \n@t @t Info: \n\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := parseLog(text, "@t ")
		want := strings.Count("\n"+text, "\n@t ")
		if len(lines) != want {
			t.Fatalf("%d lines, want %d", len(lines), want)
		}
		for _, l := range lines {
			if l.PID < 0 || strings.Contains(l.Text, "\n@t ") {
				t.Errorf("line %+v", l)
			}
		}
	})
}
