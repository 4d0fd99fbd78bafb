package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHeader has what Dovecot 2.3.19.1 gave scripts as event.from, event.to and event.message_id of these texts.
func TestHeader(t *testing.T) {
	const none = "(none)"
	for _, c := range []struct{ raw, from, to, id string }{
		{"From: a\n b \nMessage-ID:\n <x@y>\nTo:   x\x00y  \n\nhi", "a\n b ", "x\uFFFDy  ", "\n <x@y>"},
		{"From : spaced\nbroken line\nTo:\tt\nMessage-ID: <a>   \n\nhi", "spaced", "t", "<a>   "},
		{" leading: x\nFrom: after\n\nhi", "after", none, none},
		{"From: a\n \t\n b\nTo: x\ry\n\n", "a\n \t\n b", "x\ry", none},
		{"Subject: none\nFrom:\nTo: \n \nMessage-ID: <1>\n<2>: x\n\n", "", "\n ", "<1>"},
		{"\xc3\xa4: x\nFrom: \xff\xfe\n: no name\nTo: a\n\n\n", "\xff\xfe", "a", none},
		{"FROM: first\nfrom: second\n\nTo: body", "first", none, none},
		{"From: no end", "no end", none, none},
		{"", none, none, none},
		{"\nFrom: body", none, none, none},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			raw := strings.ReplaceAll(c.raw, "\n", end)
			header := New(raw).Header()
			for name, want := range map[string]string{"From": c.from, "to": c.to, "MESSAGE-ID": c.id} {
				got, ok := header.First(name)
				if !ok {
					got = none
				}
				if got != want {
					t.Errorf("%q: %s is %q, want %q", raw, name, got, want)
				}
			}
		}
	}
}

func TestFields(t *testing.T) {
	header, body := ParseHeader("Received: one\r\n by x\r\nReceived: two\r\nnot a field\r\n: neither\r\nSubject\t : s\r\n\r\nbody\r\n")
	var fields []Field
	for f := range header.Fields() {
		fields = append(fields, f)
	}
	if diff := cmp.Diff([]Field{{"Received", "one\n by x"}, {"Received", "two"}, {"Subject", "s"}}, fields); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"one\n by x", "two"}, header.All("received")); diff != "" {
		t.Error(diff)
	}
	if header.All("To") != nil {
		t.Error("there is no To")
	}
	if body != "body\r\n" {
		t.Errorf("the body is %q", body)
	}
}

func TestSize(t *testing.T) {
	for raw, want := range map[string][2]int{
		"":                   {0, 0},
		"A: b\n\nx\n":        {8, 11},
		"A: b\r\n\r\nx\r\n":  {11, 11},
		"A: b\r\n\nx\ry\n\n": {12, 15},
		"\n":                 {1, 2},
		"no end":             {6, 6},
		"\r":                 {1, 1},
		"\r\r\n":             {3, 3},
	} {
		physical, virtual := New(raw).Size()
		if physical != want[0] || virtual != want[1] {
			t.Errorf("%q: %d, %d, want %v", raw, physical, virtual, want)
		}
	}
}
