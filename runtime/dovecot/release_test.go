package dovecot_test

import (
	"strings"
	"testing"

	"github.com/luapush/luapush/runtime/dovecot"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want, err string }{
		{in: "2.3", want: "2.3.19.1"},
		{in: "2.4", want: "2.4.4"},
		{in: "2.3.4", want: "2.3.4"},
		{in: "2.3.9.1", want: "2.3.9.1"},
		{in: "2.4.0", want: "2.4.0"},
		{in: "", err: "give 2.3, 2.4"},
		{in: "2", err: "give 2.3, 2.4"},
		{in: "2.3.x", err: "give 2.3, 2.4"},
		{in: "2.3.4.5.6", err: "give 2.3, 2.4"},
		{in: "2.3.3", err: "came with 2.3.4"},
		{in: "2.2.36", err: "came with 2.3.4"},
		{in: "3.0.0", err: "2.3.4 to 2.4"},
		{in: "2.5.0", err: "2.3.4 to 2.4"},
	} {
		got, err := dovecot.Parse(c.in)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("Parse(%q): error %v, want one with %q", c.in, err, c.err)
			}
		case err != nil:
			t.Errorf("Parse(%q): %v", c.in, err)
		case got.String() != c.want:
			t.Errorf("Parse(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

func TestOrder(t *testing.T) {
	r := dovecot.At(2, 3, 9, 1)
	for _, c := range []struct {
		parts []uint16
		want  bool
	}{
		{[]uint16{2, 3}, true},
		{[]uint16{2, 3, 9}, true},
		{[]uint16{2, 3, 9, 1}, true},
		{[]uint16{2, 3, 9, 2}, false},
		{[]uint16{2, 3, 10}, false},
		{[]uint16{2, 4}, false},
		{[]uint16{1, 9, 9}, true},
	} {
		if got := r.AtLeast(c.parts...); got != c.want {
			t.Errorf("%s.AtLeast(%v) = %v", r, c.parts, got)
		}
	}
	if !r.NotBefore(r) || r.NotBefore(dovecot.Latest24) || !dovecot.Latest24.NotBefore(r) {
		t.Error("NotBefore is not the order of releases")
	}
}
