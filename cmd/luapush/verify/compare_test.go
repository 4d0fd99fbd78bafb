package verify

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/luapush/luapush/spec/oracle"
)

func TestPair(t *testing.T) {
	tests := map[string]struct{ a, b, want string }{
		"same":            {"x y", "x y", "x=x y=y"},
		"nothing":         {"", "", ""},
		"one more":        {"x y z", "x z", "x=x y! z=z"},
		"one less":        {"x z", "x y z", "x=x !y z=z"},
		"another":         {"x y z", "x q z", "x=x y!q z=z"},
		"moved":           {"x y z", "z x y", "!z x=x y=y z!"},
		"nothing alike":   {"a b", "c", "a!c b!"},
		"only in luapush": {"", "a b", "!a !b"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range pair(0, "log", strings.Fields(test.a), strings.Fields(test.b)) {
				mark := "!"
				if d.Same {
					mark = "="
				}
				got = append(got, d.Dovecot+mark+d.Luapush)
			}
			if diff := cmp.Diff(test.want, strings.Join(got, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAlignLosesNothing: every line of both sides is there once, in its order.
func TestAlignLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"a", "b", "c"})
		a, b := rapid.SliceOfN(line, 0, 12).Draw(t, "a"), rapid.SliceOfN(line, 0, 12).Draw(t, "b")
		for _, runs := range [][]run{align(a, b), byPlace(a, b)} {
			var left, right []string
			for _, r := range runs {
				if r.same && a[r.a] != b[r.b] {
					t.Fatalf("%q and %q are not the same", a[r.a], b[r.b])
				}
				left, right = append(left, a[r.a:r.aEnd]...), append(right, b[r.b:r.bEnd]...)
			}
			if !slices.Equal(left, a) || !slices.Equal(right, b) {
				t.Fatalf("%q %q became %q %q", a, b, left, right)
			}
		}
	})
}

func TestKnown(t *testing.T) {
	tests := map[string]struct {
		a, b  string
		want  Known
		agree bool
	}{
		"floats":            {"info uid 1.0", "info uid 1", Numbers, false},
		"floats in a body":  {"POST u\nContent-Length: 7\n\nn=1.0&x", "POST u\nContent-Length: 5\n\nn=1&x", Numbers, false},
		"other numbers":     {"info 1.5", "info 1", "", false},
		"members":           {"POST u\n\n{\"a\":1,\"b\":[{\"c\":2,\"d\":3}]}", "POST u\n\n{\"b\":[{\"d\":3,\"c\":2}],\"a\":1}", Order, true},
		"other members":     {"POST u\n\n{\"a\":1}", "POST u\n\n{\"a\":2}", "", false},
		"another order":     {"POST u\n\n[1,2]", "POST u\n\n[2,1]", "", false},
		"a header as well":  {"POST u\nA: 1\n\n{\"a\":1,\"b\":2}", "POST u\nA: 2\n\n{\"b\":2,\"a\":1}", "", false},
		"crash":             {Crash + "panic", "", Crashed, false},
		"crash and a line":  {Crash + "panic", "info x", "", false},
		"same":              {"x", "x", "", true},
		"only in Dovecot":   {"x", "", "", false},
		"only in luapush":   {"", "x", "", false},
		"not JSON in a log": {"info a\n\nb", "info a\n\nc", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := difference(0, "log", test.a, test.b)
			if d.Known != test.want || d.Agree() != test.agree {
				t.Errorf("%q, agree %v; want %q, %v", d.Known, d.Agree(), test.want, test.agree)
			}
		})
	}
}

func TestMetadata(t *testing.T) {
	k := func(key string) MetadataKey { return MetadataKey{User: "u", Key: key} }
	one, two := "1", "2"
	dovecot := &Result{
		Changes: map[MetadataKey]*string{k("/a"): &one, k("/b"): &one, k("/c"): nil, k("/d"): &one},
		Left:    map[MetadataKey]string{k("/a"): "1", k("/b"): "1", k("/d"): "1", k("/e"): "2"},
	}
	luapush := &Result{Changes: map[MetadataKey]*string{k("/a"): &one, k("/b"): &two, k("/c"): nil, k("/e"): &two, k("/f"): nil, k("/g"): &one}}
	got := ""
	for _, d := range metadata(dovecot, luapush) {
		got += d.Dovecot + " | " + d.Luapush + map[bool]string{true: " same", false: ""}[d.Same] + "\n"
	}
	want := "u /a = 1 | u /a = 1 same\nu /b = 1 | u /b = 2\nu /c is gone | u /c is gone same\nu /d = 1 | u /d as it was\n" +
		"u /e = 2 | u /e = 2 same\nu /f is gone | u /f is gone same\nu /g is gone | u /g = 1\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBetween(t *testing.T) {
	line := func(pid int, session, text string) oracle.Line {
		return oracle.Line{Level: "Info", Service: "lmtp", PID: pid, Session: session, Text: text}
	}
	all := []oracle.Line{
		line(1, "", "raw init"), line(7, "", "deinit of another"), line(1, "", "Connect from 127.0.0.1"), line(1, "s", "init"),
		line(7, "", "late"), {Level: "Info", Service: "x", Prefix: "x: ", Text: "replaced"}, line(1, "", "deinit"),
		line(1, "", "Disconnect from 127.0.0.1: x"), line(1, "", "raw deinit"),
	}
	var got []string
	for _, l := range between(all) {
		got = append(got, l.Text)
	}
	if diff := cmp.Diff([]string{"init", "replaced", "deinit"}, got); diff != "" {
		t.Error(diff)
	}
	if between(all[:2]) != nil {
		t.Error("lines without a connection are somebody else's")
	}
}
