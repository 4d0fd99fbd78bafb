package value

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	vm "github.com/yuin/gopher-lua"
)

// Diff gives the lines in which two values differ, as a unified diff without
// its head, where at least one of them is longer than a line; "" otherwise.
func Diff(want, got vm.LValue) string {
	w, wantText := want.(vm.LString)
	g, gotText := got.(vm.LString)
	if wantText && gotText {
		if !strings.Contains(string(w)+string(g), "\n") {
			return ""
		}
		return Lines(string(w), string(g))
	}
	a, b := Format(want), Format(got)
	if !strings.Contains(a+b, "\n") {
		return ""
	}
	return Lines(a, b)
}

// Lines is the unified diff of two texts without its head: - is what was
// expected, + what there is.
func Lines(want, got string) string {
	if !strings.HasSuffix(want, "\n") {
		want += "\n"
	}
	if !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	text := string(diff.Diff("expected", []byte(want), "got", []byte(got)))
	// The head is three lines: diff, --- and +++.
	for range 3 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}
